package org.vnetwork.datapath.user;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.vnetwork.datapath.DatapathException;

/** The file of a socket that is bound to a path: taken over when nobody has it any more, removed with the port. */
final class BoundPath {
    private final Path path;
    private final long number;

    private BoundPath(Path path) {
        this.path = path;
        this.number = inode(path);
    }

    /** Something tried on a socket. */
    interface Attempt {
        void run() throws IOException;
    }

    /**
     * Binds a socket; one with an IP address has no file, and null is returned.
     *
     * @param probe a socket of the same kind, closed here
     */
    static BoundPath bind(String kind, Socket socket, Address local, Socket probe) throws DatapathException {
        try {
            return bind(kind, local, () -> socket.bind(local.socket()), () -> probe.connect(local.socket()));
        } finally {
            UserPort.closeQuietly(probe);
        }
    }

    /**
     * Binds a socket of any library, so that nobody but this process's user may connect to its file, whatever the umask is.
     *
     * @param bind binds it
     * @param connect connects another to where it is to be, to find out whether that is taken
     */
    static BoundPath bind(String kind, Address local, Attempt bind, Attempt connect) throws DatapathException {
        try {
            if (local.path() == null) {
                bind.run();
                return null;
            }
            if (isLeft(local.path(), connect)) {
                Files.delete(local.path());
            }
            // NB: Netty removes whatever file is in the way before it binds.
            if (Files.exists(local.path(), LinkOption.NOFOLLOW_LINKS)) {
                throw new BindException("address already in use");
            }
            bind.run();
            Files.setPosixFilePermissions(local.path(), PosixFilePermissions.fromString("rw-------"));
            return new BoundPath(local.path());
        } catch (IOException | RuntimeException e) {
            String advice = local.path() == null ? "an address of this machine and a port that no other process has" : "a path in a folder that this user may write to, which no other socket or file has";
            throw new DatapathException(kind + ": " + local + ": " + Failure.text(e) + " (expected: " + advice + ")", e);
        }
    }

    /** Whether a socket's file is there and no socket has it: its process was killed. */
    private static boolean isLeft(Path path, Attempt connect) {
        try {
            if (Files.notExists(path) || Files.isRegularFile(path) || Files.isDirectory(path)) {
                return false;
            }
            connect.run();
            return false;
        } catch (IOException e) {
            return Failure.text(e).startsWith("connection refused");
        }
    }

    /** Number of the file; not its time, which a change of permissions changes. */
    private static long inode(Path path) {
        try {
            return (Long) Files.getAttribute(path, "unix:ino");
        } catch (IOException e) {
            return 0;
        }
    }

    /** Removes the file, if it is still the one. */
    void remove() {
        try {
            if (inode(path) == number) {
                Files.delete(path);
            }
        } catch (IOException e) {
            // Whoever changed the folder's permissions wants it to stay.
        }
    }
}

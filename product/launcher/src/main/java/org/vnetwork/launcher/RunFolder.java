package org.vnetwork.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * The folder of one running host, mode 0700: {@code pid}, {@code ready}, {@code console.sock}, {@code vnet.log}.
 *
 * <p>A lock on {@code pid} makes sure that a name runs once; the kernel drops it with the process, however that ends.
 */
final class RunFolder implements AutoCloseable {
    private final Path folder;
    private final FileChannel pidFile;

    private RunFolder(Path folder, FileChannel pidFile) {
        this.folder = folder;
        this.pidFile = pidFile;
    }

    static RunFolder open(Settings settings) throws StartFailure {
        Path folder = settings.runFolder();
        try {
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            if (!ownedByThisUser(folder) || !ownedByThisUser(folder.getParent())) {
                throw new StartFailure("run folder: " + folder + " belongs to another user (remove it, or use another --name)");
            }
            FileChannel pidFile = FileChannel.open(folder.resolve("pid"),
                    StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = pidFile.tryLock();
            if (lock == null) {
                throw new StartFailure("host \"" + settings.name() + "\" is already running, pid " + content(pidFile));
            }
            pidFile.truncate(0);
            pidFile.write(utf8(ProcessHandle.current().pid() + "\n"));
            RunFolder result = new RunFolder(folder, pidFile);
            result.clear();
            return result;
        } catch (IOException e) {
            throw new StartFailure("run folder: " + folder + " cannot be used (" + e.getMessage() + ")", e);
        }
    }

    /** A fresh folder for the framework's own files. */
    Path frameworkStorage() {
        return folder.resolve("framework");
    }

    /** Waits until the console's socket accepts; false when it does not within the time. */
    boolean awaitConsole(long millis) throws InterruptedException {
        long deadline = System.nanoTime() + millis * 1_000_000;
        while (System.nanoTime() < deadline) {
            try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                channel.connect(UnixDomainSocketAddress.of(folder.resolve("console.sock")));
                return true;
            } catch (IOException notYet) {
                Thread.sleep(20);
            }
        }
        return false;
    }

    /** Tells the start script that the host is up; the line is what it prints. */
    void ready(String line) throws IOException {
        Path draft = folder.resolve("ready.new");
        Files.writeString(draft, line + "\n");
        Files.move(draft, folder.resolve("ready"), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Whether somebody asked for the host to end: the file {@code down} says {@code remove} or {@code keep}, which is what is to become of forwarding in the kernel. */
    boolean isTakenDown() {
        return Files.exists(folder.resolve("down"));
    }

    @Override
    public void close() {
        try {
            clear();
            // NB: not deleted: a second starter may already have opened it and waits for this very file's lock.
            pidFile.truncate(0);
            pidFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void clear() throws IOException {
        for (String name : new String[] {"ready", "ready.new", "down"}) {
            Files.deleteIfExists(folder.resolve(name));
        }
        Path storage = frameworkStorage();
        if (Files.exists(storage, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> tree = Files.walk(storage)) {
                for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private static boolean ownedByThisUser(Path path) throws IOException {
        return Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }

    private static String content(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(32);
        channel.read(bytes, 0);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}

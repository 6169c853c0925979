package org.vnetwork.datapath.user;

import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import org.vnetwork.datapath.DatapathException;

/**
 * Where a socket is: a path of this machine, or an IP address and a port.
 *
 * @param path null for an IP address
 * @param inet null for a path
 */
record Address(Path path, InetSocketAddress inet) {
    /** Octets of a path that fit into a socket's address, which ends with a zero (unix(7)). */
    static final int LONGEST_PATH = 107;
    private static final String EXPECTED = "(expected: an absolute path, or IP-ADDRESS:PORT)";

    /** Reads an address; one with a slash is a path. */
    static Address of(String kind, String text) throws DatapathException {
        if (text.indexOf('/') < 0) {
            return new Address(null, inet(kind, text));
        }
        int size = text.getBytes(StandardCharsets.UTF_8).length;
        if (size > LONGEST_PATH) {
            throw new DatapathException(kind + ": " + text + " has " + size + " octets (expected: at most " + LONGEST_PATH + ", as the kernel's socket addresses have no room for more)");
        }
        if (!text.startsWith("/")) {
            throw new DatapathException(kind + ": " + text + " " + EXPECTED);
        }
        return new Address(Path.of(text), null);
    }

    private static InetSocketAddress inet(String kind, String text) throws DatapathException {
        int colon = text.lastIndexOf(':');
        try {
            String host = text.substring(0, colon).replaceFirst("^\\[(.*)]$", "$1");
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port > 0) {
                return new InetSocketAddress(host.equals("localhost") ? InetAddress.getLoopbackAddress() : InetAddress.ofLiteral(host), port);
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            // Falls through to the one refusal below.
        }
        throw new DatapathException(kind + ": " + text + " " + EXPECTED);
    }

    /** In the terms of a socket. */
    SocketAddress socket() {
        return path == null ? inet : new DomainSocketAddress(path.toFile());
    }

    /** A number that tells the file at a path from one that was there before; 0 when there is none. */
    static long identity(Path path) {
        try {
            if (!Files.exists(path)) {
                return 0;
            }
            // NB: file systems give the number of a removed file to the next one, so the time is needed too.
            long inode = (Long) Files.getAttribute(path, "unix:ino");
            return inode * 1_000_003 ^ ((FileTime) Files.getAttribute(path, "unix:ctime")).to(TimeUnit.NANOSECONDS) | 1;
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public String toString() {
        return path != null ? path.toString() : (inet.getAddress() instanceof java.net.Inet6Address ? "[" + inet.getAddress().getHostAddress() + "]" : inet.getAddress().getHostAddress())
                + ":" + inet.getPort();
    }
}

package org.vnetwork.datapath.user;

import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
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
        try {
            return new Address(Path.of(text), null);
        } catch (InvalidPathException e) {
            throw new DatapathException(kind + ": " + text + " cannot be a file's name in this locale (expected: characters that it has); start the host with LC_ALL=C.UTF-8", e);
        }
    }

    /** Reads a port's own address and its peer's: two paths, or none. */
    static Address[] pair(String kind, String text) throws DatapathException {
        String[] words = text.split(" ");
        if (words.length != 2) {
            throw new DatapathException(kind + ": " + text + " (expected: two addresses, this port's own and its peer's)");
        }
        Address local = of(kind, words[0]);
        Address peer = of(kind, words[1]);
        if ((local.path == null) != (peer.path == null)) {
            throw new DatapathException(kind + ": " + text + " (expected: two paths, or two of IP-ADDRESS:PORT)");
        }
        if (words[0].equals(words[1])) {
            throw new DatapathException(kind + ": " + text + " (expected: a peer at another address)");
        }
        return new Address[] {local, peer};
    }

    private static InetSocketAddress inet(String kind, String text) throws DatapathException {
        int colon = text.lastIndexOf(':');
        InetSocketAddress address = colon < 0 ? null : read(text.substring(0, colon), text.substring(colon + 1));
        if (address == null) {
            throw new DatapathException(kind + ": " + text + " " + EXPECTED);
        }
        return address;
    }

    /** Reads an IP address with a port number or, where it says none, with this one; an IPv6 address with one has brackets. */
    static InetSocketAddress inet(String kind, String text, int preset) throws DatapathException {
        int colon = text.lastIndexOf(':');
        boolean hasPort = colon >= 0 && (text.startsWith("[") ? !text.endsWith("]") : colon == text.indexOf(':'));
        InetSocketAddress address = hasPort ? read(text.substring(0, colon), text.substring(colon + 1)) : read(text, String.valueOf(preset));
        if (address == null) {
            throw new DatapathException(kind + ": " + text + " (expected: IP-ADDRESS, IP-ADDRESS:PORT or [IPv6-ADDRESS]:PORT)");
        }
        return address;
    }

    /** Null when it is none. */
    private static InetSocketAddress read(String host, String port) {
        try {
            InetAddress address = host.equals("localhost") ? InetAddress.getLoopbackAddress() : InetAddress.ofLiteral(host.replaceFirst("^\\[(.*)]$", "$1"));
            return Integer.parseInt(port) > 0 ? new InetSocketAddress(address, Integer.parseInt(port)) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** In the terms of a socket. */
    SocketAddress socket() {
        return path == null ? inet : new DomainSocketAddress(path.toFile());
    }

    /** In the terms of the JDK's channels. */
    SocketAddress nio() {
        return path == null ? inet : UnixDomainSocketAddress.of(path);
    }

    /** A number that tells the file at a path from one that was there before; 0 when there is none. Asked for each port ten times a second: one system call. */
    static long identity(Path path) {
        try {
            BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
            // NB: file systems give the number of a removed file to the next one, so the time is needed too; nobody writes to a socket's file.
            return file.fileKey().hashCode() * 1_000_003L ^ file.lastModifiedTime().to(TimeUnit.NANOSECONDS) | 1;
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public String toString() {
        return path != null ? path.toString() : text(inet);
    }

    /** An IP address and a port as they are typed. */
    static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}

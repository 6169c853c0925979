package org.vnetwork.datapath.user;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import org.vnetwork.datapath.DatapathException;

/**
 * A tunnel as RFC 7348 has it: where its other end is, its number, and where this end listens.
 *
 * <pre>
 *  0 flags: 0x08, a number is there | 1 reserved, 3 octets | 4 number, 3 octets | 7 reserved
 * </pre>
 *
 * @param remote the other end; frames of any port number of that address are its
 * @param vni number of the virtual network, of 24 bits
 * @param local where this end listens, shared by all tunnels that say the same
 */
record Vxlan(InetSocketAddress remote, int vni, InetSocketAddress local) {
    static final String KIND = "vxlan";
    /** Octets of the header. */
    static final int SIZE = 8;
    /** As IANA assigned it. */
    static final int PORT = 4789;
    /** The bits of the first eight octets that count: the flag and the number; others are ignored (section 5). */
    static final long MASK = 0x0800_0000_ffff_ff00L;
    private static final int LAST_VNI = (1 << 24) - 1;

    /** Reads {@code REMOTE[:PORT] vni N [local ADDRESS[:PORT]]}. */
    static Vxlan of(String device) throws DatapathException {
        String[] words = device.split(" ");
        boolean complete = words.length == 3 || words.length == 5 && words[3].equals("local");
        if (!complete || !words[1].equals("vni")) {
            throw new DatapathException(KIND + ": " + device + " (expected: REMOTE vni N, or REMOTE vni N local ADDRESS)");
        }
        InetSocketAddress remote = Address.inet(KIND, words[0], PORT);
        InetAddress address = remote.getAddress();
        if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
            throw new DatapathException(KIND + ": " + words[0] + " (expected: the address of one other end)");
        }
        InetSocketAddress local = words.length == 5 ? Address.inet(KIND, words[4], PORT) : new InetSocketAddress(any(address), remote.getPort());
        if (local.getAddress().isMulticastAddress() || isSix(local.getAddress()) != isSix(address)) {
            throw new DatapathException(KIND + ": local " + words[4] + " (expected: an IPv" + (isSix(address) ? 6 : 4) + " address of this machine, as the remote is one)");
        }
        if (local.getPort() == remote.getPort() && isSame(local.getAddress(), address)) {
            throw new DatapathException(KIND + ": " + words[0] + " is this end itself (expected: another machine, or another port number)");
        }
        return new Vxlan(remote, number(words[2]), local);
    }

    private static int number(String text) throws DatapathException {
        try {
            int vni = Integer.parseInt(text);
            if (vni >= 0 && vni <= LAST_VNI) {
                return vni;
            }
        } catch (NumberFormatException e) {
            // Falls through to the one refusal below.
        }
        throw new DatapathException("vni: " + text + " (expected: 0.." + LAST_VNI + ")");
    }

    private static InetAddress any(InetAddress sibling) {
        return InetAddress.ofLiteral(isSix(sibling) ? "::" : "0.0.0.0");
    }

    /** Whether what goes to an address comes back to a socket that has the other. */
    private static boolean isSame(InetAddress local, InetAddress remote) {
        try {
            return local.equals(remote) || local.isAnyLocalAddress() && (remote.isLoopbackAddress() || NetworkInterface.getByInetAddress(remote) != null);
        } catch (SocketException e) {
            return false;
        }
    }

    private static boolean isSix(InetAddress address) {
        return address instanceof Inet6Address;
    }

    boolean isSix() {
        return isSix(remote.getAddress());
    }

    /** The first eight octets of what goes out, most significant first. */
    long header() {
        return 0x0800_0000_0000_0000L | (long) vni << 8;
    }

    /** Octets before a frame in an IP packet: IP, UDP and this header. */
    int overhead() {
        return (isSix() ? 40 : 20) + 8 + SIZE;
    }

    @Override
    public String toString() {
        return Address.text(remote) + " vni " + vni;
    }
}

package org.vnetwork.datapath.user;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** UDP sockets of one IP version, with the options that Netty has no names for. */
final class UdpSockets {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;
    private static final int IP_MTU_DISCOVER = 10;
    private static final int IPV6_MTU_DISCOVER = 23;
    private static final int DO_NOT_FRAGMENT = 2;
    private static final int IP_MTU = 14;
    private static final int IPV6_MTU = 24;
    private static final int IP_MULTICAST_IF = 32;
    private static final int IP_MULTICAST_LOOP = 34;
    private static final int IP_ADD_MEMBERSHIP = 35;
    private static final int IP_MULTICAST_ALL = 49;
    private static final int UDP_NO_CHECK6_RX = 102;
    private static final int SOL_SOCKET = 1;
    private static final int SO_MEMINFO = 55;
    private static final int SK_MEMINFO_DROPS = 8;
    private static final int SK_MEMINFO_VARS = 9;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    /** NB: at 10 Gbit/s and 1450 octets a receiver that rests for 2 ms has 1,700 packets to find, or 60 joined ones. */
    private static final int BUFFER = 4 << 20;

    private UdpSockets() {
    }

    /** A socket that does not block, with large buffers. */
    static Socket open(boolean six) throws IOException {
        return open(six, 1);
    }

    /** One of several sockets that send in turns, which share the room that one has. */
    static Socket open(boolean six, int sharers) throws IOException {
        int fd = Libc.datagramSocket(six ? AF_INET6 : AF_INET);
        if (fd < 0) {
            throw new IOException(Libc.text(-fd));
        }
        Socket socket = new Socket(fd);
        try {
            if (six) {
                socket.setIntOpt(IPPROTO_IPV6, IPV6_V6ONLY, 1);
            }
            enlarge(socket, SO_SNDBUFFORCE, SO_SNDBUF, BUFFER / sharers);
            enlarge(socket, SO_RCVBUFFORCE, SO_RCVBUF, BUFFER / sharers);
            return socket;
        } catch (IOException | RuntimeException e) {
            UserPort.closeQuietly(socket);
            throw e;
        }
    }

    /** Gives a socket larger buffers, as large as this process may. */
    static void enlarge(Socket socket) throws IOException {
        enlarge(socket, SO_SNDBUFFORCE, SO_SNDBUF, BUFFER);
        enlarge(socket, SO_RCVBUFFORCE, SO_RCVBUF, BUFFER);
    }

    private static void enlarge(Socket socket, int forced, int asked, int octets) throws IOException {
        try {
            socket.setIntOpt(SOL_SOCKET, forced, octets);
        } catch (IOException | RuntimeException e) {
            // NB: Netty's is no IOException. Without root, what net.core.rmem_max and wmem_max allow.
            socket.setIntOpt(SOL_SOCKET, asked, octets);
        }
    }

    /** Has an IPv6 socket take packets whose checksum is 0, as other ends of tunnels may send them (RFC 7348 section 5, RFC 6935). */
    static void takeWithoutChecksum(Socket socket) throws IOException {
        socket.setIntOpt(ReceiveBatch.SOL_UDP, UDP_NO_CHECK6_RX, 1);
    }

    /** Packets for a socket that the kernel lost since it was opened: for want of room, or with a wrong checksum. 0 when it does not say. */
    static long lost(Socket socket) {
        ByteBuffer memory = ByteBuffer.allocate(SK_MEMINFO_VARS * Integer.BYTES).order(ByteOrder.nativeOrder());
        try {
            socket.getRawOpt(SOL_SOCKET, SO_MEMINFO, memory);
            return Integer.toUnsignedLong(memory.getInt(SK_MEMINFO_DROPS * Integer.BYTES));
        } catch (IOException | RuntimeException e) {
            // A kernel before 4.12, or a socket that is closed just now.
            return 0;
        }
    }

    /** Has the kernel join what it receives; without, on a kernel before 5.0, packets come one by one. */
    static void takeJoined(Socket socket) {
        try {
            socket.setIntOpt(ReceiveBatch.SOL_UDP, ReceiveBatch.UDP_GRO, 1);
        } catch (IOException | RuntimeException e) {
            // As said.
        }
    }

    /** Has the kernel refuse what a packet of the path cannot hold. */
    static void doNotFragment(Socket socket, boolean six) throws IOException {
        socket.setIntOpt(six ? IPPROTO_IPV6 : IPPROTO_IP, six ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER, DO_NOT_FRAGMENT);
    }

    /** Has what a socket sends to a group leave by an interface, and be heard on this machine too. */
    static void sendToGroup(Socket socket, InetAddress local) throws IOException {
        socket.setIntOpt(IPPROTO_IP, IP_MULTICAST_LOOP, 1);
        if (!local.isAnyLocalAddress()) {
            socket.setRawOpt(IPPROTO_IP, IP_MULTICAST_IF, ByteBuffer.wrap(local.getAddress()));
        }
    }

    /** Takes what comes to an IPv4 group, and to no other, by an interface; by the one that its route says when the address is none. */
    static void takeGroup(Socket socket, InetAddress group, InetAddress local) throws IOException {
        socket.setIntOpt(IPPROTO_IP, IP_MULTICAST_ALL, 0);
        socket.setRawOpt(IPPROTO_IP, IP_ADD_MEMBERSHIP, ByteBuffer.allocate(8).put(group.getAddress()).put(local.getAddress()).flip());
    }

    /** Octets of an IP packet on the path of a connected socket, as far as the kernel knows. */
    static int pathMtu(Socket socket, boolean six) throws IOException {
        return socket.getIntOpt(six ? IPPROTO_IPV6 : IPPROTO_IP, six ? IPV6_MTU : IP_MTU);
    }
}

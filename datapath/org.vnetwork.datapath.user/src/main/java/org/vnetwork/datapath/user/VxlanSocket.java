package org.vnetwork.datapath.user;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.DropNumbers;

/**
 * A UDP socket where tunnels arrive: its loop reads it and does what the flows of each frame say.
 *
 * <p>Tunnels of several switches may share it, and of several groups of ports: the loop takes a group's lock for a run of frames that are its, and has no other meanwhile.
 */
final class VxlanSocket implements EpollIoHandle {
    private static final int MESSAGES = 8;
    /** Reads for each time that the socket is ready. */
    private static final int ROUNDS = 8;
    private static final int LONGEST = 65_535;
    private static final ValueLayout.OfLong HEADER = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final InetSocketAddress local;
    private final Socket socket;
    private final PortLoop loop;
    private final Arena memory = Arena.ofShared();
    private final ReceiveBatch inbox = new ReceiveBatch(memory, MESSAGES, LONGEST);
    private IoRegistration registration;
    /** Why the loop does not listen to it, or null. */
    private volatile RuntimeException deaf;
    private volatile VxlanTable table = VxlanTable.EMPTY;
    /** Whose lock is held, or null. */
    private VxlanPort current;

    private VxlanSocket(InetSocketAddress local, Socket socket, PortLoop loop) {
        this.local = local;
        this.socket = socket;
        this.loop = loop;
    }

    /** Binds a tunnel's local address. */
    static VxlanSocket open(Vxlan tunnel, PortLoop loop) throws DatapathException {
        Socket socket = null;
        try {
            socket = UdpSockets.open(tunnel.isSix());
            socket.bind(tunnel.local());
            UdpSockets.takeJoined(socket);
            if (tunnel.isSix()) {
                UdpSockets.takeWithoutChecksum(socket);
            }
        } catch (IOException | RuntimeException e) {
            if (socket != null) {
                UserPort.closeQuietly(socket);
            }
            throw new DatapathException(Vxlan.KIND + ": local " + Address.text(tunnel.local()) + ": " + Failure.text(e)
                    + " (expected: an address of this machine and a port that nothing else has; ports with one port number have one local address)", e);
        }
        VxlanSocket opened = new VxlanSocket(tunnel.local(), socket, loop);
        loop.ports.incrementAndGet();
        loop.later(opened::begin);
        return opened;
    }

    private void begin() {
        if (registration != null || !socket.isOpen()) {
            return;
        }
        try {
            registration = loop.register(this);
            registration.submit(EpollIoOps.EPOLLIN);
            deaf = null;
        } catch (RuntimeException e) {
            // As many sockets are watched as the user may (fs.epoll.max_user_watches), most likely.
            deaf = e;
            cancel();
        }
    }

    private void cancel() {
        if (registration != null) {
            registration.cancel();
            registration = null;
        }
    }

    /** Throws when nothing can arrive, and has the loop try again to listen. Any thread. */
    void check() {
        RuntimeException why = deaf;
        if (why != null) {
            loop.later(this::begin);
            throw new IllegalStateException("no packet can arrive: " + Failure.text(why), why);
        }
    }

    /** Packets that the kernel lost on their way here, of all tunnels of this socket. Any thread. */
    long lost() {
        return UdpSockets.lost(socket);
    }

    InetSocketAddress local() {
        return local;
    }

    /** Takes a port in; under the lock of {@link VxlanSockets}, as the next three. */
    void add(VxlanPort port) throws DatapathException {
        if (table.find(port.remoteHigh, port.remoteLow, port.tunnel.vni()) != null) {
            throw new DatapathException(Vxlan.KIND + ": " + port.tunnel + " (expected: a remote address and number that no other port has)");
        }
        table = table.with(port);
    }

    /** Forgets a port; it may be handed frames until its lock has been had once more. */
    void remove(VxlanPort port) {
        table = table.without(port);
    }

    boolean isUnused() {
        return table.isEmpty();
    }

    /** Closes the socket; by the loop. */
    void end() {
        cancel();
        UserPort.closeQuietly(socket);
        memory.close();
        loop.ports.decrementAndGet();
    }

    /** Has the loop do something. */
    void later(Runnable task) {
        loop.later(task);
    }

    @Override
    public Socket fd() {
        return socket;
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        for (int round = 0; round < ROUNDS && socket.isOpen(); round++) {
            // NB: an error is one of the socket's own past; the next call reads on.
            int count = inbox.receive(socket.intValue());
            try {
                for (int i = 0; i < count; i++) {
                    datagram(i);
                    if (current != null && current.home().crowded()) {
                        enter(null);
                    }
                }
            } finally {
                enter(null);
            }
            if (count < MESSAGES) {
                return;
            }
        }
    }

    /** Hands on what one read brought from one sender: a packet, or several that the kernel joined. */
    private void datagram(int message) {
        VxlanTable tunnels = table;
        long high = inbox.sourceHigh(message);
        long low = inbox.sourceLow(message);
        int segment = inbox.segment(message);
        int at = inbox.offset(message);
        int end = at + inbox.size(message);
        VxlanPort port = null;
        long last = -1;
        do {
            int size = Math.min(segment, end - at);
            long header = size < Vxlan.SIZE ? 0 : inbox.buffer.get(HEADER, at) & Vxlan.MASK;
            if (header != last) {
                // Once for a run of packets of one tunnel.
                last = header;
                port = header >>> 56 == 0 ? null : tunnels.find(high, low, (int) (header >>> 8) & 0xff_ffff);
            }
            if (port != null) {
                enter(port);
                port.arrived(inbox.buffer, at + Vxlan.SIZE, size - Vxlan.SIZE);
            } else {
                refuse(tunnels.blamed(high, low), high, low, header, size);
            }
            at += segment;
        } while (at < end);
    }

    /** Counts a packet of no tunnel at a port that could have been meant. */
    private void refuse(VxlanPort blamed, long high, long low, long header, int size) {
        if (blamed != null) {
            enter(blamed);
            boolean known = blamed.remoteLow == low && blamed.remoteHigh == high;
            blamed.refused(!known ? DropNumbers.UNKNOWN_VTEP : header >>> 56 == 0 ? DropNumbers.BAD_VXLAN : DropNumbers.WRONG_VNI, Math.max(0, size - Vxlan.SIZE));
        }
    }

    /** Has the lock of a port's switch, and no other; null for none. */
    private void enter(VxlanPort port) {
        if (current != null && (port == null || current.home() != port.home())) {
            current.home().leave();
            current = null;
        }
        if (current == null && port != null) {
            port.home().enter();
            current = port;
        }
    }

    @Override
    public void close() {
        // A loop that ends has no sockets left.
    }
}

package org.vnetwork.datapath.user;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.PortBooks;
import org.vnetwork.datapath.PortState;

/**
 * A port that is one end of a VXLAN tunnel (RFC 7348).
 *
 * <p>Frames arrive at a {@link VxlanSocket}, shared by the tunnels of one local address; they go out by sockets of the port's own, so that errors and
 * room are its alone. Which one, and so the packet's source port, says the {@link InnerFlow} that a frame is of.
 */
final class VxlanPort extends UserPort {
    private static final int ETHERNET = 14;
    /** NB: source port numbers, a power of two. Each splits what leaves joined: frames that change connection one by one cost half as much again with 8, and twice as much with 16. */
    static final int SOURCES = 8;

    final Vxlan tunnel;
    /** The remote address, as {@link ReceiveBatch} has it. */
    final long remoteHigh;
    final long remoteLow;

    private final VxlanSockets sockets;
    private final UdpSender sender;
    private VxlanSocket socket;
    private boolean closed;

    VxlanPort(int id, String device, Home home, VxlanSockets sockets) throws DatapathException {
        super(id, home);
        this.tunnel = Vxlan.of(device);
        this.sockets = sockets;
        long[] halves = VxlanTable.halves(tunnel.remote().getAddress());
        remoteHigh = halves[0];
        remoteLow = halves[1];
        sender = new UdpSender(this, tunnel.remote(), tunnel.isSix(), Vxlan.SIZE, SOURCES);
    }

    @Override
    void open() throws DatapathException {
        socket = sockets.join(this);
        try {
            sender.open(tunnel.local());
        } catch (IOException | RuntimeException e) {
            throw new DatapathException(Vxlan.KIND + ": " + tunnel + ": " + Failure.text(e), e);
        }
    }

    /** The other end's frame came in; by the socket's thread, with the group's lock. */
    void arrived(MemorySegment buffer, int offset, int size) {
        if (!closed) {
            home.received(this, buffer, offset, size);
        }
    }

    /** A packet came that no tunnel takes, and is counted here. */
    void refused(int reason, int size) {
        if (!closed) {
            PortBooks books = home.books(this);
            books.received++;
            books.receivedUnits++;
            books.receivedBytes += size;
            books.drops[reason]++;
        }
    }

    /** Whose lock its frames are handled with. */
    Home home() {
        return home;
    }

    @Override
    public void readable() {
        // What it watches is its sender's.
    }

    @Override
    protected Outbox outbox() {
        return new Outbox(memory, QUEUE, tunnel.header(), SOURCES);
    }

    @Override
    protected int write(Outbox waiting) {
        return sender.write(waiting);
    }

    @Override
    void tick() {
        sender.tick();
        socket.check();
    }

    @Override
    boolean isUp() {
        return sender.isUp();
    }

    @Override
    int longest() {
        return Math.min(sender.longest(), LONGEST);
    }

    @Override
    Interest out() {
        return sender;
    }

    @Override
    PortState state() {
        long lost = socket == null ? 0 : socket.lost();
        return new PortState(isUp(), (sender.problem().isEmpty() ? "tunnel to " + tunnel : sender.problem())
                + (lost == 0 ? "" : "; lost in the kernel at " + Address.text(tunnel.local()) + ": " + lost + " (no room, or a wrong checksum)"), Math.max(0, longest() - ETHERNET));
    }

    @Override
    void close() {
        closed = true;
        if (socket != null) {
            sockets.leave(this);
        }
        sender.close();
        super.close();
    }
}

package org.vnetwork.datapath.user;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.PortBooks;
import org.vnetwork.datapath.PortState;

/**
 * A port that is one end of a VXLAN tunnel (RFC 7348).
 *
 * <p>Frames arrive at a {@link VxlanSocket}, shared by the tunnels of one local address; they go out by a socket of the port's own, so that errors and
 * room are its alone. All packets of a tunnel have one source port number.
 */
final class VxlanPort extends UserPort {
    private static final int ETHERNET = 14;

    final Vxlan tunnel;
    /** The remote address, as {@link ReceiveBatch} has it. */
    final long remoteHigh;
    final long remoteLow;

    private final VxlanSockets sockets;
    private final UdpSender sender;
    private Watch watch;
    private boolean joined;
    private boolean closed;

    VxlanPort(int id, String device, Home home, VxlanSockets sockets) throws DatapathException {
        super(id, home);
        this.tunnel = Vxlan.of(device);
        this.sockets = sockets;
        long[] halves = VxlanTable.halves(tunnel.remote().getAddress());
        remoteHigh = halves[0];
        remoteLow = halves[1];
        sender = new UdpSender(memory, tunnel.remote(), tunnel.isSix(), Vxlan.SIZE);
    }

    @Override
    void open() throws DatapathException {
        sockets.join(this);
        joined = true;
        Socket socket = null;
        try {
            socket = sender.open(tunnel.local());
            watch = home.watch(socket, this);
        } catch (IOException | RuntimeException e) {
            if (socket != null) {
                closeQuietly(socket);
            }
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
        // Nothing comes in here but errors, which the next look at the route takes.
        lock.lock();
        try {
            sender.drain(home.batch());
        } finally {
            lock.unlock();
        }
    }

    @Override
    protected Outbox outbox() {
        return new Outbox(memory, QUEUE, tunnel.header());
    }

    @Override
    protected int write(Outbox waiting) {
        return sender.write(waiting);
    }

    @Override
    void tick() {
        sender.tick();
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
    Watch out() {
        return watch;
    }

    @Override
    PortState state() {
        return new PortState(isUp(), sender.problem().isEmpty() ? "tunnel to " + tunnel : sender.problem(), Math.max(0, longest() - ETHERNET));
    }

    @Override
    void close() {
        closed = true;
        if (joined) {
            sockets.leave(this);
        }
        if (watch != null) {
            watch.close();
        }
        super.close();
    }
}

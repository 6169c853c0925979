package org.vnetwork.datapath.user;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.lang.foreign.SegmentAllocator;
import java.net.InetSocketAddress;
import org.vnetwork.datapath.DropNumbers;

/**
 * Where a port's frames go out as UDP datagrams to one address, many in a call, each behind a header of the port's.
 *
 * <p>Its socket is connected: so the kernel looks up the route once, and tells of nobody there. Called with the port's lock held.
 */
final class UdpSender {
    /** Datagrams that are sent at once. */
    private static final int DATAGRAMS = 256;
    private static final int UDP_HEADER = 8;
    private static final long REFUSAL_NANOS = 2_000_000_000L;

    private final InetSocketAddress remote;
    private final boolean six;
    /** Octets of IP and UDP headers. */
    private final int overhead;
    /** Octets that stand before each frame in the port's memory and go with it. */
    private final int header;
    private final SendBatch batch;
    private Socket socket;
    private boolean connected;
    private int longest;
    private String problem = "";
    private boolean refused;
    private long refusedNanos;

    /** To an address; with a header it is a tunnel, whose packets are not to be fragmented (RFC 7348 section 4.3). */
    UdpSender(SegmentAllocator memory, InetSocketAddress remote, boolean six, int header) {
        this.remote = remote;
        this.six = six;
        this.header = header;
        overhead = (six ? 40 : 20) + UDP_HEADER;
        batch = new SendBatch(memory, DATAGRAMS);
    }

    /** Makes its socket, which has a port number of its own; the route may come later. Nothing is left behind when that fails. */
    Socket open(InetSocketAddress local) throws IOException {
        socket = UdpSockets.open(six);
        try {
            prepare(local);
        } catch (IOException | RuntimeException e) {
            UserPort.closeQuietly(socket);
            throw e;
        }
        tick();
        return socket;
    }

    private void prepare(InetSocketAddress local) throws IOException {
        if (remote.getAddress().isMulticastAddress()) {
            UdpSockets.sendToGroup(socket, local.getAddress());
        } else if (header > 0) {
            UdpSockets.doNotFragment(socket, six);
        }
        socket.bind(new InetSocketAddress(local.getAddress(), 0));
    }

    /** Looks whether there is a route, and what packets it takes. */
    void tick() {
        // NB: asked again each time: a kernel refuses joined packets of a size that the path does not take, and takes others.
        batch.joins = true;
        try {
            connect();
            longest = (header > 0 ? Math.min(UdpSockets.pathMtu(socket, six) - overhead, SendBatch.LONGEST) : SendBatch.LONGEST) - header;
            connected = true;
            problem = "";
        } catch (IOException | RuntimeException e) {
            connected = false;
            problem = Address.text(remote) + ": " + Failure.text(e);
        }
        refused = refused && System.nanoTime() - refusedNanos < REFUSAL_NANOS;
    }

    private void connect() throws IOException {
        try {
            socket.connect(remote);
        } catch (IOException e) {
            // The address that packets came from may be gone: another one then.
            socket.disconnect();
            socket.connect(remote);
        }
    }

    boolean isUp() {
        return connected;
    }

    /** Takes what comes to its socket, where nothing is expected but errors; on the group's loop. */
    void drain(ReceiveBatch batch) {
        if (batch.receive(socket.intValue()) == -Libc.ECONNREFUSED) {
            refused = true;
            refusedNanos = System.nanoTime();
        }
    }

    /** Octets of the longest frame that a packet holds. */
    int longest() {
        return longest;
    }

    /** Why it is not up, or what the other end said lately; else empty. */
    String problem() {
        return refused ? "nobody listens at " + Address.text(remote) : problem;
    }

    /** Where its packets come from. */
    InetSocketAddress local() {
        return socket.localAddress();
    }

    /** As {@link UserPort#write}. */
    int write(Outbox waiting) {
        batch.fill(waiting, header);
        int count = batch.send(socket.intValue());
        if (count == -Libc.ECONNREFUSED) {
            // For a packet that is gone already; these may find somebody.
            refused = true;
            refusedNanos = System.nanoTime();
            count = batch.send(socket.intValue());
        }
        if (count >= 0) {
            waiting.release(count);
            return UserPort.SENT;
        }
        return failed(-count);
    }

    private int failed(int errno) {
        if (errno == Libc.EAGAIN) {
            return UserPort.FULL;
        }
        if (batch.isRefused(errno)) {
            batch.joins = false;
            return UserPort.SENT;
        }
        if (errno == Libc.EMSGSIZE || errno == Libc.EINVAL) {
            return DropNumbers.TOO_LONG;
        }
        if (errno == Libc.ENOBUFS || errno == Libc.ENOMEM || errno == Libc.ECONNREFUSED) {
            return DropNumbers.OUTPUT_FAILED;
        }
        connected = false;
        problem = Address.text(remote) + ": " + Libc.text(errno);
        return DropNumbers.LINK_DOWN;
    }
}

package org.vnetwork.datapath.user;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.vnetwork.datapath.DropNumbers;

/**
 * Where a port's frames go out as UDP datagrams to one address, many in a call, each behind a header of the port's.
 *
 * <p>It has a socket for each source port number. They are connected: so the kernel looks up the route once, and tells of nobody there. Called with the port's lock held.
 *
 * <p>Each frame goes by the socket of its source; when that has no room, all frames wait until it has.
 */
final class UdpSender implements Interest {
    /** Datagrams that are sent at once. */
    private static final int DATAGRAMS = 256;
    private static final int UDP_HEADER = 8;
    private static final long REFUSAL_NANOS = 2_000_000_000L;

    private final UserPort port;
    private final InetSocketAddress remote;
    private final boolean six;
    /** Octets of IP and UDP headers. */
    private final int overhead;
    /** Octets that stand before each frame in the port's memory and go with it. */
    private final int header;
    private final SendBatch batch;
    private final Source[] sources;
    /** Which had no room. */
    private int full;
    private boolean connected;
    private int longest;
    private String problem = "";
    private boolean refused;
    private long refusedNanos;

    /** A socket with a source port number of its own. */
    private final class Source implements Watch.Owner {
        private final Socket socket;
        private Watch watch;

        Source() throws IOException {
            socket = UdpSockets.open(six, sources.length);
        }

        /** Nothing is expected here but errors, which reading takes. */
        @Override
        public void readable() {
            port.lock.lock();
            try {
                if (port.home.batch().receive(socket.intValue()) == -Libc.ECONNREFUSED) {
                    refuse();
                }
            } finally {
                port.lock.unlock();
            }
        }

        @Override
        public void writable() {
            port.writable();
        }

        @Override
        public void failed(Interest socket, Throwable why) {
            port.failed(socket, why);
        }

        void close() {
            if (watch != null) {
                watch.close();
            } else {
                UserPort.closeQuietly(socket);
            }
        }
    }

    /** To an address from so many port numbers; with a header it is a tunnel, whose packets are not to be fragmented (RFC 7348 section 4.3). */
    UdpSender(UserPort port, InetSocketAddress remote, boolean six, int header, int sources) {
        this.port = port;
        this.remote = remote;
        this.six = six;
        this.header = header;
        overhead = (six ? 40 : 20) + UDP_HEADER;
        batch = new SendBatch(port.memory, DATAGRAMS);
        this.sources = new Source[sources];
    }

    /** Makes its sockets; the route may come later. It is to be closed also when that fails. On the group's loop. */
    void open(InetSocketAddress local) throws IOException {
        for (int i = 0; i < sources.length; i++) {
            sources[i] = new Source();
            prepare(sources[i].socket, local);
            sources[i].watch = port.home.watch(sources[i].socket, sources[i]);
        }
        tick();
    }

    private void prepare(Socket socket, InetSocketAddress local) throws IOException {
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
            // NB: the first tells of the route for all: those that are connected follow it by themselves, as long as the address that they send from is there.
            boolean all = connect(sources[0].socket) || !connected;
            for (int i = 1; i < sources.length && all; i++) {
                connect(sources[i].socket);
            }
            longest = (header > 0 ? Math.min(UdpSockets.pathMtu(sources[0].socket, six) - overhead, SendBatch.LONGEST) : SendBatch.LONGEST) - header;
            connected = true;
            problem = "";
        } catch (IOException | RuntimeException e) {
            connected = false;
            problem = Address.text(remote) + ": " + Failure.text(e);
        }
        refused = refused && System.nanoTime() - refusedNanos < REFUSAL_NANOS;
    }

    /** Whether packets come from another address than before. */
    private boolean connect(Socket socket) throws IOException {
        try {
            socket.connect(remote);
            return false;
        } catch (IOException e) {
            // The address that packets came from may be gone: another one then.
            socket.disconnect();
            socket.connect(remote);
            return true;
        }
    }

    boolean isUp() {
        return connected;
    }

    private void refuse() {
        refused = true;
        refusedNanos = System.nanoTime();
    }

    /** Octets of the longest frame that a packet holds. */
    int longest() {
        return longest;
    }

    /** Why it is not up, or what the other end said lately; else empty. */
    String problem() {
        return refused ? "nobody listens at " + Address.text(remote) : problem;
    }

    /** Where its packets come from, those of the first source. */
    InetSocketAddress local() {
        return sources[0].socket.localAddress();
    }

    /** As {@link UserPort#write}. */
    int write(Outbox waiting) {
        int source = waiting.source(0);
        int fd = sources[source].socket.intValue();
        batch.fill(waiting, header);
        int count = batch.send(fd);
        if (count == -Libc.ECONNREFUSED) {
            // For a packet that is gone already; these may find somebody.
            refuse();
            count = batch.send(fd);
        }
        if (count >= 0) {
            waiting.release(count, source);
            return UserPort.SENT;
        }
        full = source;
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

    /** When the one that had no room takes packets again. */
    @Override
    public void wantWrites(boolean wanted) {
        for (int i = 0; i < sources.length; i++) {
            sources[i].watch.wantWrites(wanted && i == full);
        }
    }

    @Override
    public void rest(boolean resting) {
        for (Source source : sources) {
            source.watch.rest(resting);
        }
    }

    @Override
    public void close() {
        for (Source source : sources) {
            if (source != null) {
                source.close();
            }
        }
    }
}

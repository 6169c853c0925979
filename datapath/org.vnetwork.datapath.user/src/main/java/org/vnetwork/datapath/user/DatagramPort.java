package org.vnetwork.datapath.user;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.PortState;

/**
 * A port whose peer is one datagram socket, a frame in each datagram: what QEMU's {@code -netdev dgram} speaks.
 *
 * <p>The socket is connected, so that the kernel lets nobody but the peer in and tells when a slow peer has room again. A peer of a path that is
 * gone is found by its file.
 */
final class DatagramPort extends UserPort {
    /** Reads each time that there is something to read. */
    private static final int ROUNDS = 2;
    /** Datagrams that are sent at once. */
    private static final int DATAGRAMS = 64;

    private final DatagramEnds ends;
    private final Address peer;
    private final SendBatch sends;
    private Watch watch;
    private BoundPath file;
    private boolean connected;
    private long peerFile;
    private String problem = "";

    /** {@code device}: the two addresses. */
    DatagramPort(int id, String device, Home home) throws DatapathException {
        super(id, home);
        ends = DatagramEnds.of(device);
        peer = ends.peer();
        sends = new SendBatch(memory, DATAGRAMS);
    }

    private Socket socket() {
        return ends.arePaths() ? Socket.newSocketDomainDgram() : Socket.newSocketDgram();
    }

    @Override
    void open() throws DatapathException, IOException {
        watch = home.watch(socket(), this);
        file = BoundPath.bind(DatagramEnds.KIND, watch.fd(), ends.local(), socket());
        if (!ends.arePaths()) {
            UdpSockets.enlarge(watch.fd());
            UdpSockets.takeJoined(watch.fd());
            sends.joins = true;
            watch.fd().connect(peer.socket());
            connected = true;
        }
        tick();
    }

    @Override
    void tick() {
        if (!ends.arePaths()) {
            // What refused a datagram may take the next one.
            problem = "";
            return;
        }
        long there = Address.identity(peer.path());
        if (connected && there != peerFile) {
            gone("peer " + peer + " is gone");
            discard(DropNumbers.LINK_DOWN);
        }
        if (!connected) {
            connect(there);
        }
    }

    private void connect(long there) {
        if (there == 0) {
            problem = "nobody at " + peer;
            return;
        }
        try {
            watch.fd().connect(peer.socket());
            connected = true;
            peerFile = there;
            problem = "";
        } catch (IOException | RuntimeException e) {
            problem = peer + ": " + Failure.text(e);
        }
    }

    private void gone(String why) {
        problem = why;
        watch.wantWrites(false);
        if (!ends.arePaths()) {
            return;
        }
        connected = false;
        try {
            // Or a new peer could not send: the kernel lets in but the one that is gone.
            watch.fd().disconnect();
        } catch (IOException | RuntimeException e) {
            problem = why + "; " + Failure.text(e);
        }
    }

    @Override
    public void readable() {
        ReceiveBatch batch = home.batch();
        int count = batch.limit;
        for (int round = 0; round < ROUNDS && count == batch.limit && !home.crowded(); round++) {
            count = batch.receive(watch.fd().intValue());
            for (int i = 0; i < count; i++) {
                batch.each(i, home, this);
            }
        }
        if (count < 0) {
            lock.lock();
            try {
                gone(peer + ": " + Libc.text(-count));
                discard(DropNumbers.LINK_DOWN);
            } finally {
                lock.unlock();
            }
        }
    }

    @Override
    protected int write(Outbox waiting) {
        sends.fill(waiting, 0);
        int count = sends.send(watch.fd().intValue());
        if (count >= 0) {
            waiting.release(count);
            return SENT;
        }
        if (count == -Libc.EAGAIN) {
            return FULL;
        }
        if (sends.isRefused(-count)) {
            // The path has no room for joined ones, or the kernel does not know them.
            sends.joins = false;
            return SENT;
        }
        if (count == -Libc.EMSGSIZE) {
            return DropNumbers.TOO_LONG;
        }
        gone(peer + ": " + Libc.text(-count));
        return DropNumbers.LINK_DOWN;
    }

    @Override
    boolean isUp() {
        return connected && problem.isEmpty();
    }

    @Override
    int longest() {
        return ends.longest();
    }

    @Override
    Watch out() {
        return watch;
    }

    @Override
    PortState state() {
        return ends.state(isUp(), problem);
    }

    @Override
    void close() {
        if (watch != null) {
            watch.close();
        }
        if (file != null) {
            file.remove();
        }
        super.close();
    }
}

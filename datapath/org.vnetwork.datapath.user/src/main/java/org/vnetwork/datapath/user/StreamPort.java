package org.vnetwork.datapath.user;

import java.io.IOException;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.PortState;

/**
 * A port whose peer is one stream socket, each frame behind its length in four octets: what QEMU's {@code -netdev stream} speaks.
 *
 * <p>{@code stream} waits for the peer, one at a time; {@code stream-to} calls it, and again when it is lost.
 */
final class StreamPort extends UserPort {
    private static final int PREFIX = Outbox.PREFIX;
    /** How often a peer is read when another calls. */
    private static final int CALL_BATCHES = 8;

    private final String kind;
    private final Address address;
    private final StreamInbox inbox;
    private StreamSocket listener;
    private BoundPath file;
    private StreamSocket peer;
    private boolean connected;
    /** How often a peer was lost: the next one may be another, though the port was down for a moment only. */
    private long downs;
    /** Writing failed: the loop, which alone may close the socket, is to do so. */
    private volatile boolean failed;
    private String problem;
    /** Octets that the peer has of the frame to go out first. */
    private int begun;

    StreamPort(int id, String kind, String device, Home home) throws DatapathException {
        super(id, home);
        this.kind = kind;
        this.address = Address.of(kind, device);
        this.inbox = new StreamInbox(memory);
        this.problem = "nobody has called at " + address;
    }

    private StreamSocket socket() {
        return home.stream(address.path() != null);
    }

    @Override
    void open() throws DatapathException, IOException {
        if (kind.equals("stream-to")) {
            call();
            return;
        }
        listener = socket();
        file = listener.listen(kind, address);
        listener.watch(new SocketWatch.Owner() {
            @Override
            public void readable() {
                accept();
            }

            @Override
            public void writable() {
                // Never asked for.
            }

            @Override
            public void failed(Interest socket, Throwable why) {
                StreamPort.this.failed(socket, why);
            }
        });
    }

    private void accept() {
        // It may have hung up already, to call again: that stands behind what it sent.
        for (int i = 0; i < CALL_BATCHES && peer != null; i++) {
            readable();
        }
        lock.lock();
        try {
            StreamSocket socket = listener.accept();
            if (socket != null && peer != null) {
                // NB: who is there stays, as long as the kernel hears of it: a caller must not be able to throw out a living peer.
                socket.close();
            } else if (socket != null) {
                take(socket, true);
            }
        } catch (IOException | RuntimeException e) {
            // Out of file numbers, most likely: not to be asked again at once.
            listener.rest(true);
            problem = Failure.text(e);
        } finally {
            lock.unlock();
        }
    }

    private void take(StreamSocket socket, boolean isConnected) throws IOException {
        try {
            socket.tune();
            socket.watch(this);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
        inbox.clear();
        begun = 0;
        connected = isConnected;
        failed = false;
        peer = socket;
        peer.wantWrites(!isConnected);
    }

    @Override
    void tick() {
        if (failed && peer != null) {
            lost(problem);
        }
        if (listener != null) {
            listener.rest(false);
        } else if (peer == null) {
            call();
        }
    }

    /** Calls the peer; what comes of it, and when not, is told later, as a peer may come any time. */
    private void call() {
        StreamSocket socket = null;
        try {
            socket = socket();
            take(socket, socket.connect(address));
            problem = "calling " + address;
        } catch (IOException | RuntimeException e) {
            if (socket != null) {
                socket.close();
            }
            problem = address + ": " + Failure.text(e);
        }
    }

    private void lost(String why) {
        lock.lock();
        try {
            problem = why;
            disconnected();
            discard(DropNumbers.LINK_DOWN);
            if (peer != null) {
                peer.close();
                peer = null;
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    protected void resume() {
        if (failed) {
            lost(problem);
            return;
        }
        try {
            if (!connected) {
                connected = peer.finishConnect();
            }
            if (connected) {
                super.resume();
            }
        } catch (IOException | RuntimeException e) {
            lost(address + ": " + Failure.text(e));
        }
    }

    @Override
    public void readable() {
        if (failed) {
            lost(problem);
            return;
        }
        int size;
        try {
            size = inbox.read(peer);
        } catch (IOException | RuntimeException e) {
            lost(address + ": " + Failure.text(e));
            return;
        }
        if (size < 0) {
            lost(inbox.isEmpty() ? "the peer has hung up" : "the peer has hung up in the middle of a frame");
            return;
        }
        frames();
    }

    private void frames() {
        int size = inbox.next();
        while (size >= 0) {
            home.received(this, inbox.buffer, inbox.end() - size, size);
            size = inbox.next();
        }
        if (size == StreamInbox.WRONG) {
            home.books(this).refused(0, DropNumbers.TOO_LONG);
            lost("the peer announced a frame of " + Integer.toUnsignedString(inbox.announced()) + " octets (expected: at most " + LONGEST + ")");
        }
    }

    @Override
    protected int write(Outbox waiting) {
        try {
            int from = waiting.offset(0) - PREFIX;
            int rest = waiting.run() - begun;
            int sent = peer.write(waiting.memory(), from + begun, from + begun + rest);
            begun += sent;
            while (!waiting.isEmpty() && begun >= PREFIX + waiting.size(0)) {
                begun -= PREFIX + waiting.size(0);
                waiting.release(1);
            }
            return sent < rest ? FULL : SENT;
        } catch (IOException | RuntimeException e) {
            problem = address + ": " + Failure.text(e);
            broken();
            return DropNumbers.LINK_DOWN;
        }
    }

    @Override
    protected void broken() {
        disconnected();
        failed = true;
    }

    private void disconnected() {
        downs += connected ? 1 : 0;
        connected = false;
    }

    @Override
    boolean isUp() {
        return connected;
    }

    @Override
    int longest() {
        return LONGEST;
    }

    @Override
    Interest out() {
        return peer;
    }

    @Override
    PortState state() {
        return new PortState(connected, connected ? "stream of " + address : problem, LONGEST - 18, downs);
    }

    @Override
    void close() {
        lost("closed");
        if (listener != null) {
            listener.close();
        }
        if (file != null) {
            file.remove();
        }
        super.close();
    }
}

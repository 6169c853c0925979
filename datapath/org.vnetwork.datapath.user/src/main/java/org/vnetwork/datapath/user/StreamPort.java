package org.vnetwork.datapath.user;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.PortBooks;
import org.vnetwork.datapath.PortState;
import org.vnetwork.packet.wire.Frame;

/**
 * A port whose peer is one stream socket, each frame behind its length in four octets: what QEMU's {@code -netdev stream} speaks.
 *
 * <p>{@code stream} waits for the peer, one at a time; {@code stream-to} calls it, and again when it is lost.
 */
final class StreamPort extends UserPort {
    private static final int PREFIX = Outbox.PREFIX;
    /** Octets read at once: a thousand short frames. */
    private static final int BATCH = 1 << 16;
    /** How often a peer is read when another calls. */
    private static final int CALL_BATCHES = 8;
    private static final int BUFFER = Frame.HEADROOM + 2 * (PREFIX + LONGEST);
    private static final ValueLayout.OfInt LENGTH = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final String kind;
    private final Address address;
    private final MemorySegment buffer;
    private StreamSocket listener;
    private BoundPath file;
    private StreamSocket peer;
    private boolean connected;
    /** Writing failed: the loop, which alone may close the socket, is to do so. */
    private volatile boolean failed;
    private String problem;
    /** What was read and is not handled yet. */
    private int start = Frame.HEADROOM;
    private int end = Frame.HEADROOM;
    /** Octets that the peer has of the frame to go out first. */
    private int begun;

    StreamPort(int id, String kind, String device, Home home) throws DatapathException {
        super(id, home);
        this.kind = kind;
        this.address = Address.of(kind, device);
        this.buffer = memory.allocate(BUFFER, 64);
        this.problem = "nobody has called at " + address;
    }

    private StreamSocket socket() {
        return home.stream(address.path() != null);
    }

    @Override
    void open() throws DatapathException {
        if (kind.equals("stream-to")) {
            tick();
            return;
        }
        StreamSocket socket = socket();
        try {
            file = socket.listen(kind, address);
            socket.watch(new Watch.Owner() {
                @Override
                public void readable() {
                    accept();
                }

                @Override
                public void writable() {
                    // Never asked for.
                }
            });
            listener = socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw new DatapathException(kind + ": " + address + ": " + Failure.text(e), e);
        } catch (DatapathException e) {
            socket.close();
            throw e;
        }
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
        start = Frame.HEADROOM;
        end = Frame.HEADROOM;
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
        }
        if (listener != null || peer != null) {
            return;
        }
        StreamSocket socket = socket();
        try {
            take(socket, socket.connect(address));
            problem = "calling " + address;
        } catch (IOException | RuntimeException e) {
            socket.close();
            problem = address + ": " + Failure.text(e);
        }
    }

    private void lost(String why) {
        lock.lock();
        try {
            problem = why;
            connected = false;
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
            size = peer.read(buffer, end, Math.min(BUFFER, end + BATCH));
        } catch (IOException | RuntimeException e) {
            lost(address + ": " + Failure.text(e));
            return;
        }
        if (size < 0) {
            lost(start == end ? "the peer has hung up" : "the peer has hung up in the middle of a frame");
            return;
        }
        end += size;
        frames();
    }

    /** Handles the frames that are whole, and makes room for the rest of the next one. */
    private void frames() {
        while (end - start >= PREFIX) {
            int size = buffer.get(LENGTH, start);
            if (size < 0 || size > LONGEST) {
                // Where the next frame begins is not known any more.
                PortBooks books = home.books(this);
                books.received++;
                books.receivedUnits++;
                books.drops[DropNumbers.TOO_LONG]++;
                lost("the peer announced a frame of " + Integer.toUnsignedString(size) + " octets (expected: at most " + LONGEST + ")");
                return;
            }
            if (end - start - PREFIX < size) {
                break;
            }
            int at = start + PREFIX;
            start = at + size;
            home.received(this, buffer, at, size);
            if (peer == null) {
                return;
            }
        }
        if (start == end) {
            start = Frame.HEADROOM;
            end = Frame.HEADROOM;
        } else if (BUFFER - start < PREFIX + LONGEST) {
            MemorySegment.copy(buffer, start, buffer, Frame.HEADROOM, end - start);
            end -= start - Frame.HEADROOM;
            start = Frame.HEADROOM;
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
            connected = false;
            failed = true;
            return DropNumbers.LINK_DOWN;
        }
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
        return new PortState(connected, connected ? "stream of " + address : problem, LONGEST - 18);
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

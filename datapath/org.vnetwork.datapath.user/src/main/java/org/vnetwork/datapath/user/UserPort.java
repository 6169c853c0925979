package org.vnetwork.datapath.user;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.MissLimit;
import org.vnetwork.datapath.PortBooks;
import org.vnetwork.datapath.PortState;
import org.vnetwork.packet.wire.Frame;

/**
 * One port: its socket, its books, and the frames that its peer has not taken yet.
 *
 * <p>Life: {@code open} → {@code tick} now and then → {@code close}, all on the ports' loop. Every method is called with the datapath's lock held.
 * Its memory is bounded: what does not fit into {@link #QUEUE} octets is dropped.
 */
abstract class UserPort implements Watch.Owner {
    /** Octets of the longest frame that comes in: 65,535 and an Ethernet header with a tag. */
    static final int LONGEST = 65_553;
    /** Octets that wait for a peer that is slower than the others. */
    static final int QUEUE = 1 << 18;
    /** {@link #write} took the frame, or as much of it as is noted. */
    static final int SENT = 0;
    /** {@link #write} found no room: the frame is to wait. */
    static final int FULL = -1;

    final int id;
    final PortBooks books = new PortBooks();
    final Allowance misses;
    final Allowance copies;
    boolean blocked = true;

    protected final Home home;
    /** Its own memory, given back when it is closed. */
    protected final Arena memory = Arena.ofShared();
    private final Frame head = new Frame();
    private FrameRing queue;

    /** What a port needs of its datapath. */
    interface Home {
        /** Handles a frame that came in; what stands before it in the buffer is no longer needed. */
        void received(UserPort port, MemorySegment buffer, int offset, int size);

        /** Whether the switch's loop waits for the lock, so that what is left to read should wait instead. */
        boolean crowded();

        /** Takes back that a frame was sent. */
        void unsent(UserPort port, int ingress, int size, int reason);

        /** A socket, watched; closed when it cannot be. */
        Watch watch(Socket socket, Watch.Owner owner);

        /** The frame in memory off heap, with headroom: itself, or a copy that is valid until the next call. */
        Frame sendable(Frame frame);
    }

    UserPort(int id, Home home) {
        this.id = id;
        this.home = home;
        long now = System.nanoTime();
        misses = new Allowance(MissLimit.PRESET.perSecond(), MissLimit.PRESET.burst(), now);
        copies = new Allowance(1000, 256, now);
    }

    /** Makes its socket; nothing is left behind when that fails. */
    abstract void open() throws DatapathException;

    /** Looks whether its peer has come or gone. */
    abstract void tick();

    abstract PortState state();

    /** Whether frames can go out. */
    abstract boolean isUp();

    /** Octets of the longest frame that can go out. */
    abstract int longest();

    /** The socket that frames go out by; null when there is none now. */
    abstract Watch out();

    /** Writes a frame: {@link #SENT}, {@link #FULL}, or the number of a drop reason. */
    protected abstract int write(Frame frame);

    /** Ends all that {@link #open} began. */
    void close() {
        discard(DropNumbers.LINK_DOWN);
        queue = null;
        memory.close();
    }

    /** Sends a frame, or has it wait behind those that do already; 0, or the number of a drop reason. */
    final int send(Frame frame) {
        if (!isUp()) {
            return DropNumbers.LINK_DOWN;
        }
        if (frame.size > longest()) {
            return DropNumbers.TOO_LONG;
        }
        if (queue == null || queue.isEmpty()) {
            int result = write(frame);
            if (result != FULL) {
                return result;
            }
        }
        if (queue == null) {
            queue = new FrameRing(memory, QUEUE);
        }
        if (!queue.offer(frame, false)) {
            return DropNumbers.OUTPUT_FAILED;
        }
        if (out() != null) {
            out().wantWrites(true);
        }
        return 0;
    }

    @Override
    public void writable() {
        flush();
    }

    /** Sends what waits, as far as the peer takes it. */
    protected final void flush() {
        while (queue != null && queue.peek(head)) {
            int ingress = head.ingress;
            int size = head.size;
            int result = write(head);
            if (result == FULL) {
                return;
            }
            if (result != SENT && !isUp()) {
                discard(result);
                break;
            }
            queue.release();
            if (result != SENT) {
                home.unsent(this, ingress, size, result);
            }
        }
        if (out() != null) {
            out().wantWrites(false);
        }
    }

    /** Drops what waits. */
    protected final void discard(int reason) {
        while (queue != null && queue.peek(head)) {
            queue.release();
            home.unsent(this, head.ingress, head.size, reason);
        }
    }

    /** Closes a socket that nobody watches yet. */
    static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // There is nothing left of it to lose.
        }
    }
}

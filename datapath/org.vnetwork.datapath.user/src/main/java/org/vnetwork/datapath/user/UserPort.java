package org.vnetwork.datapath.user;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.MissLimit;
import org.vnetwork.datapath.PortState;
import org.vnetwork.packet.wire.Frame;

/**
 * One port: its socket, its books, and the frames that its peer has not taken yet.
 *
 * <p>Life: {@code open} → {@code tick} now and then → {@code close}, all on the loop of the port's group, as {@code readable} is. Two locks: the group's is held
 * for all of these. The port's own, {@link #lock}, is held for all but {@code readable} too, and for whatever another thread does to send a frame: it guards what
 * {@code isUp}, {@code longest}, {@code out}, {@code state} and {@code write} look at, so {@code readable} takes it to change any of that, and never while it hands over a frame.
 * A port's memory is bounded: what does not fit into {@link #QUEUE} octets is dropped.
 */
abstract class UserPort implements SocketWatch.Owner {
    /** Octets of the longest frame that comes in: 65,535 and an Ethernet header with a tag. */
    static final int LONGEST = 65_553;
    /** Octets that wait for a peer that is slower than the others. */
    static final int QUEUE = 1 << 18;
    /** {@link #write} sent something: it may be called again. */
    static final int SENT = 0;
    /** {@link #write} found no room for all: the rest is to wait for {@code writable}. */
    static final int FULL = -1;

    final int id;
    final Allowance misses;
    final Allowance copies;
    volatile boolean blocked = true;

    final Home home;
    /** Its own memory, given back when it is closed. */
    protected final Arena memory = Arena.ofShared();
    /** Guards what sending needs; never held while another port's, or a group's, is taken. */
    final ReentrantLock lock = new ReentrantLock();
    private final Fault fault = new Fault();
    private Outbox waiting;
    /** The socket took no more: not to be tried before it says that it does. */
    private boolean stalled;
    private boolean closed;

    /** Where a thread notes what became of frames that it had counted as sent. */
    interface Ledger {
        /** Takes back that a frame was sent by a port; {@code ingress} 0: one of no port. */
        void unsent(UserPort port, int ingress, int size, int reason);
    }

    UserPort(int id, Home home) {
        this.id = id;
        this.home = home;
        long now = System.nanoTime();
        misses = new Allowance(MissLimit.PRESET.perSecond(), MissLimit.PRESET.burst(), now);
        copies = new Allowance(1000, 256, now);
    }

    /** Makes its socket. When that fails it is closed, and what is thrown says why. */
    abstract void open() throws DatapathException, IOException;

    /** Looks whether its peer has come or gone. */
    abstract void tick();

    abstract PortState state();

    /** Whether frames can go out. */
    abstract boolean isUp();

    /** Octets of the longest frame that can go out. */
    abstract int longest();

    /** The socket that frames go out by; null when there is none now. */
    abstract Interest out();

    /**
     * Sends as many frames of the oldest one's source as one system call takes, from that on, and releases them; there is one at least.
     *
     * @return {@link #SENT}; {@link #FULL}; or the number of a drop reason: of all that waits when the port is not up any more, else of the oldest frame, which is not released
     */
    protected abstract int write(Outbox waiting);

    /** Sending broke off, nobody knows where: its frames are dropped, and the next one is to stand on its own. With the port's lock; any thread. */
    protected void broken() {
        // Where a frame goes out whole or not at all.
    }

    /** What its frames wait in. */
    protected Outbox outbox() {
        return new Outbox(memory, QUEUE);
    }

    /** Ends all that {@link #open} began; once. */
    void close() {
        discard(DropNumbers.LINK_DOWN);
        waiting = null;
        closed = true;
        memory.close();
    }

    /** Does something with the port's lock. */
    final void locked(Runnable work) {
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }

    /** Asks something with the port's lock. */
    final <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /** Looks after it and goes on sending; the port alone suffers when that fails. */
    final void lookAfter(Ledger ledger) {
        lock.lock();
        try {
            tick();
            fault.end();
            send(ledger);
        } catch (RuntimeException | Error e) {
            fault.note(name("look"), e, null);
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #close}, whatever it throws. With the port's lock. */
    final void end() {
        try {
            close();
        } catch (RuntimeException | Error e) {
            fault.log(name("end"), e);
        }
    }

    @Override
    public final void failed(Interest socket, Throwable why) {
        locked(() -> fault.note(name("socket"), why, socket));
    }

    /** A frame that came in could not be handled; the next may be. */
    final void mishandled(Throwable why) {
        locked(() -> fault.log(name("frame in"), why));
    }

    private String name(String doing) {
        return "port " + id + " (" + getClass().getSimpleName() + "): " + doing;
    }

    /** Its state, or why it is down for a fault. With the port's lock. */
    final PortState known() {
        return fault.isThere() ? new PortState(false, fault.text(), state().mtu(), state().downs()) : state();
    }

    /** Has what waits of an ingress port that is gone be of none. */
    final void forget(int ingress) {
        if (waiting != null) {
            waiting.forget(ingress);
        }
    }

    /** Has a frame wait for the next flush; 0, or the number of a drop reason. Any thread. */
    final int queue(Frame frame, Ledger ledger) {
        lock.lock();
        try {
            return take(frame, ledger);
        } catch (RuntimeException | Error e) {
            fault.note(name("frame out"), e, null);
            return DropNumbers.OUTPUT_FAILED;
        } finally {
            lock.unlock();
        }
    }

    private int take(Frame frame, Ledger ledger) {
        if (closed || fault.isThere() || !isUp()) {
            return DropNumbers.LINK_DOWN;
        }
        if (frame.size > longest()) {
            return DropNumbers.TOO_LONG;
        }
        if (waiting == null) {
            waiting = outbox();
        }
        if (waiting.offer(frame)) {
            return 0;
        }
        send(ledger);
        return fault.isThere() || !isUp() ? DropNumbers.LINK_DOWN : waiting.offer(frame) ? 0 : DropNumbers.OUTPUT_FAILED;
    }

    /** Sends what waits, as far as the peer takes it. Any thread. */
    final void flush(Ledger ledger) {
        lock.lock();
        try {
            send(ledger);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public final void writable() {
        lock.lock();
        try {
            resume();
        } finally {
            lock.unlock();
        }
    }

    /** Goes on sending, as the socket takes octets again. */
    protected void resume() {
        stalled = false;
        send(home);
        if (!stalled && out() != null) {
            out().wantWrites(false);
        }
    }

    private void send(Ledger ledger) {
        try {
            sendAll(ledger);
        } catch (RuntimeException | Error e) {
            fault.note(name("sending"), e, out());
            broken();
            stalled = false;
            drop(waiting.count(), DropNumbers.OUTPUT_FAILED, ledger);
        }
    }

    private void sendAll(Ledger ledger) {
        while (waiting != null && !waiting.isEmpty() && !stalled) {
            int result = write(waiting);
            if (result == FULL) {
                stalled = true;
                out().wantWrites(true);
            } else if (result != SENT) {
                drop(isUp() ? 1 : waiting.count(), result, ledger);
            }
        }
    }

    /** Drops what waits; on the group's loop, with the port's lock. */
    protected final void discard(int reason) {
        stalled = false;
        if (waiting != null) {
            drop(waiting.count(), reason, home);
        }
    }

    private void drop(int frames, int reason, Ledger ledger) {
        for (int i = 0; i < frames && !waiting.isEmpty(); i++) {
            ledger.unsent(this, waiting.ingress(0), waiting.size(0), reason);
            waiting.release(1);
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

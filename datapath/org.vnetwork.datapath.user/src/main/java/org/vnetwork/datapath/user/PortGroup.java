package org.vnetwork.datapath.user;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.SelectableChannel;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.PortBooks;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.packet.wire.Frame;
import org.vnetwork.packet.wire.KeyParser;

/**
 * The ports of a switch that one loop serves, and the flows of what comes in by them; groups share nothing that a frame changes but the ports it goes out by.
 *
 * <p>The lock is held by the loop for a batch at most, and given up as soon as the switch's loop wants it. Whoever has it may take a port's lock, never another group's.
 */
final class PortGroup implements Home {
    private static final long TICK_MILLIS = 100;
    /** Datagrams that are read at once. */
    private static final int DATAGRAMS = 32;

    final FlowCache flows;
    /** What the group's loop sends. */
    final Egress egress;
    final PortLoop loop;

    /** NB: fair, or the ports' loop would take it again and again before the other wakes. */
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Switchboard board;
    private final UpQueue up;
    private final ReceiveBatch batch;
    private final Future<?> ticks;
    private final Frame frame = new Frame();
    /** When the batch began. NB: asking for each frame took a seventh of the time of short ones. */
    private long now;
    private final long[] key = new long[FlowKey.WORDS];

    PortGroup(PortLoop loop, Switchboard board, Arena memory) {
        this.loop = loop;
        this.board = board;
        up = board.up().add(memory);
        flows = new FlowCache(memory, board.slots());
        egress = new Egress(board, up);
        batch = new ReceiveBatch(memory, DATAGRAMS, UserPort.LONGEST + 1);
        ticks = loop.every(TICK_MILLIS, this::tick);
    }

    /** Looks after every port, one at a time, so that nobody waits long for the lock; sends what a hung switch's loop has left waiting. On the loop. */
    private void tick() {
        for (int id = 1; id < board.ports().length(); id++) {
            UserPort port = board.ports().get(id);
            if (port != null && port.home == this) {
                batch(() -> port.lookAfter(egress));
            }
        }
    }

    @Override
    public void enter() {
        lock.lock();
        now = System.nanoTime();
    }

    @Override
    public void leave() {
        try {
            egress.flush();
        } finally {
            lock.unlock();
        }
    }

    /** Does something that may send, with the lock. On the loop. */
    private void batch(Runnable work) {
        enter();
        try {
            work.run();
        } finally {
            leave();
        }
    }

    /** Does something with the lock that sends nothing. Any thread. */
    <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /** Opens a port and has others send by it; one that cannot be opened is closed. {@code what}: what a refusal names. Not on the loop. */
    void open(UserPort port, Object what) throws DatapathException {
        loop.call(() -> {
            lock.lock();
            port.lock.lock();
            try {
                open(port);
                board.ports().set(port.id, port);
            } catch (IOException | RuntimeException e) {
                throw new DatapathException(what + ": " + Failure.text(e), e);
            } finally {
                port.lock.unlock();
                lock.unlock();
            }
            return null;
        });
    }

    private static void open(UserPort port) throws DatapathException, IOException {
        boolean opened = false;
        try {
            port.open();
            opened = true;
        } finally {
            if (!opened) {
                port.close();
            }
        }
    }

    /** Closes a port. Not on the loop. */
    void close(UserPort port) {
        loop.run(() -> batch(() -> {
            board.ports().set(port.id, null);
            port.locked(port::end);
        }));
    }

    /** Ends it, once it has no ports. Not on the loop. */
    void close() {
        loop.run(() -> ticks.cancel(false));
    }

    /** Has nothing of a port be known that is gone. The switch's loop. */
    void forget(int port) {
        locked(() -> egress.forget(port));
        up.forget(port);
    }

    @Override
    public void received(UserPort port, MemorySegment from, int offset, int size) {
        loop.wakeUps.frame();
        PortBooks books = egress.books(port.id);
        int refused = port.blocked ? DropNumbers.BLOCKED : size < KeyParser.ETHERNET_SIZE ? DropNumbers.RUNT : size > UserPort.LONGEST ? DropNumbers.TOO_LONG : 0;
        if (refused != 0) {
            books.refused(size, refused);
            return;
        }
        books.received(size);
        try {
            handle(port, books, from, offset, size);
        } catch (RuntimeException | Error e) {
            // NB: the port stays up, or whoever can send such a frame could keep a tunnel of many down.
            books.drops[DropNumbers.BAD_ACTION]++;
            port.mishandled(e);
        }
    }

    private void handle(UserPort port, PortBooks books, MemorySegment from, int offset, int size) {
        frame.over(from, offset, size, port.id);
        KeyParser.parse(from, offset, size, port.id, key);
        int flow = flows.lookup(port.id, key);
        if (flow >= 0) {
            flows.used(flow, 1, size, now);
            frame.flow = flow;
            egress.execution.matched(frame, flows.actions(flow));
        } else if (!port.misses.take(now)) {
            books.drops[DropNumbers.MISS_LIMIT]++;
        } else {
            books.up++;
            books.drops[DropNumbers.UPCALL_LOST] += up.miss(frame) ? 0 : 1;
        }
    }

    @Override
    public PortBooks books(UserPort port) {
        return egress.books(port.id);
    }

    @Override
    public PortLoop loop() {
        return loop;
    }

    @Override
    public ReceiveBatch batch() {
        return batch;
    }

    @Override
    public boolean crowded() {
        return lock.hasQueuedThreads();
    }

    @Override
    public void unsent(UserPort port, int ingress, int size, int reason) {
        egress.unsent(port, ingress, size, reason);
    }

    @Override
    public Watch watch(Socket socket, SocketWatch.Owner owner) {
        Watch watch = new Watch(socket, this, owner);
        watch.begin();
        return watch;
    }

    @Override
    public NioWatch watch(SelectableChannel channel, SocketWatch.Owner owner) {
        NioWatch watch = new NioWatch(channel, this, owner);
        watch.begin();
        return watch;
    }

    @Override
    public StreamSocket stream(boolean isPath) {
        return loop.isNative ? new EpollStream(this, isPath) : new NioStream(this, isPath);
    }
}

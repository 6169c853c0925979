package org.vnetwork.datapath.user;

import io.netty.channel.unix.Socket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantLock;
import org.vnetwork.datapath.CounterTable;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.Execution;
import org.vnetwork.datapath.MeterTable;
import org.vnetwork.datapath.PortBooks;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.packet.wire.Frame;
import org.vnetwork.packet.wire.KeyParser;

/** The wire path of one switch: from a port through the flows to others, or up. Everything is done with the lock held; nothing allocates. */
final class Forwarding implements Execution.Sender, UserPort.Home {
    private static final int DATAGRAMS = 32;

    final UserPort[] ports = new UserPort[PortId.LIMIT];
    final FlowCache flows;
    final Execution execution = new Execution(this);

    private final ReceiveBatch batch;
    private final ReentrantLock lock;
    private final PortLoop loop;
    private final UpQueues up;
    private final MeterTable meters;
    private final CounterTable counters;
    /** Ports that have been given frames in this batch. */
    private final int[] touched = new int[PortId.LIMIT];
    private final boolean[] isTouched = new boolean[PortId.LIMIT];
    private int touchedCount;
    private final Frame frame = new Frame();
    private final long[] key = new long[FlowKey.WORDS];

    Forwarding(ReentrantLock lock, PortLoop loop, UpQueues up, Arena memory) {
        this.lock = lock;
        this.loop = loop;
        this.up = up;
        flows = new FlowCache(memory);
        batch = new ReceiveBatch(memory, DATAGRAMS, UserPort.LONGEST + 1);
        meters = new MeterTable(memory.allocate((long) MeterTable.METERS * MeterTable.SIZE, 64), 0);
        counters = new CounterTable(memory.allocate((long) CounterTable.COUNTERS * CounterTable.SIZE, 64));
    }

    boolean known(int port) {
        return port > 0 && port < PortId.LIMIT && ports[port] != null;
    }

    @Override
    public void received(UserPort port, MemorySegment from, int offset, int size) {
        PortBooks books = port.books;
        books.received++;
        books.receivedUnits++;
        books.receivedBytes += size;
        int refused = port.blocked ? DropNumbers.BLOCKED : size < KeyParser.ETHERNET_SIZE ? DropNumbers.RUNT : size > UserPort.LONGEST ? DropNumbers.TOO_LONG : 0;
        if (refused != 0) {
            books.drops[refused]++;
            return;
        }
        long now = System.nanoTime();
        frame.over(from, offset, size, port.id);
        KeyParser.parse(from, offset, size, port.id, key);
        int flow = flows.lookup(port.id, key);
        if (flow >= 0) {
            flows.used(flow, 1, size, now);
            frame.flow = flow;
            execution.matched(frame, flows.actions(flow));
        } else if (!port.misses.take(now)) {
            books.drops[DropNumbers.MISS_LIMIT]++;
        } else {
            books.up++;
            books.drops[DropNumbers.UPCALL_LOST] += up.miss(frame) ? 0 : 1;
        }
    }

    @Override
    public boolean crowded() {
        return lock.hasQueuedThreads();
    }

    @Override
    public void unsent(UserPort port, int ingress, int size, int reason) {
        port.books.sent--;
        port.books.sentBytes -= size;
        PortBooks from = books(ingress);
        if (from != null) {
            from.outputs--;
            from.drops[reason]++;
        }
    }

    @Override
    public Watch watch(Socket socket, Watch.Owner owner) {
        return new Watch(socket, this, owner).on(loop);
    }

    @Override
    public ReceiveBatch batch() {
        return batch;
    }

    @Override
    public void enter() {
        lock.lock();
    }

    @Override
    public void leave() {
        try {
            for (int i = 0; i < touchedCount; i++) {
                int port = touched[i];
                isTouched[port] = false;
                if (ports[port] != null) {
                    ports[port].flush(this);
                }
            }
            touchedCount = 0;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int send(int port, Frame sent) {
        if (!known(port)) {
            return DropNumbers.BAD_OUTPUT;
        }
        if (ports[port].blocked) {
            return DropNumbers.OUTPUT_BLOCKED;
        }
        int reason = ports[port].queue(sent, this);
        if (reason == 0 && !isTouched[port]) {
            isTouched[port] = true;
            touched[touchedCount++] = port;
        }
        return reason;
    }

    @Override
    public int inspect(Frame inspected) {
        return up.inspect(inspected, false) ? 0 : DropNumbers.INSPECT_LOST;
    }

    @Override
    public boolean copyUp(Frame copied) {
        UserPort port = known(copied.ingress) ? ports[copied.ingress] : null;
        return port != null && port.copies.take(System.nanoTime()) && up.inspect(copied, true);
    }

    @Override
    public PortBooks books(int port) {
        return known(port) ? ports[port].books : null;
    }

    @Override
    public MeterTable meters() {
        return meters;
    }

    @Override
    public CounterTable counters() {
        return counters;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }
}

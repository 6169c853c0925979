package org.vnetwork.datapath.user;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.Capabilities;
import org.vnetwork.datapath.CounterTable;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.FlowCounters;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.datapath.MissLimit;
import org.vnetwork.datapath.PortCounters;
import org.vnetwork.datapath.PortState;
import org.vnetwork.datapath.StatisticsSink;
import org.vnetwork.datapath.UpcallSink;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.Frame;

/**
 * A switch whose ports are sockets, and whose flows are in Java.
 *
 * <p>Two threads: the ports' loop reads frames and does what their flows say; the switch's loop decides what came up, and sends that itself. So no frame
 * changes threads more than once. One lock guards ports, flows and books: the ports' loop has it for a batch at most and gives it up as soon as the switch's loop wants it.
 * No plugin's code runs under it, so flows go on while an engine hangs.
 */
final class UserDatapath implements Datapath {
    static final Capabilities CAPABILITIES = Capabilities.all(FlowCache.FLOWS, Tuples.LIMIT);
    private static final long TICK_MILLIS = 100;
    private static final int STATISTICS_BATCH = 512;

    /** NB: fair, or the ports' loop would take it again and again before the other wakes. */
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Arena memory = Arena.ofShared();
    private final UpQueues up = new UpQueues(memory);
    private final PortLoop loop;
    private final VxlanSockets tunnels;
    private final Forwarding forwarding;

    /** {@code tunnels}: those of all switches of the host. */
    UserDatapath(String switchName, VxlanSockets tunnels) {
        this.tunnels = tunnels;
        loop = new PortLoop("ports-" + switchName);
        forwarding = new Forwarding(lock, loop, up, memory);
        loop.every(TICK_MILLIS, this::tick);
    }

    /** Looks after every port, one at a time, so that nobody waits long for the lock. On the ports' loop. */
    private void tick() {
        for (UserPort port : forwarding.ports) {
            if (port != null) {
                forwarding.enter();
                port.lock.lock();
                try {
                    port.tick();
                } finally {
                    port.lock.unlock();
                    forwarding.leave();
                }
            }
        }
    }

    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public void attach(int port, Attachment attachment) throws DatapathException {
        if (port < 1 || port >= PortId.LIMIT || forwarding.known(port)) {
            throw new DatapathException("port id: " + port + " (expected: a free one of 1.." + (PortId.LIMIT - 1) + ")");
        }
        UserPort added = switch (attachment.kind()) {
            case "dgram" -> new DatagramPort(port, attachment.device(), forwarding);
            case MulticastPort.KIND -> new MulticastPort(port, attachment.device(), forwarding);
            case Vxlan.KIND -> new VxlanPort(port, attachment.device(), forwarding, tunnels);
            case "stream", "stream-to" -> new StreamPort(port, attachment.kind(), attachment.device(), forwarding);
            default -> throw new DatapathException("attachment: " + attachment + " (expected: " + String.join(", ", UserDriver.KINDS) + "); another datapath has other kinds of port");
        };
        loop.call(() -> {
            lock.lock();
            added.lock.lock();
            try {
                added.open();
                forwarding.ports[port] = added;
            } catch (DatapathException e) {
                added.close();
                throw e;
            } finally {
                added.lock.unlock();
                lock.unlock();
            }
            return null;
        });
    }

    @Override
    public void unblock(int port) {
        locked(() -> forwarding.known(port) && (forwarding.ports[port].blocked = false));
    }

    @Override
    public void detach(int port) {
        if (!forwarding.known(port)) {
            return;
        }
        try {
            loop.call(() -> {
                lock.lock();
                try {
                    UserPort gone = forwarding.ports[port];
                    forwarding.ports[port] = null;
                    gone.lock.lock();
                    try {
                        gone.close();
                    } finally {
                        gone.lock.unlock();
                    }
                } finally {
                    lock.unlock();
                }
                return null;
            });
        } catch (DatapathException e) {
            throw new IllegalStateException(e);
        }
        up.forget(port);
    }

    @Override
    public void limit(int port, MissLimit limit) {
        lock.lock();
        try {
            if (forwarding.known(port)) {
                forwarding.ports[port].misses.set(limit);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public PortState state(int port) {
        return locked(() -> forwarding.known(port) ? forwarding.ports[port].state() : new PortState(false, "not attached", 0));
    }

    @Override
    public boolean[] install(List<FlowEntry> entries) {
        boolean[] installed = new boolean[entries.size()];
        lock.lock();
        try {
            for (int i = 0; i < installed.length; i++) {
                installed[i] = forwarding.flows.add(entries.get(i));
            }
        } finally {
            lock.unlock();
        }
        return installed;
    }

    @Override
    public boolean replace(int flow, List<Action> actions) {
        return locked(() -> forwarding.flows.replace(flow, actions));
    }

    @Override
    public boolean drain(int flow, List<Action> actions) {
        return locked(() -> forwarding.flows.drain(flow, actions));
    }

    @Override
    public boolean outlives() {
        return false;
    }

    @Override
    public List<FlowEntry> adopted() {
        return List.of();
    }

    @Override
    public FlowCounters remove(int flow) {
        return locked(() -> forwarding.flows.remove(flow));
    }

    @Override
    public void statistics(StatisticsSink sink) {
        // In parts, so that frames need not wait for the last of many flows.
        int from = 0;
        while (from >= 0) {
            int begin = from;
            from = locked(() -> forwarding.flows.statistics(sink, begin, STATISTICS_BATCH));
        }
    }

    @Override
    public PortCounters counters(int port) {
        return locked(() -> forwarding.known(port) ? forwarding.ports[port].books.counters() : PortCounters.NONE);
    }

    @Override
    public CounterTable.Count counter(long id) {
        return locked(() -> forwarding.counters().count(id));
    }

    @Override
    public long[] drops(int port) {
        return locked(() -> forwarding.known(port) ? forwarding.ports[port].books.drops.clone() : new long[DropNumbers.LIMIT]);
    }

    @Override
    public void execute(Frame frame, List<Action> actions) {
        forwarding.enter();
        try {
            forwarding.execution.decided(frame, actions);
        } finally {
            forwarding.leave();
        }
    }

    @Override
    public int poll(UpcallSink sink, int limit) {
        return up.poll(sink, limit);
    }

    @Override
    public void await(long nanos) {
        up.await(nanos);
    }

    @Override
    public void wakeup() {
        up.wakeup();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void close() {
        for (int port = 1; port < PortId.LIMIT; port++) {
            detach(port);
        }
        loop.close();
        memory.close();
    }
}

package org.vnetwork.datapath.user;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.LongPredicate;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.Capabilities;
import org.vnetwork.datapath.CounterTable;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.FlowCounters;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.datapath.FrameBatch;
import org.vnetwork.datapath.Life;
import org.vnetwork.datapath.MissLimit;
import org.vnetwork.datapath.PortBooks;
import org.vnetwork.datapath.PortCounters;
import org.vnetwork.datapath.PortState;
import org.vnetwork.datapath.StatisticsSink;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.Frame;

/**
 * A switch whose ports are sockets, and whose flows are in Java.
 *
 * <p>Each port belongs to a {@link PortGroup}: its loop reads frames, does what their flows say, and writes them to the ports they go out by, whichever group those belong to. The switch's
 * loop decides what came up, and sends that itself. So no frame changes threads more than once, but for those that wait until a peer has room. Locks are taken in one order, a group's and then a
 * port's; no plugin's code runs under one, so flows go on while an engine hangs.
 */
final class UserDatapath implements Datapath {
    static final Capabilities CAPABILITIES = Capabilities.all(FlowCache.FLOWS, Tuples.LIMIT);
    private static final int STATISTICS_BATCH = 512;
    /** How long a frame that was decided waits for others to go out with it. */
    private static final long GATHER_NANOS = 100_000;

    private final Life life = new Life();
    private final Arena memory = Arena.ofShared();
    private final Switchboard board = Switchboard.in(memory);
    private final Loops loops;
    private final VxlanSockets tunnels;
    private final PortGroups groups;
    /** What the switch's loop sends. */
    private final Egress own = new Egress(board, null);
    /** Whether frames were taken, so that what is decided of them may go out together. */
    private boolean gathering;
    private long flushedNanos;

    /** {@code tunnels}: those of all switches of the host. */
    UserDatapath(Loops loops, VxlanSockets tunnels) {
        this.loops = loops;
        this.tunnels = tunnels;
        groups = new PortGroups(loops, board, memory);
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public void attach(int port, Attachment attachment) throws DatapathException {
        life.check();
        DatapathException.checkFree(port, board.port(port) != null);
        if (!loops.isNative && UserDriver.NATIVE.contains(attachment.kind())) {
            throw new DatapathException(attachment.kind() + ": " + UserDriver.NEEDED + "; streams, and dgram over IP, go without");
        }
        PortGroup group = groups.of(port);
        group.open(switch (attachment.kind()) {
            case "dgram" -> loops.isNative ? new DatagramPort(port, attachment.device(), group) : new NioDatagramPort(port, attachment.device(), group);
            case MulticastPort.KIND -> new MulticastPort(port, attachment.device(), group);
            case Vxlan.KIND -> new VxlanPort(port, attachment.device(), group, tunnels);
            case "stream", "stream-to" -> new StreamPort(port, attachment.kind(), attachment.device(), group);
            default -> throw new DatapathException("attachment: " + attachment + " (expected: " + String.join(", ", UserDriver.KINDS) + "); another datapath has other kinds of port");
        }, attachment.kind() + ": " + attachment.device());
        group.loop.ports.incrementAndGet();
    }

    @Override
    public void unblock(int port) {
        life.check();
        UserPort known = board.port(port);
        if (known != null) {
            known.blocked = false;
        }
    }

    @Override
    public void detach(int port) {
        life.check();
        letGo(port);
    }

    private void letGo(int port) {
        UserPort gone = board.port(port);
        if (gone == null) {
            return;
        }
        PortGroup group = groups.of(port);
        group.close(gone);
        group.loop.ports.decrementAndGet();
        groups.each(g -> g.forget(port));
        own.forget(port);
        for (int other = 1; other < PortId.LIMIT; other++) {
            UserPort left = board.port(other);
            if (left != null) {
                left.locked(() -> left.forget(port));
            }
        }
    }

    @Override
    public void limit(int port, MissLimit limit) {
        life.check();
        UserPort known = board.port(port);
        if (known != null) {
            groups.of(port).locked(() -> {
                known.misses.set(limit);
                return null;
            });
        }
    }

    @Override
    public PortState state(int port) {
        life.check();
        UserPort known = board.port(port);
        return known == null ? new PortState(false, "not attached", 0) : known.locked(known::known);
    }

    @Override
    public boolean[] install(List<FlowEntry> entries) {
        life.check();
        return groups.install(entries);
    }

    @Override
    public boolean replace(int flow, List<Action> actions) {
        life.check();
        PortGroup group = groups.holder(flow);
        return group != null && group.locked(() -> group.flows.replace(flow, actions));
    }

    @Override
    public boolean drain(int flow, List<Action> actions) {
        life.check();
        PortGroup group = groups.holder(flow);
        return group != null && group.locked(() -> group.flows.drain(flow, actions));
    }

    @Override
    public FlowCounters remove(int flow) {
        life.check();
        PortGroup group = groups.release(flow);
        return group == null ? FlowCounters.NONE : group.locked(() -> group.flows.remove(flow));
    }

    @Override
    public void statistics(StatisticsSink sink) {
        life.check();
        groups.each(group -> {
            // In parts, so that frames need not wait for the last of many flows.
            int from = 0;
            while (from >= 0) {
                int begin = from;
                from = group.locked(() -> group.flows.statistics(sink, begin, STATISTICS_BATCH));
            }
        });
    }

    private PortBooks books(int port) {
        PortBooks sum = new PortBooks();
        if (board.port(port) != null) {
            groups.each(group -> group.locked(() -> {
                group.egress.addTo(sum, port);
                return null;
            }));
            own.addTo(sum, port);
        }
        return sum;
    }

    @Override
    public PortCounters counters(int port) {
        life.check();
        return books(port).counters();
    }

    @Override
    public CounterTable.Count counter(long id) {
        life.check();
        return board.counters().count(id);
    }

    @Override
    public void keepCounters(LongPredicate kept) {
        life.check();
        board.counters().keep(kept, slot -> { });
    }

    @Override
    public long[] drops(int port) {
        life.check();
        return books(port).drops;
    }

    @Override
    public void execute(Frame frame, List<Action> actions) {
        life.check();
        try {
            own.execution.decided(frame, actions);
        } finally {
            if (!gathering || System.nanoTime() - flushedNanos > GATHER_NANOS) {
                own.flush();
                flushedNanos = System.nanoTime();
            }
        }
    }

    @Override
    public int take(FrameBatch batch) {
        life.check();
        int count = board.up().take(batch);
        gathering |= count > 0;
        flushedNanos = System.nanoTime();
        return count;
    }

    @Override
    public void flush() {
        life.check();
        gathering = false;
        own.flush();
    }

    @Override
    public void await(long nanos) {
        life.check();
        board.up().await(nanos);
    }

    @Override
    public void wakeup() {
        board.up().wakeup();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void close() {
        if (life.end()) {
            for (int port = 1; port < PortId.LIMIT; port++) {
                letGo(port);
            }
            groups.each(PortGroup::close);
            memory.close();
        }
    }
}

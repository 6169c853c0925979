package org.vnetwork.datapath.user;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.Capabilities;
import org.vnetwork.datapath.CounterTable;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.FlowCounters;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.datapath.MissLimit;
import org.vnetwork.datapath.PortBooks;
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
 * <p>Each port belongs to a {@link PortGroup}: its loop reads frames, does what their flows say, and writes them to the ports they go out by, whichever group those belong to. The switch's
 * loop decides what came up, and sends that itself. So no frame changes threads more than once, but for those that wait until a peer has room. Locks are taken in one order, a group's and then a
 * port's; no plugin's code runs under one, so flows go on while an engine hangs.
 */
final class UserDatapath implements Datapath {
    static final Capabilities CAPABILITIES = Capabilities.all(FlowCache.FLOWS, Tuples.LIMIT);
    private static final int STATISTICS_BATCH = 512;
    /** How long a frame that was decided waits for others to go out with it. */
    private static final long GATHER_NANOS = 100_000;

    private final Arena memory = Arena.ofShared();
    private final Switchboard board = Switchboard.in(memory);
    private final Loops loops;
    private final VxlanSockets tunnels;
    /** By index of the loop; null where no port needed one yet. */
    private final PortGroup[] groups;
    /** By port id: where its flows are, attached or not. */
    private final PortGroup[] groupOf = new PortGroup[PortId.LIMIT];
    /** By flow id; null where there is no such flow. */
    private final PortGroup[] holder = new PortGroup[FlowCache.FLOWS];
    /** What the switch's loop sends. */
    private final Egress own = new Egress(board, null);
    /** Whether frames are handed over, so that what is decided of them may go out together. */
    private boolean polling;
    private long flushedNanos;

    /** {@code tunnels}: those of all switches of the host. */
    UserDatapath(Loops loops, VxlanSockets tunnels) {
        this.loops = loops;
        this.tunnels = tunnels;
        groups = new PortGroup[loops.count()];
    }

    /** The group of a port, which stays while it has flows. */
    private PortGroup group(int port) {
        PortGroup known = groupOf[port];
        if (known == null || board.port(port) == null && !known.locked(() -> known.flows.knows(port))) {
            PortLoop loop = loops.fewest();
            if (groups[loop.index] == null) {
                groups[loop.index] = new PortGroup(loop, board, memory);
            }
            groupOf[port] = groups[loop.index];
        }
        return groupOf[port];
    }

    private Stream<PortGroup> groups() {
        return Arrays.stream(groups).filter(Objects::nonNull);
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public void attach(int port, Attachment attachment) throws DatapathException {
        if (port < 1 || port >= PortId.LIMIT || board.port(port) != null) {
            throw new DatapathException("port id: " + port + " (expected: a free one of 1.." + (PortId.LIMIT - 1) + ")");
        }
        if (!loops.isNative && UserDriver.NATIVE.contains(attachment.kind())) {
            throw new DatapathException(attachment.kind() + ": " + UserDriver.NEEDED + "; streams, and dgram over IP, go without");
        }
        PortGroup group = group(port);
        group.open(switch (attachment.kind()) {
            case "dgram" -> loops.isNative ? new DatagramPort(port, attachment.device(), group) : new NioDatagramPort(port, attachment.device(), group);
            case MulticastPort.KIND -> new MulticastPort(port, attachment.device(), group);
            case Vxlan.KIND -> new VxlanPort(port, attachment.device(), group, tunnels);
            case "stream", "stream-to" -> new StreamPort(port, attachment.kind(), attachment.device(), group);
            default -> throw new DatapathException("attachment: " + attachment + " (expected: " + String.join(", ", UserDriver.KINDS) + "); another datapath has other kinds of port");
        });
        group.loop.ports.incrementAndGet();
    }

    @Override
    public void unblock(int port) {
        UserPort known = board.port(port);
        if (known != null) {
            known.blocked = false;
        }
    }

    @Override
    public void detach(int port) {
        UserPort gone = board.port(port);
        if (gone == null) {
            return;
        }
        PortGroup group = groupOf[port];
        group.close(gone);
        group.loop.ports.decrementAndGet();
        groups().forEach(g -> g.forget(port));
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
        UserPort known = board.port(port);
        if (known != null) {
            groupOf[port].locked(() -> {
                known.misses.set(limit);
                return null;
            });
        }
    }

    @Override
    public PortState state(int port) {
        UserPort known = board.port(port);
        return known == null ? new PortState(false, "not attached", 0) : known.locked(known::state);
    }

    @Override
    public boolean[] install(List<FlowEntry> entries) {
        boolean[] installed = new boolean[entries.size()];
        PortGroup[] of = new PortGroup[installed.length];
        for (int i = 0; i < installed.length; i++) {
            FlowEntry entry = entries.get(i);
            of[i] = FlowCache.isValid(entry) ? group(FlowCache.ingress(entry)) : null;
        }
        // Group by group: each lock is waited for once.
        groups().forEach(group -> group.locked(() -> {
            for (int i = 0; i < installed.length; i++) {
                if (of[i] == group && group.flows.add(entries.get(i))) {
                    installed[i] = true;
                    holder[entries.get(i).id()] = group;
                }
            }
            return null;
        }));
        return installed;
    }

    private PortGroup holder(int flow) {
        return flow >= 0 && flow < FlowCache.FLOWS ? holder[flow] : null;
    }

    @Override
    public boolean replace(int flow, List<Action> actions) {
        PortGroup group = holder(flow);
        return group != null && group.locked(() -> group.flows.replace(flow, actions));
    }

    @Override
    public boolean drain(int flow, List<Action> actions) {
        PortGroup group = holder(flow);
        return group != null && group.locked(() -> group.flows.drain(flow, actions));
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
        PortGroup group = holder(flow);
        if (group == null) {
            return FlowCounters.NONE;
        }
        holder[flow] = null;
        return group.locked(() -> group.flows.remove(flow));
    }

    @Override
    public void statistics(StatisticsSink sink) {
        groups().forEach(group -> {
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
            groups().forEach(group -> group.locked(() -> {
                group.egress.addTo(sum, port);
                return null;
            }));
            own.addTo(sum, port);
        }
        return sum;
    }

    @Override
    public PortCounters counters(int port) {
        return books(port).counters();
    }

    @Override
    public CounterTable.Count counter(long id) {
        return board.counters().count(id);
    }

    @Override
    public long[] drops(int port) {
        return books(port).drops;
    }

    @Override
    public void execute(Frame frame, List<Action> actions) {
        try {
            own.execution.decided(frame, actions);
        } finally {
            if (!polling || System.nanoTime() - flushedNanos > GATHER_NANOS) {
                flush();
            }
        }
    }

    private void flush() {
        own.flush();
        flushedNanos = System.nanoTime();
    }

    @Override
    public int poll(UpcallSink sink, int limit) {
        polling = true;
        flushedNanos = System.nanoTime();
        try {
            return board.up().poll(sink, limit);
        } finally {
            polling = false;
            own.flush();
        }
    }

    @Override
    public void await(long nanos) {
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
        for (int port = 1; port < PortId.LIMIT; port++) {
            detach(port);
        }
        groups().forEach(PortGroup::close);
        memory.close();
    }
}

package org.vnetwork.datapath.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongPredicate;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.Capabilities;
import org.vnetwork.datapath.CounterTable;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.Execution;
import org.vnetwork.datapath.FlowCounters;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.datapath.FrameBatch;
import org.vnetwork.datapath.Life;
import org.vnetwork.datapath.MeterTable;
import org.vnetwork.datapath.PortBooks;
import org.vnetwork.datapath.PortCounters;
import org.vnetwork.datapath.PortState;
import org.vnetwork.datapath.Simulated;
import org.vnetwork.datapath.StatisticsSink;
import org.vnetwork.model.PortId;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.packet.wire.Frame;
import org.vnetwork.packet.wire.KeyParser;

/**
 * A switch's ports and flows in memory, with a clock that only {@link #warp} moves.
 *
 * <p>An injected frame waits until {@link #take} receives it: then a flow handles it, or it comes up.
 */
final class SimDatapath implements Datapath, Simulated, Execution.Sender {
    static final Capabilities CAPABILITIES = Capabilities.all(FlowTable.FLOWS, FlowTable.MASKS_PER_PORT);

    /** Octets of the longest frame that comes in: 65,535 and an Ethernet header with a tag. */
    private static final int LONGEST = 65_553;

    private final SimPort[] ports = new SimPort[PortId.LIMIT];
    private final FlowTable flows = new FlowTable();
    private final SimFrames frames = new SimFrames();
    private final long[] key = new long[FlowKey.WORDS];
    private final Execution execution = new Execution(this);
    private final MeterTable meters = new MeterTable(MemorySegment.ofArray(new long[MeterTable.METERS * MeterTable.SIZE / Long.BYTES]), 0);
    private final CounterTable counters = new CounterTable(MemorySegment.ofArray(new long[CounterTable.COUNTERS * CounterTable.SIZE / Long.BYTES]));
    private final Life life = new Life();
    private long nanos;

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public void attach(int port, Attachment attachment) throws DatapathException {
        life.check();
        if (!attachment.kind().equals("sim")) {
            throw new DatapathException("attachment: " + attachment + " (expected: sim); a simulated switch has no other ports");
        }
        DatapathException.checkFree(port, known(port));
        ports[port] = new SimPort();
    }

    @Override
    public void unblock(int port) {
        life.check();
        if (known(port)) {
            ports[port].blocked = false;
        }
    }

    @Override
    public void detach(int port) {
        life.check();
        if (known(port)) {
            ports[port] = null;
            frames.forget(port);
        }
    }

    @Override
    public PortState state(int port) {
        life.check();
        return known(port) ? new PortState(ports[port].up, ports[port].up ? "simulated" : "its link was taken down", 0, ports[port].downs) : new PortState(false, "not attached", 0);
    }

    @Override
    public boolean[] install(List<FlowEntry> entries) {
        life.check();
        boolean[] installed = new boolean[entries.size()];
        for (int i = 0; i < installed.length; i++) {
            installed[i] = flows.add(entries.get(i));
        }
        return installed;
    }

    @Override
    public boolean replace(int id, List<Action> actions) {
        life.check();
        FlowTable.Flow flow = flows.find(id);
        if (flow == null || Action.size(actions) > Action.LIMIT) {
            return false;
        }
        flow.actions = List.copyOf(actions);
        return true;
    }

    @Override
    public boolean drain(int id, List<Action> actions) {
        life.check();
        return Action.size(actions) <= Action.LIMIT && flows.drain(id, actions);
    }

    @Override
    public FlowCounters remove(int id) {
        life.check();
        FlowTable.Flow flow = flows.remove(id);
        return flow == null ? FlowCounters.NONE : flow.counters();
    }

    @Override
    public void statistics(StatisticsSink sink) {
        life.check();
        for (FlowTable.Flow flow : flows.all()) {
            FlowCounters counters = flow.counters();
            sink.flow(flow.entry.id(), counters.packets(), counters.bytes(), counters.lastUsedNanos());
        }
    }

    @Override
    public PortCounters counters(int port) {
        life.check();
        return known(port) ? ports[port].books.counters() : PortCounters.NONE;
    }

    @Override
    public long[] drops(int port) {
        life.check();
        return known(port) ? ports[port].books.drops.clone() : new long[DropNumbers.LIMIT];
    }

    @Override
    public void execute(Frame frame, List<Action> actions) {
        life.check();
        execution.decided(frame, actions);
    }

    @Override
    public int take(FrameBatch batch) {
        life.check();
        int count = 0;
        while (true) {
            Frame frame = frames.up.peek();
            if (frame != null) {
                if (!batch.add(frame)) {
                    return count;
                }
                frames.up.remove();
                count++;
            } else if (!frames.arrived.isEmpty()) {
                receive(frames.arrived.poll());
            } else {
                return count;
            }
        }
    }

    /** Looks an arrived frame up, and has its flow handle it or sends it up. */
    private void receive(Frame frame) {
        SimPort port = ports[frame.ingress];
        if (port.blocked || frame.size < KeyParser.ETHERNET_SIZE) {
            port.books.refused(frame.size, port.blocked ? DropNumbers.BLOCKED : DropNumbers.RUNT);
            return;
        }
        port.books.received(frame.size);
        KeyParser.parse(frame.buffer, frame.offset, frame.size, frame.ingress, key);
        FlowTable.Flow flow = flows.lookup(frame.ingress, key);
        if (flow == null) {
            frames.up.add(frame);
            port.books.up++;
            return;
        }
        flow.used(frame.wireFrames(), frame.size, nanos);
        frame.flow = flow.entry.id();
        execution.matched(frame, flow.actions);
    }

    @Override
    public int send(int port, Frame frame) {
        if (!known(port)) {
            return DropNumbers.BAD_OUTPUT;
        }
        if (ports[port].blocked) {
            return DropNumbers.OUTPUT_BLOCKED;
        }
        if (!ports[port].up) {
            return DropNumbers.LINK_DOWN;
        }
        return ports[port].send(frame.bytes().toArray(ValueLayout.JAVA_BYTE)) ? 0 : DropNumbers.OUTPUT_FAILED;
    }

    @Override
    public int inspect(Frame frame) {
        frames.sendUp(frame, false);
        return 0;
    }

    @Override
    public boolean copyUp(Frame frame) {
        frames.sendUp(frame, true);
        return true;
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
    public CounterTable.Count counter(long id) {
        life.check();
        return counters.count(id);
    }

    @Override
    public void keepCounters(LongPredicate kept) {
        life.check();
        counters.keep(kept, slot -> { });
    }

    private boolean known(int port) {
        return port > 0 && port < PortId.LIMIT && ports[port] != null;
    }

    @Override
    public void inject(int port, byte[] frame) {
        life.check();
        if (frame.length > LONGEST) {
            throw Refusal.value("frame", frame.length + " octets", "at most " + LONGEST);
        }
        if (known(port) && ports[port].up) {
            frames.arrive(frame, port);
        }
    }

    @Override
    public void link(int port, boolean up) {
        life.check();
        if (known(port) && ports[port].up != up) {
            ports[port].up = up;
            ports[port].downs += up ? 0 : 1;
        }
    }

    @Override
    public List<byte[]> captured(int port) {
        life.check();
        return known(port) ? ports[port].takeCaptures() : List.of();
    }

    @Override
    public void warp(Duration duration) {
        life.check();
        if (duration.isNegative()) {
            throw Refusal.value("duration", duration, "0 or more; the clock only goes forward");
        }
        nanos += duration.toNanos();
    }

    /** Waits in real time: while the loop waits here, nobody can move the clock. */
    @Override
    public void await(long waitNanos) {
        life.check();
        frames.await(waitNanos);
    }

    @Override
    public void wakeup() {
        frames.wakeup();
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public void close() {
        if (life.end()) {
            flows.clear();
            frames.clear();
            Arrays.fill(ports, null);
        }
    }
}

package org.vnetwork.datapath.user;

import java.lang.foreign.SegmentAllocator;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.vnetwork.datapath.FlowCounters;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.datapath.StatisticsSink;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FlowKey;

/**
 * The flows of one switch: exact keys first, then tuple space search by ingress port (Srinivasan, Suri and Varghese, SIGCOMM 1999), draining flows last.
 *
 * <p>Looking up allocates nothing. Not safe by itself: the caller holds the datapath's lock.
 */
final class FlowCache {
    static final int FLOWS = 65_536;

    private final Tuples active = new Tuples(0);
    private final Tuples draining = new Tuples(1);
    private final FlowSlots slots;
    private final ExactCache exact;
    private final FlowEntry[] entries = new FlowEntry[FLOWS];
    private final List<Action>[] actions = lists();
    private final BitSet drains = new BitSet();
    private final BitSet used = new BitSet();

    FlowCache(SegmentAllocator memory) {
        // Who sends frames must not be able to choose keys that collide.
        long seed = ThreadLocalRandom.current().nextLong();
        slots = new FlowSlots(memory, FLOWS, seed);
        exact = new ExactCache(memory, slots, seed);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static List<Action>[] lists() {
        return new List[FLOWS];
    }

    /** The flow that matches a key, or -1. */
    int lookup(int ingress, long[] key) {
        long place = exact.place(key);
        int flow = exact.find(place, key);
        if (flow >= 0) {
            return flow;
        }
        flow = lookup(active.of(ingress), key);
        if (flow >= 0) {
            exact.put(place, key, flow);
            return flow;
        }
        // NB: kept out of the first level: a flow that comes later matches before one that drains.
        return lookup(draining.of(ingress), key);
    }

    private int lookup(Tuple[] tuples, long[] key) {
        for (Tuple tuple : tuples) {
            int flow = slots.find(tuple, key);
            if (flow >= 0) {
                return flow;
            }
        }
        return -1;
    }

    /** The actions of a flow that is in. */
    List<Action> actions(int flow) {
        return actions[flow];
    }

    /** Counts frames of a flow. */
    void used(int flow, int frames, long bytes, long nanos) {
        slots.used(flow, frames, bytes, nanos);
    }

    /** Adds a flow; false when it is no valid one, its id or key is taken, or the port's mask list is full. */
    boolean add(FlowEntry entry) {
        boolean valid = entry.id() >= 0 && entry.id() < FLOWS && Action.size(entry.actions()) <= Action.LIMIT
                && Field.INGRESS.in(entry.mask()) == Field.INGRESS.bits() && Field.INGRESS.in(entry.key()) < PortId.LIMIT;
        if (!valid || used.get(entry.id()) || !enter(active, entry)) {
            return false;
        }
        slots.reset(entry.id());
        used.set(entry.id());
        entries[entry.id()] = new FlowEntry(entry.id(), FlowKey.masked(entry.key(), entry.mask()), entry.mask().clone(), List.of());
        actions[entry.id()] = List.copyOf(entry.actions());
        return true;
    }

    private boolean enter(Tuples tuples, FlowEntry entry) {
        Tuple tuple = tuples.take(ingress(entry), entry.mask());
        if (tuple == null || tuple.flows > 0 && slots.find(tuple, entry.key()) >= 0) {
            return false;
        }
        slots.enter(entry.id(), tuple, entry.key());
        return true;
    }

    private void leave(Tuples tuples, FlowEntry entry) {
        Tuple tuple = tuples.take(ingress(entry), entry.mask());
        slots.leave(entry.id(), tuple);
        tuples.release(ingress(entry), tuple);
    }

    /** Gives a flow other actions; false when it cannot have them. */
    boolean replace(int flow, List<Action> others) {
        if (!has(flow) || Action.size(others) > Action.LIMIT) {
            return false;
        }
        actions[flow] = List.copyOf(others);
        return true;
    }

    /** Has a flow match behind all others, with other actions. */
    boolean drain(int flow, List<Action> others) {
        if (!has(flow) || drains.get(flow) || Action.size(others) > Action.LIMIT) {
            return false;
        }
        FlowEntry entry = entries[flow];
        Tuple target = draining.take(ingress(entry), entry.mask());
        if (target == null || target.flows > 0 && slots.find(target, entry.key()) >= 0) {
            return false;
        }
        leave(active, entry);
        slots.enter(flow, target, entry.key());
        drains.set(flow);
        actions[flow] = List.copyOf(others);
        return true;
    }

    /** Removes a flow and returns its last counters. */
    FlowCounters remove(int flow) {
        if (!has(flow)) {
            return FlowCounters.NONE;
        }
        leave(drains.get(flow) ? draining : active, entries[flow]);
        FlowCounters last = new FlowCounters(slots.packets(flow), slots.bytes(flow), slots.lastUsedNanos(flow));
        used.clear(flow);
        drains.clear(flow);
        entries[flow] = null;
        actions[flow] = null;
        return last;
    }

    /** Reports the counters of so many flows, from an id on; returns the id to go on with, or -1. */
    int statistics(StatisticsSink sink, int from, int count) {
        int flow = used.nextSetBit(from);
        for (int i = 0; i < count && flow >= 0; i++) {
            sink.flow(flow, slots.packets(flow), slots.bytes(flow), slots.lastUsedNanos(flow));
            flow = used.nextSetBit(flow + 1);
        }
        return flow;
    }

    private boolean has(int flow) {
        return flow >= 0 && flow < FLOWS && used.get(flow);
    }

    private static int ingress(FlowEntry entry) {
        return (int) Field.INGRESS.in(entry.key());
    }
}

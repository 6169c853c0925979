package org.vnetwork.datapath.user;

import java.lang.foreign.SegmentAllocator;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.vnetwork.datapath.FlowCounters;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.datapath.StatisticsSink;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FlowKey;

/**
 * The flows of one group: exact keys first, then tuple space search by ingress port (Srinivasan, Suri and Varghese, SIGCOMM 1999), draining flows last.
 *
 * <p>Looking up allocates nothing. Not safe by itself: the caller holds the group's lock. A flow's id is in one group at a time.
 */
final class FlowCache {
    /** Flows of a switch. */
    static final int FLOWS = 65_536;

    private final Tuples active = new Tuples(0);
    private final Tuples draining = new Tuples(1);
    private final FlowSlots slots;
    private final FlowIndex index;
    private final ExactCache exact;
    private final BitSet drains = new BitSet();
    private final BitSet used = new BitSet();

    FlowCache(SegmentAllocator memory, FlowSlots slots) {
        // Who sends frames must not be able to choose keys that collide.
        long seed = ThreadLocalRandom.current().nextLong();
        this.slots = slots;
        index = new FlowIndex(memory, slots, FLOWS, seed);
        exact = new ExactCache(memory, slots, seed);
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
            int flow = index.find(tuple, key);
            if (flow >= 0) {
                return flow;
            }
        }
        return -1;
    }

    /** The actions of a flow that is in. */
    List<Action> actions(int flow) {
        return slots.actions[flow];
    }

    /** Counts frames of a flow. */
    void used(int flow, int frames, long bytes, long nanos) {
        slots.used(flow, frames, bytes, nanos);
    }

    /** Adds a flow; false when it is no valid one, its id or key is taken, or the port's mask list is full. */
    boolean add(FlowEntry entry) {
        if (!entry.fits(FLOWS) || slots.entries[entry.id()] != null || !enter(active, entry)) {
            return false;
        }
        slots.reset(entry.id());
        used.set(entry.id());
        slots.entries[entry.id()] = new FlowEntry(entry.id(), FlowKey.masked(entry.key(), entry.mask()), entry.mask().clone(), List.of());
        slots.actions[entry.id()] = List.copyOf(entry.actions());
        return true;
    }

    private boolean enter(Tuples tuples, FlowEntry entry) {
        Tuple tuple = tuples.take(entry.ingress(), entry.mask());
        if (tuple == null || tuple.flows > 0 && index.find(tuple, entry.key()) >= 0) {
            return false;
        }
        index.enter(entry.id(), tuple, entry.key());
        return true;
    }

    private void leave(Tuples tuples, FlowEntry entry) {
        Tuple tuple = tuples.take(entry.ingress(), entry.mask());
        index.leave(entry.id(), tuple);
        tuples.release(entry.ingress(), tuple);
    }

    /** Gives a flow other actions; false when it cannot have them. */
    boolean replace(int flow, List<Action> others) {
        if (!has(flow) || Action.size(others) > Action.LIMIT) {
            return false;
        }
        slots.actions[flow] = List.copyOf(others);
        return true;
    }

    /** Has a flow match behind all others, with other actions. */
    boolean drain(int flow, List<Action> others) {
        if (!has(flow) || drains.get(flow) || Action.size(others) > Action.LIMIT) {
            return false;
        }
        FlowEntry entry = slots.entries[flow];
        Tuple target = draining.take(entry.ingress(), entry.mask());
        if (target == null || target.flows > 0 && index.find(target, entry.key()) >= 0) {
            return false;
        }
        leave(active, entry);
        index.enter(flow, target, entry.key());
        drains.set(flow);
        slots.actions[flow] = List.copyOf(others);
        return true;
    }

    /** Removes a flow and returns its last counters. */
    FlowCounters remove(int flow) {
        if (!has(flow)) {
            return FlowCounters.NONE;
        }
        leave(drains.get(flow) ? draining : active, slots.entries[flow]);
        FlowCounters last = new FlowCounters(slots.packets(flow), slots.bytes(flow), slots.lastUsedNanos(flow));
        used.clear(flow);
        drains.clear(flow);
        slots.entries[flow] = null;
        slots.actions[flow] = null;
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

    /** Whether there are flows of a port. */
    boolean knows(int ingress) {
        return active.of(ingress).length > 0 || draining.of(ingress).length > 0;
    }

    private boolean has(int flow) {
        return flow >= 0 && flow < FLOWS && used.get(flow);
    }
}

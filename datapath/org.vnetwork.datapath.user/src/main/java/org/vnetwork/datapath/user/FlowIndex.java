package org.vnetwork.datapath.user;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;

/** The hash table that finds one group's flows by tuple and masked key, off heap: flow id + 1 where the hash says, or behind it; 0 nothing. */
final class FlowIndex {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private final FlowSlots slots;
    private final MemorySegment index;
    private final int places;
    private final long seed;

    /** Room for so many flows, a power of two. */
    FlowIndex(SegmentAllocator memory, FlowSlots slots, int flows, long seed) {
        this.slots = slots;
        this.seed = seed;
        places = 2 * flows;
        index = memory.allocate((long) places * Integer.BYTES, 64);
    }

    /** The flow of a tuple that matches a key, or -1. */
    int find(Tuple tuple, long[] key) {
        for (int place = place(tuple.hash(key, seed));; place = next(place)) {
            int flow = at(place) - 1;
            if (flow < 0 || slots.matches(flow, tuple, key)) {
                return flow;
            }
        }
    }

    /** Has a flow be found under a tuple, where none is that matches the same. */
    void enter(int flow, Tuple tuple, long[] key) {
        long hash = tuple.hash(key, seed);
        slots.enter(flow, tuple, key, hash);
        int place = place(hash);
        while (at(place) != 0) {
            place = next(place);
        }
        put(place, flow + 1);
        tuple.flows++;
    }

    /** Has a flow be found no more. */
    void leave(int flow, Tuple tuple) {
        int hole = place(slots.hash(flow));
        while (at(hole) != flow + 1) {
            hole = next(hole);
        }
        // What stands behind it moves up, as far as its own hash allows, so that no gap hides it.
        for (int place = next(hole); at(place) != 0; place = next(place)) {
            int home = place(slots.hash(at(place) - 1));
            if ((place - home & places - 1) >= (place - hole & places - 1)) {
                put(hole, at(place));
                hole = place;
            }
        }
        put(hole, 0);
        tuple.flows--;
        slots.renew(flow);
    }

    private int place(long hash) {
        return (int) (hash >>> 32) & places - 1;
    }

    private int next(int place) {
        return place + 1 & places - 1;
    }

    private int at(int place) {
        return index.get(INT, (long) place * Integer.BYTES);
    }

    private void put(int place, int value) {
        index.set(INT, (long) place * Integer.BYTES, value);
    }
}

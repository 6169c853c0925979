package org.vnetwork.datapath.user;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import org.vnetwork.packet.wire.FlowKey;

/**
 * Keys and counters of flows by id, off heap, and the hash table that finds them by tuple and masked key.
 *
 * <pre>
 * slot   0 masked key, 11 words | 88 packets | 96 bytes | 104 last used | 112 hash | 120 tuple id | 124 generation
 * index  flow id + 1 where the hash says, or behind it; 0 nothing
 * </pre>
 */
final class FlowSlots {
    private static final int SLOT = 128;
    private static final int PACKETS = 88;
    private static final int BYTES = 96;
    private static final int USED = 104;
    private static final int HASH = 112;
    private static final int TUPLE = 120;
    private static final int GENERATION = 124;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private final MemorySegment slots;
    private final MemorySegment index;
    private final int places;
    private final long seed;

    /** Room for so many flows, a power of two. */
    FlowSlots(SegmentAllocator memory, int flows, long seed) {
        this.seed = seed;
        places = 2 * flows;
        slots = memory.allocate((long) flows * SLOT, 64);
        index = memory.allocate((long) places * Integer.BYTES, 64);
    }

    /** The flow of a tuple that matches a key, or -1. */
    int find(Tuple tuple, long[] key) {
        for (int place = place(tuple.hash(key, seed));; place = next(place)) {
            int flow = at(place) - 1;
            if (flow < 0 || matches(flow, tuple, key)) {
                return flow;
            }
        }
    }

    private boolean matches(int flow, Tuple tuple, long[] key) {
        long slot = (long) flow * SLOT;
        if (slots.get(INT, slot + TUPLE) != tuple.id) {
            return false;
        }
        for (int word : tuple.words) {
            if (slots.get(LONG, slot + (long) word * Long.BYTES) != (key[word] & tuple.mask[word])) {
                return false;
            }
        }
        return true;
    }

    /** Has a flow be found under a tuple, where none is that matches the same. */
    void enter(int flow, Tuple tuple, long[] key) {
        long slot = (long) flow * SLOT;
        for (int i = 0; i < FlowKey.WORDS; i++) {
            slots.set(LONG, slot + (long) i * Long.BYTES, key[i] & tuple.mask[i]);
        }
        long hash = tuple.hash(key, seed);
        slots.set(LONG, slot + HASH, hash);
        slots.set(INT, slot + TUPLE, tuple.id);
        int place = place(hash);
        while (at(place) != 0) {
            place = next(place);
        }
        put(place, flow + 1);
        tuple.flows++;
        renew(flow);
    }

    /** Has a flow be found no more. */
    void leave(int flow, Tuple tuple) {
        int hole = place(slots.get(LONG, (long) flow * SLOT + HASH));
        while (at(hole) != flow + 1) {
            hole = next(hole);
        }
        // What stands behind it moves up, as far as its own hash allows, so that no gap hides it.
        for (int place = next(hole); at(place) != 0; place = next(place)) {
            int home = place(slots.get(LONG, (long) (at(place) - 1) * SLOT + HASH));
            if ((place - home & places - 1) >= (place - hole & places - 1)) {
                put(hole, at(place));
                hole = place;
            }
        }
        put(hole, 0);
        tuple.flows--;
        renew(flow);
    }

    /** Sets the counters of a flow to zero. */
    void reset(int flow) {
        slots.asSlice((long) flow * SLOT + PACKETS, 3 * Long.BYTES).fill((byte) 0);
    }

    /** Counts frames. */
    void used(int flow, int frames, long bytes, long nanos) {
        long slot = (long) flow * SLOT;
        slots.set(LONG, slot + PACKETS, slots.get(LONG, slot + PACKETS) + frames);
        slots.set(LONG, slot + BYTES, slots.get(LONG, slot + BYTES) + bytes);
        slots.set(LONG, slot + USED, nanos);
    }

    long packets(int flow) {
        return slots.get(LONG, (long) flow * SLOT + PACKETS);
    }

    long bytes(int flow) {
        return slots.get(LONG, (long) flow * SLOT + BYTES);
    }

    long lastUsedNanos(int flow) {
        return slots.get(LONG, (long) flow * SLOT + USED);
    }

    /** Changes whenever the flow comes, goes or changes its place. */
    int generation(int flow) {
        return slots.get(INT, (long) flow * SLOT + GENERATION);
    }

    private void renew(int flow) {
        long at = (long) flow * SLOT + GENERATION;
        slots.set(INT, at, slots.get(INT, at) + 1);
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

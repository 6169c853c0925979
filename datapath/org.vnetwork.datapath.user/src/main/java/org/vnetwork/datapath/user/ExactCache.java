package org.vnetwork.datapath.user;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import org.vnetwork.packet.wire.FlowKey;

/** Which flow a whole key met last: the first level, one place for each hash; off heap. An entry of a flow that has changed is none. */
final class ExactCache {
    private static final int PLACES = 8192;
    private static final int SIZE = 96;
    private static final int FLOW = FlowKey.SIZE;
    private static final int GENERATION = FLOW + Integer.BYTES;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private final MemorySegment places;
    private final FlowSlots slots;
    private final long seed;

    ExactCache(SegmentAllocator memory, FlowSlots slots, long seed) {
        this.slots = slots;
        this.seed = seed;
        places = memory.allocate((long) PLACES * SIZE, 64);
    }

    /** Where a key has its place. */
    long place(long[] key) {
        long hash = seed;
        for (int i = 0; i < FlowKey.WORDS; i++) {
            hash = Tuple.mix(hash, key[i]);
        }
        return (hash >>> 32 & PLACES - 1) * SIZE;
    }

    /** The flow that a key met, or -1. */
    int find(long place, long[] key) {
        for (int i = 0; i < FlowKey.WORDS; i++) {
            if (places.get(LONG, place + (long) i * Long.BYTES) != key[i]) {
                return -1;
            }
        }
        int flow = places.get(INT, place + FLOW);
        return places.get(INT, place + GENERATION) == slots.generation(flow) ? flow : -1;
    }

    /** Notes that a key met a flow. */
    void put(long place, long[] key, int flow) {
        for (int i = 0; i < FlowKey.WORDS; i++) {
            places.set(LONG, place + (long) i * Long.BYTES, key[i]);
        }
        places.set(INT, place + FLOW, flow);
        places.set(INT, place + GENERATION, slots.generation(flow));
    }
}

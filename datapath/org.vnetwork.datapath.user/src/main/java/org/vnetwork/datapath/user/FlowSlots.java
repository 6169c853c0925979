package org.vnetwork.datapath.user;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FlowKey;

/**
 * Keys and counters of flows by id, off heap, and their actions. A flow's are the business of its group.
 *
 * <pre>
 * slot   0 masked key, 11 words | 88 packets | 96 bytes | 104 last used | 112 hash | 120 tuple id | 124 generation
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

    /** What was installed; null for an id that is free. */
    final FlowEntry[] entries;
    final List<Action>[] actions;
    private final MemorySegment slots;

    /** Room for so many flows. */
    FlowSlots(SegmentAllocator memory, int flows) {
        slots = memory.allocate((long) flows * SLOT, 64);
        entries = new FlowEntry[flows];
        actions = lists(flows);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static List<Action>[] lists(int count) {
        return new List[count];
    }

    /** Whether a flow is of a tuple and matches a key. */
    boolean matches(int flow, Tuple tuple, long[] key) {
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

    /** Notes the key of a flow, and where it is found. */
    void enter(int flow, Tuple tuple, long[] key, long hash) {
        long slot = (long) flow * SLOT;
        for (int i = 0; i < FlowKey.WORDS; i++) {
            slots.set(LONG, slot + (long) i * Long.BYTES, key[i] & tuple.mask[i]);
        }
        slots.set(LONG, slot + HASH, hash);
        slots.set(INT, slot + TUPLE, tuple.id);
        renew(flow);
    }

    /** The hash that a flow was entered with. */
    long hash(int flow) {
        return slots.get(LONG, (long) flow * SLOT + HASH);
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

    /** Has the flow not be the one any more that was noted elsewhere. */
    void renew(int flow) {
        long at = (long) flow * SLOT + GENERATION;
        slots.set(INT, at, slots.get(INT, at) + 1);
    }
}

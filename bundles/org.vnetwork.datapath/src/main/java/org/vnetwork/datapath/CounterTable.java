package org.vnetwork.datapath;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.LongPredicate;

/**
 * Counters that plugins named, of one switch, in memory that a flow table may share: {@code vnet_counter} in {@code vnet_abi.h}.
 *
 * <p>What is here was counted in Java; what a flow table counted by itself it keeps by the slot. A slot goes to another counter after its own was forgotten.
 * Several threads may count at once; what they count is read without a lock.
 */
public final class CounterTable {
    /** Most counters of a switch. */
    public static final int COUNTERS = 1024;
    /** Octets of a counter in memory. */
    public static final int SIZE = 32;
    private static final int LATEST = 256;
    private static final long ID = 0;
    private static final long USED = 8;
    private static final long FRAMES = 16;
    private static final long BYTES = 24;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final VarHandle SHARED = LONG.varHandle();

    private final MemorySegment memory;
    private final Map<Long, Integer> slots = new HashMap<>();
    /** The slot that was found last for a hash of the id: counting a frame must not allocate. */
    private final int[] latest = new int[LATEST];

    /**
     * What a counter counted.
     *
     * @param frames on the wire: a segment that is split later counts as often
     * @param bytes octets of these frames
     */
    public record Count(long frames, long bytes) {
        /** Nothing. */
        public static final Count NONE = new Count(0, 0);

        /** Both together. */
        public Count plus(Count other) {
            return new Count(frames + other.frames, bytes + other.bytes);
        }
    }

    /**
     * The counters in a memory; those that it holds are taken over.
     *
     * @param memory {@link #COUNTERS} times {@link #SIZE} octets, aligned to 8
     */
    public CounterTable(MemorySegment memory) {
        this.memory = memory;
        for (int slot = 0; slot < COUNTERS; slot++) {
            if (isUsed(slot)) {
                slots.put(id(slot), slot);
            }
        }
    }

    /** The slot of a counter; -1 when all are taken by others. */
    public synchronized int slot(long id) {
        Integer known = slots.get(id);
        if (known != null) {
            return known;
        }
        if (slots.size() == COUNTERS) {
            return -1;
        }
        int slot = 0;
        while (isUsed(slot)) {
            slot++;
        }
        memory.set(LONG, (long) slot * SIZE + ID, id);
        SHARED.setVolatile(memory, (long) slot * SIZE + USED, 1L);
        slots.put(id, slot);
        return slot;
    }

    /**
     * Forgets all counters but some. Nothing has counted into those for so long that no thread or flow table can be about to.
     *
     * @param kept true for the id of a counter that stays
     * @param forgotten takes the slot of each that does not, before another can get it
     */
    public synchronized void keep(LongPredicate kept, IntConsumer forgotten) {
        slots.entrySet().removeIf(entry -> {
            boolean goes = !kept.test(entry.getKey());
            if (goes) {
                forgotten.accept(entry.getValue());
                long at = (long) entry.getValue() * SIZE;
                SHARED.setVolatile(memory, at + USED, 0L);
                SHARED.setVolatile(memory, at + FRAMES, 0L);
                SHARED.setVolatile(memory, at + BYTES, 0L);
            }
            return goes;
        });
    }

    /** The slot that a counter has, or -1. */
    public synchronized int known(long id) {
        return slots.getOrDefault(id, -1);
    }

    /** Whether a slot is some counter's. */
    public boolean isUsed(int slot) {
        return slot >= 0 && slot < COUNTERS && (long) SHARED.getVolatile(memory, (long) slot * SIZE + USED) != 0;
    }

    /** The id of the counter in a slot in use. */
    public long id(int slot) {
        return memory.get(LONG, (long) slot * SIZE + ID);
    }

    /** Counts in Java; nothing when there is no room for the counter. */
    public void add(long id, long frames, long bytes) {
        int place = Long.hashCode(id) & LATEST - 1;
        int slot = latest[place];
        if (!isUsed(slot) || id(slot) != id) {
            slot = slot(id);
            latest[place] = Math.max(slot, 0);
        }
        if (slot >= 0) {
            long at = (long) slot * SIZE;
            SHARED.getAndAdd(memory, at + FRAMES, frames);
            SHARED.getAndAdd(memory, at + BYTES, bytes);
        }
    }

    /** What was counted in Java. */
    public Count count(long id) {
        int slot = known(id);
        return slot < 0 ? Count.NONE : new Count((long) SHARED.getVolatile(memory, (long) slot * SIZE + FRAMES), (long) SHARED.getVolatile(memory, (long) slot * SIZE + BYTES));
    }
}

package org.vnetwork.datapath;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.HashMap;
import java.util.Map;

/**
 * Counters that plugins named, of one switch, in memory that a flow table may share: {@code vnet_counter} in {@code vnet_abi.h}.
 *
 * <p>What is here was counted in Java; what a flow table counted by itself it keeps by the slot. Slots are never given to another counter. Several threads may
 * count at once; what they count is read without a lock.
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
    private volatile int used;

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
        for (int slot = 0; slot < COUNTERS && memory.get(LONG, (long) slot * SIZE + USED) != 0; slot++) {
            slots.put(memory.get(LONG, (long) slot * SIZE + ID), slot);
        }
        used = slots.size();
    }

    /** The slot of a counter; -1 when all are taken by others. */
    public synchronized int slot(long id) {
        Integer known = slots.get(id);
        if (known != null) {
            return known;
        }
        int slot = slots.size();
        if (slot == COUNTERS) {
            return -1;
        }
        memory.set(LONG, (long) slot * SIZE + ID, id);
        memory.set(LONG, (long) slot * SIZE + USED, 1);
        slots.put(id, slot);
        used = slot + 1;
        return slot;
    }

    /** The slot that a counter has, or -1. */
    public synchronized int known(long id) {
        return slots.getOrDefault(id, -1);
    }

    /** Whether a slot is some counter's. */
    public boolean isUsed(int slot) {
        return slot >= 0 && slot < used;
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

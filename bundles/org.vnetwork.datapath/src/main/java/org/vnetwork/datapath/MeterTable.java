package org.vnetwork.datapath;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.HashMap;
import java.util.Map;
import org.vnetwork.packet.wire.Action;

/**
 * Token buckets of one switch, in memory that a flow table may share: {@code vnet_meter} in {@code vnet_abi.h}.
 *
 * <p>A bucket is kept as the time at which it is full again. So one that is full holds nothing, and its slot may go to another meter once no list names it. A frame
 * passes while the bucket is not in debt, and is charged whole; one that finds it in debt closes the meter for a moment. Several threads may ask at once, and others by
 * the memory, without a lock; all else is the loop thread's.
 */
public final class MeterTable {
    /** Most meters in use at one time: four for each port that a switch may have. */
    public static final int METERS = 4096;
    /** Octets of a meter in memory. */
    public static final int SIZE = 64;
    private static final int LATEST = 256;
    private static final long ID = 0;
    private static final long RATE = 8;
    private static final long BURST_BYTES = 16;
    private static final long BURST_TICKS = 24;
    private static final long DUE = 32;
    private static final long OPENS = 40;
    /** A tick is 1/64 ns: 64 octets at 100 Gbit/s take 327 of them. */
    private static final int TICK_SHIFT = 6;
    private static final double TICKS_PER_SECOND = 64e9;
    /** Longest time that a meter stays closed, 1 ms: {@code vnet_abi.h} says why. */
    private static final long CLOSED_TICKS = 64_000_000;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final VarHandle SHARED = LONG.varHandle();

    private final MemorySegment memory;
    private final long quarantineNanos;
    private final Map<Key, Integer> slots = new HashMap<>();
    private final Key[] keys = new Key[METERS];
    /** The slot that was found last for a hash of the id: asking for each frame must not allocate. */
    private final int[] latest = new int[LATEST];
    private final int[] users = new int[METERS];
    private final long[] freedNanos = new long[METERS];

    private record Key(long id, long bitsPerSecond, int burstBytes) {
        Key(Action.Meter meter) {
            this(meter.id(), meter.bitsPerSecond(), meter.burstBytes());
        }

        boolean isOf(Action.Meter meter) {
            return id == meter.id() && bitsPerSecond == meter.bitsPerSecond() && burstBytes == meter.burstBytes();
        }
    }

    /**
     * The meters in a memory; those that it holds are taken over.
     *
     * @param memory {@link #METERS} times {@link #SIZE} octets, aligned to 8
     * @param quarantineNanos how long after its last user left, or after it was full again, a slot may still be read by others
     */
    public MeterTable(MemorySegment memory, long quarantineNanos) {
        this.memory = memory;
        this.quarantineNanos = quarantineNanos;
        for (int slot = 0; slot < METERS; slot++) {
            long at = (long) slot * SIZE;
            if (memory.get(LONG, at + RATE) != 0) {
                keys[slot] = new Key(memory.get(LONG, at + ID), memory.get(LONG, at + RATE), (int) memory.get(LONG, at + BURST_BYTES));
                slots.put(keys[slot], slot);
            }
        }
    }

    /** The slot of a meter, with one user more; -1 when all are in use. */
    public int take(Action.Meter meter, long nanos) {
        int slot = find(meter, nanos);
        if (slot >= 0) {
            users[slot]++;
        }
        return slot;
    }

    /** Has one user less of a slot. */
    public void release(int slot, long nanos) {
        users[slot]--;
        freedNanos[slot] = nanos;
    }

    /** The meter in a slot, or null. */
    public Action.Meter meter(int slot, int gate) {
        Key key = slot < 0 || slot >= METERS ? null : keys[slot];
        return key == null ? null : new Action.Meter(gate, key.id, key.bitsPerSecond, key.burstBytes);
    }

    /** Meters that lists name. */
    public int used() {
        int used = 0;
        for (int user : users) {
            used += user > 0 ? 1 : 0;
        }
        return used;
    }

    /**
     * Asks a meter about a frame.
     *
     * @param bytes octets on the wire
     * @param nanos on the clock of all that ask
     * @return 0 when it passes, or the number of a drop reason
     */
    public int ask(Action.Meter meter, long bytes, long nanos) {
        int slot = find(meter, nanos);
        if (slot < 0) {
            return DropNumbers.NO_METER;
        }
        return passes((long) slot * SIZE, bytes, nanos << TICK_SHIFT) ? 0 : DropNumbers.METERED;
    }

    private boolean passes(long at, long bytes, long now) {
        long cost = (long) (bytes * 8.0 * TICKS_PER_SECOND / memory.get(LONG, at + RATE));
        long burst = memory.get(LONG, at + BURST_TICKS);
        if (now - (long) SHARED.getVolatile(memory, at + OPENS) < 0) {
            return false;
        }
        while (true) {
            long due = (long) SHARED.getVolatile(memory, at + DUE);
            long from = due - now > 0 ? due : now;
            if (from - now > burst) {
                SHARED.setVolatile(memory, at + OPENS, now + Math.min(burst / 2, CLOSED_TICKS));
                return false;
            }
            if (SHARED.compareAndSet(memory, at + DUE, due, from + cost)) {
                return true;
            }
        }
    }

    private int find(Action.Meter meter, long nanos) {
        int place = Long.hashCode(meter.id()) & LATEST - 1;
        int slot = latest[place];
        if (keys[slot] == null || !keys[slot].isOf(meter)) {
            slot = search(meter, nanos);
            latest[place] = Math.max(slot, 0);
        }
        return slot;
    }

    private synchronized int search(Action.Meter meter, long nanos) {
        Key key = new Key(meter);
        Integer known = slots.get(key);
        if (known != null) {
            return known;
        }
        for (int slot = 0; slot < METERS; slot++) {
            if (isFree(slot, nanos)) {
                if (keys[slot] != null) {
                    slots.remove(keys[slot]);
                }
                write((long) slot * SIZE, key, nanos << TICK_SHIFT);
                // Another thread that sees the key is to see the bucket.
                VarHandle.releaseFence();
                keys[slot] = key;
                slots.put(key, slot);
                return slot;
            }
        }
        return -1;
    }

    private boolean isFree(int slot, long nanos) {
        return keys[slot] == null || users[slot] == 0 && nanos - freedNanos[slot] >= quarantineNanos
                && (long) SHARED.getVolatile(memory, (long) slot * SIZE + DUE) - (nanos - quarantineNanos << TICK_SHIFT) <= 0;
    }

    private void write(long at, Key key, long now) {
        SHARED.setVolatile(memory, at + RATE, 0L);
        memory.set(LONG, at + ID, key.id);
        memory.set(LONG, at + BURST_BYTES, key.burstBytes);
        memory.set(LONG, at + BURST_TICKS, (long) (key.burstBytes * 8.0 * TICKS_PER_SECOND / key.bitsPerSecond));
        memory.set(LONG, at + DUE, now);
        memory.set(LONG, at + OPENS, now);
        SHARED.setVolatile(memory, at + RATE, key.bitsPerSecond);
    }
}

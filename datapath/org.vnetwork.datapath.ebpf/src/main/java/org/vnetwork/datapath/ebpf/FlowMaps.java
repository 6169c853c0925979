package org.vnetwork.datapath.ebpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.StatisticsSink;
import org.vnetwork.packet.wire.FlowKey;

/**
 * The maps of the flow table, as {@code vnet_abi.h} draws them: keys, slots, filter, counters.
 *
 * <p>What the programs read in one load is written here in one store. Loop thread only.
 */
final class FlowMaps implements AutoCloseable {
    static final int FILTER_SHIFT = 12;
    private static final int FILTER_WORDS = 16384;
    private static final int BATCH = 4096;
    private static final int COUNTERS_SIZE = 24;
    private static final long[] HASH = {0x152bf8818ec8d8bdL, 0xd66887a3a5561783L, 0xf266f24a7a44668fL, 0x877f77b22c5c6317L, 0x5f0aea68001d5229L,
        0x602ac25bf929aa91L, 0x3b64d0a991d86fb9L, 0x61f8416310d7543bL, 0x19025fcd669f99ffL, 0x1e6248070b1913ddL, 0x3628587ec46bc129L};
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final VarHandle LONG_STORE = LONG.varHandle();

    private final Arena arena = Arena.ofShared();
    private final int count;
    private final int cpus = BpfObject.cpus();
    private final MemorySegment slots;
    private final MemorySegment filter;
    private final FastFlows fast;
    private final int flowsFd;
    private final MemorySegment statistics;
    private final int[] filterCounts = new int[FILTER_WORDS * 64];
    private final MemorySegment key = arena.allocate(FlowKey.SIZE, 8);
    private final MemorySegment value = arena.allocate(8, 8);
    private final MemorySegment cursor = arena.allocate(8, 8);
    private final MemorySegment keys = arena.allocate((long) FlowKey.SIZE * BATCH, 8);
    private final MemorySegment values = arena.allocate(8L * BATCH, 8);

    /** Takes one entry; the key, with the mask id in it, is the reader's own. */
    interface EntryReader {
        void read(long[] rawKey, int slot, int generation);
    }

    FlowMaps(BpfObject object, int count) throws DatapathException {
        this.count = count;
        slots = KernelMaps.map(object, "flow_slots", 8, count);
        filter = KernelMaps.map(object, "flow_filter", 8, FILTER_WORDS);
        fast = new FastFlows(object, count);
        flowsFd = object.map("flows");
        statistics = KernelMaps.map(object, "flow_stats", COUNTERS_SIZE, count * cpus);
    }

    /** Has an object that is not loaded yet make room for so many flows. */
    static void size(BpfObject object, int count) {
        object.size("flows", count);
        object.size("flow_slots", count);
        object.size("fast_keys", count);
        object.size("flow_stats", count * BpfObject.cpus());
    }

    /** The shorter way to flows that are in. */
    FastFlows fast() {
        return fast;
    }

    /** How many flows there may be. */
    int count() {
        return count;
    }

    /** The hash of a masked key, as the programs compute it under a mask that hashes as this one. */
    static int hash(long[] maskedKey, int hashId) {
        long sum = 0;
        for (int i = 0; i < FlowKey.WORDS; i++) {
            sum += (i == 4 ? maskedKey[i] | hashId : maskedKey[i]) * HASH[i];
        }
        return (int) (sum >>> 32);
    }

    /** Adds an entry; the filter lets it be found before it is there. False when its key is taken or there is no room. */
    boolean insert(long[] maskedKey, int mask, int hash, int slot, int generation) {
        int bit = hash >>> FILTER_SHIFT;
        if (filterCounts[bit]++ == 0) {
            LONG_STORE.setRelease(filter, bit / 64 * 8L, filter.getAtIndex(LONG, bit / 64) | 1L << (bit & 63));
        }
        writeKey(maskedKey, mask);
        value.set(INT, 0, slot);
        value.set(INT, 4, generation);
        if (Bpf.update(flowsFd, key, value, Bpf.NOEXIST) == 0) {
            return true;
        }
        releaseFilter(bit);
        return false;
    }

    void delete(long[] maskedKey, int mask, int hash) {
        discard(maskedKey, mask);
        releaseFilter(hash >>> FILTER_SHIFT);
    }

    /** Deletes an entry that was never counted in the filter. */
    void discard(long[] maskedKey, int mask) {
        writeKey(maskedKey, mask);
        Bpf.delete(flowsFd, key);
    }

    private void writeKey(long[] maskedKey, int mask) {
        for (int i = 0; i < FlowKey.WORDS; i++) {
            key.setAtIndex(LONG, i, i == 4 ? maskedKey[i] | mask : maskedKey[i]);
        }
    }

    private void releaseFilter(int bit) {
        if (--filterCounts[bit] == 0) {
            LONG_STORE.setRelease(filter, bit / 64 * 8L, filter.getAtIndex(LONG, bit / 64) & ~(1L << (bit & 63)));
        }
    }

    /** Counts a flow that is in the table already; {@link #cleanFilter} follows the last. */
    void countInFilter(int hash) {
        filterCounts[hash >>> FILTER_SHIFT]++;
    }

    /** Makes the filter say what was counted. */
    void cleanFilter() {
        for (int word = 0; word < FILTER_WORDS; word++) {
            long bits = 0;
            for (int bit = 0; bit < 64; bit++) {
                bits |= filterCounts[word * 64 + bit] == 0 ? 0 : 1L << bit;
            }
            if (filter.getAtIndex(LONG, word) != bits) {
                LONG_STORE.setRelease(filter, word * 8L, bits);
            }
        }
    }

    void setSlot(int slot, int hash, int list) {
        LONG_STORE.setRelease(slots, slot * 8L, (long) hash << 32 | list);
    }

    void clearSlot(int slot) {
        LONG_STORE.setRelease(slots, slot * 8L, 0L);
    }

    /** Hash and list of a slot; 0 when it is free. */
    long slot(int slot) {
        return slots.getAtIndex(LONG, slot);
    }

    /** Hands over all entries. */
    void entries(EntryReader reader) {
        MemorySegment after = MemorySegment.NULL;
        int read;
        do {
            read = Bpf.nextBatch(flowsFd, after, cursor, keys, values, BATCH);
            for (int i = 0; i < (read < 0 ? ~read : read); i++) {
                reader.read(keys.asSlice((long) i * FlowKey.SIZE, FlowKey.SIZE).toArray(LONG), values.getAtIndex(INT, 2L * i), values.getAtIndex(INT, 2L * i + 1));
            }
            after = cursor;
        } while (read >= 0);
    }

    private long counters(int cpu, int slot) {
        return ((long) cpu * count + slot) * COUNTERS_SIZE;
    }

    void clearCounters(int slot) {
        for (int cpu = 0; cpu < cpus; cpu++) {
            statistics.asSlice(counters(cpu, slot), COUNTERS_SIZE).fill((byte) 0);
        }
    }

    /** The counters of a slot, summed over the CPUs. */
    void readCounters(int slot, StatisticsSink sink) {
        long frames = 0;
        long bytes = 0;
        long last = 0;
        for (int cpu = 0; cpu < cpus; cpu++) {
            long at = counters(cpu, slot);
            frames += statistics.get(LONG, at);
            bytes += statistics.get(LONG, at + 8);
            last = Math.max(last, statistics.get(LONG, at + 16));
        }
        sink.flow(slot, frames, bytes, last);
    }

    @Override
    public void close() {
        Libc.munmap(slots);
        Libc.munmap(filter);
        fast.close();
        Libc.munmap(statistics);
        arena.close();
    }
}

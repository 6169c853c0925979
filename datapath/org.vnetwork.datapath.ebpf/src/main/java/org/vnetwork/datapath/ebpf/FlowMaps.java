package org.vnetwork.datapath.ebpf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.StatisticsSink;
import org.vnetwork.packet.wire.FlowKey;

/**
 * The maps of the flow table, as {@code vnet_abi.h} draws them: entries, the index to them, counters. All is shared memory: no change costs a system call.
 *
 * <p>What the programs read in one load is written here in one store. Loop thread only.
 */
final class FlowMaps implements AutoCloseable {
    private static final int COUNTERS_SIZE = 24;
    private static final int ENTRY_SIZE = 128;
    private static final int GENERATION = 56;
    private static final int MASK = 60;
    private static final int WIDE = 62;
    /** Where in an entry each word of the masked key stands; those from {@link #FAR} on are compared only where {@link #WIDE} says so. */
    private static final int[] PLACES = {8, 16, 24, 32, 64, 72, 40, 80, 48, 88, 96};
    private static final int FAR = 64;
    private static final long MIX = 0x9e3779b97f4a7c15L;
    private static final int MASK_WORD = 4;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final VarHandle LONG_STORE = LONG.varHandle();

    private final int count;
    private final int cpus = BpfObject.cpus();
    private final MemorySegment entries;
    private final MemorySegment statistics;
    private final FlowIndex index;
    private final long[] factors;

    /** After {@link KernelMaps}, which choose the hash. */
    FlowMaps(BpfObject object, int count) throws DatapathException {
        this.count = count;
        entries = KernelMaps.map(object, "flow_entries", ENTRY_SIZE, count);
        statistics = KernelMaps.map(object, "flow_stats", COUNTERS_SIZE, count * cpus);
        index = new FlowIndex(object);
        factors = KernelMaps.factors(object);
    }

    /** Has an object that is not loaded yet make room for so many flows. */
    static void size(BpfObject object, int count) {
        object.size("flow_entries", count);
        object.size("flow_stats", count * BpfObject.cpus());
    }

    /** How many flows there may be. */
    int count() {
        return count;
    }

    FlowIndex index() {
        return index;
    }

    /** The hash of a masked key, as the programs compute it under this mask. */
    int hash(long[] maskedKey, int mask) {
        long sum = 0;
        for (int i = 0; i < FlowKey.WORDS; i++) {
            sum += (i == MASK_WORD ? maskedKey[i] | mask : maskedKey[i]) * factors[i];
        }
        return (int) ((sum ^ sum >>> 32) * MIX >>> 32);
    }

    /** Adds a flow whose slot is free and whose key is not taken; false when there is no room in the index. */
    boolean insert(long[] maskedKey, int mask, int hash, int slot, int generation, int list) {
        long at = entry(slot);
        for (int i = 0; i < FlowKey.WORDS; i++) {
            entries.set(LONG, at + PLACES[i], maskedKey[i]);
        }
        entries.set(SHORT, at + MASK, (short) mask);
        entries.set(SHORT, at + WIDE, wide(maskedKey));
        entries.set(INT, at + GENERATION, generation);
        setWord(slot, hash, list);
        if (index.add(hash, slot)) {
            return true;
        }
        clearWord(slot);
        return false;
    }

    /** Removes a flow; frames that found it may be at it still. */
    void remove(int hash, int slot) {
        index.remove(hash, slot);
        clearWord(slot);
    }

    /** The slot that a key stands in, among flows that drain or among the others; -1 when there is none. */
    int find(long[] maskedKey, int mask, int hash, boolean drains) {
        return index.find(hash, drains, slot -> slot >= 0 && slot < count && isKey(slot, maskedKey, mask));
    }

    private boolean isKey(int slot, long[] maskedKey, int mask) {
        boolean same = mask(slot) == mask;
        for (int i = 0; i < FlowKey.WORDS && same; i++) {
            same = entries.get(LONG, entry(slot) + PLACES[i]) == maskedKey[i];
        }
        return same;
    }

    private static long entry(int slot) {
        return (long) slot * ENTRY_SIZE;
    }

    /** Has frames of a flow follow another list from now on. */
    void setWord(int slot, int hash, int list) {
        LONG_STORE.setRelease(entries, entry(slot), (long) hash << 32 | list);
    }

    void clearWord(int slot) {
        LONG_STORE.setRelease(entries, entry(slot), 0L);
    }

    /** Hash and list of a slot; 0 when it is free. */
    long word(int slot) {
        return entries.get(LONG, entry(slot));
    }

    /** The masked key of a slot. */
    long[] key(int slot) {
        long[] key = new long[FlowKey.WORDS];
        for (int i = 0; i < FlowKey.WORDS; i++) {
            key[i] = entries.get(LONG, entry(slot) + PLACES[i]);
        }
        return key;
    }

    /** The id of a slot's mask. */
    int mask(int slot) {
        return Short.toUnsignedInt(entries.get(SHORT, entry(slot) + MASK));
    }

    /** Whether a slot says rightly which words of its key are to be compared. */
    boolean isWhole(int slot) {
        return entries.get(SHORT, entry(slot) + WIDE) == wide(key(slot));
    }

    private static short wide(long[] maskedKey) {
        long bits = 0;
        for (int i = 0; i < FlowKey.WORDS; i++) {
            bits |= PLACES[i] >= FAR ? maskedKey[i] : 0;
        }
        return (short) (bits != 0 ? 1 : 0);
    }

    int generation(int slot) {
        return entries.get(INT, entry(slot) + GENERATION);
    }

    private long counters(int cpu, int slot) {
        return ((long) cpu * count + slot) * COUNTERS_SIZE;
    }

    void clearCounters(int slot) {
        for (int cpu = 0; cpu < cpus; cpu++) {
            for (int i = 0; i < COUNTERS_SIZE; i += 8) {
                statistics.set(LONG, counters(cpu, slot) + i, 0L);
            }
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
        Libc.munmap(entries);
        Libc.munmap(statistics);
        index.close();
    }
}

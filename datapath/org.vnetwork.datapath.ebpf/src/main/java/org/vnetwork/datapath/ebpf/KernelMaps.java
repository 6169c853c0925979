package org.vnetwork.datapath.ebpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.vnetwork.datapath.CounterTable;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.MeterTable;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.wire.FlowKey;

/**
 * The maps of one switch, as {@code vnet_abi.h} draws them: memory shared with the programs, and descriptors for the rest.
 *
 * <p>What the programs read in one load is written here in one store. Loop thread only.
 */
final class KernelMaps implements AutoCloseable {
    static final int MASKS = 1024;
    static final int PORT_MASKS = 32;
    static final int LISTS = 4096;
    static final int ACTIONS = 128;
    static final int PORT_SIZE = 32;
    static final int LIST_SIZE = 16 + ACTIONS * 16;
    private static final int ABI_VERSION = 1;
    private static final int FILTER_WORDS = 16384;
    private static final int FILTER_SHIFT = 12;
    private static final int PORT_MASKS_SIZE = 4 * (PORT_MASKS + 2);
    private static final long[] HASH = {0x152bf8818ec8d8bdL, 0xd66887a3a5561783L, 0xf266f24a7a44668fL, 0x877f77b22c5c6317L, 0x5f0aea68001d5229L,
        0x602ac25bf929aa91L, 0x3b64d0a991d86fb9L, 0x61f8416310d7543bL, 0x19025fcd669f99ffL, 0x1e6248070b1913ddL, 0x3628587ec46bc129L};

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final VarHandle INT_STORE = INT.varHandle();
    private static final VarHandle LONG_STORE = LONG.varHandle();

    private final Arena arena = Arena.ofShared();
    private final int flowCount;
    private final int cpus = BpfObject.cpus();
    private final MemorySegment ctl;
    private final MemorySegment ports;
    private final MemorySegment portMasks;
    private final MemorySegment masks;
    private final MemorySegment slots;
    private final MemorySegment filter;
    private final MemorySegment lists;
    private final int portIdsFd;
    private final int flowsFd;
    private final int flowStatsFd;
    private final int portStatsFd;
    private final int dropsFd;
    private final int counterStatsFd;
    private final MemorySegment meterMemory;
    private final MemorySegment counterMemory;
    private final MeterTable meters;
    private final CounterTable counters;
    private final short[] filterCounts = new short[FILTER_WORDS * 64];
    private final MemorySegment key = arena.allocate(FlowKey.SIZE, 8);
    private final MemorySegment value = arena.allocate(8, 8);
    private final MemorySegment cursor = arena.allocate(8, 8);
    private final MemorySegment keys;
    private final MemorySegment values;
    private static final int BATCH = 1024;

    KernelMaps(BpfObject object, int flowCount) throws DatapathException {
        this.flowCount = flowCount;
        ctl = map(object, "ctl", 64, 1);
        ports = map(object, "ports", PORT_SIZE, PortId.LIMIT);
        portMasks = map(object, "port_masks", PORT_MASKS_SIZE, PortId.LIMIT);
        masks = map(object, "masks", FlowKey.SIZE, MASKS);
        slots = map(object, "flow_slots", 8, flowCount);
        filter = map(object, "flow_filter", 8, FILTER_WORDS);
        lists = map(object, "action_lists", LIST_SIZE, LISTS);
        portIdsFd = object.map("port_ids");
        flowsFd = object.map("flows");
        flowStatsFd = object.map("flow_stats");
        portStatsFd = object.map("port_stats");
        dropsFd = object.map("drops");
        counterStatsFd = object.map("counter_stats");
        meterMemory = map(object, "meters", MeterTable.SIZE, MeterTable.METERS);
        counterMemory = map(object, "counters", CounterTable.SIZE, CounterTable.COUNTERS);
        meters = new MeterTable(meterMemory, ActionLists.QUARANTINE_NANOS);
        counters = new CounterTable(counterMemory);
        keys = arena.allocate(4L * BATCH, 8);
        values = arena.allocate(24L * BATCH * cpus, 8);
        ctl.set(INT, 0, ABI_VERSION);
        ctl.set(INT, 12, FILTER_SHIFT);
    }

    private static MemorySegment map(BpfObject object, String name, int size, int count) throws DatapathException {
        long stride = size + 7 & ~7;
        long bytes = stride * count + 4095 & ~4095L;
        MemorySegment at = Libc.mmap(object.map(name), bytes);
        if (at == null) {
            throw new DatapathException("eBPF map " + name + ": cannot be mapped: " + Libc.error());
        }
        return at;
    }

    /** Where misses go, and where inspected frames and copies do. */
    void setTaps(int misses, int inspected) {
        INT_STORE.setRelease(ctl, 8L, inspected);
        INT_STORE.setRelease(ctl, 4L, misses);
    }

    /** The memory of a port: ifindex, flags, peer MAC, mtu. */
    MemorySegment port(int port) {
        return ports.asSlice((long) port * PORT_SIZE, PORT_SIZE);
    }

    static void setFlags(MemorySegment port, int flags) {
        INT_STORE.setRelease(port, 4L, flags);
    }

    boolean addPortId(int ifindex, int port) {
        value.set(INT, 0, port);
        key.set(INT, 0, ifindex);
        return Bpf.update(portIdsFd, key, value, Bpf.ANY) == 0;
    }

    void removePortId(int ifindex) {
        key.set(INT, 0, ifindex);
        Bpf.delete(portIdsFd, key);
    }

    void writeMask(int id, long[] mask) {
        for (int i = 0; i < FlowKey.WORDS; i++) {
            masks.setAtIndex(LONG, (long) id * FlowKey.WORDS + i, mask[i]);
        }
    }

    /** Appends a mask to those of a port; false when it has its fill. */
    boolean addPortMask(int port, int mask) {
        long at = (long) port * PORT_MASKS_SIZE;
        int count = portMasks.get(INT, at);
        if (count >= PORT_MASKS) {
            return false;
        }
        portMasks.set(INT, at + 4 + 4L * count, mask);
        INT_STORE.setRelease(portMasks, at, count + 1);
        return true;
    }

    /** The last mask moves into the hole before the count shrinks, so that a frame on its way finds it in one of the places. */
    void removePortMask(int port, int mask) {
        long at = (long) port * PORT_MASKS_SIZE;
        int count = portMasks.get(INT, at);
        for (int i = 0; i < count; i++) {
            if (portMasks.get(INT, at + 4 + 4L * i) == mask) {
                INT_STORE.setRelease(portMasks, at + 4 + 4L * i, portMasks.get(INT, at + 4 + 4L * (count - 1)));
                INT_STORE.setRelease(portMasks, at, count - 1);
                return;
            }
        }
    }

    MemorySegment list(int id) {
        return lists.asSlice((long) id * LIST_SIZE, LIST_SIZE);
    }

    /** The hash of a masked key with its mask id, as the programs compute it. */
    static int hash(long[] maskedKey, int mask) {
        long sum = 0;
        for (int i = 0; i < FlowKey.WORDS; i++) {
            sum += (i == 4 ? maskedKey[i] | mask : maskedKey[i]) * HASH[i];
        }
        return (int) (sum >>> 32);
    }

    private void writeKey(long[] maskedKey, int mask) {
        for (int i = 0; i < FlowKey.WORDS; i++) {
            key.setAtIndex(LONG, i, i == 4 ? maskedKey[i] | mask : maskedKey[i]);
        }
    }

    /** Slot before filter before flow: each is right when the next can be seen. */
    boolean addFlow(int slot, int generation, long[] maskedKey, int mask, int list) {
        int hash = hash(maskedKey, mask);
        clearStatistics(slot);
        setSlot(slot, hash, list);
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
        LONG_STORE.setRelease(slots, slot * 8L, 0L);
        return false;
    }

    void setSlot(int slot, int hash, int list) {
        LONG_STORE.setRelease(slots, slot * 8L, (long) hash << 32 | list);
    }

    void removeFlow(int slot, long[] maskedKey, int mask) {
        writeKey(maskedKey, mask);
        Bpf.delete(flowsFd, key);
        LONG_STORE.setRelease(slots, slot * 8L, 0L);
        releaseFilter(hash(maskedKey, mask) >>> FILTER_SHIFT);
    }

    private void releaseFilter(int bit) {
        if (--filterCounts[bit] == 0) {
            LONG_STORE.setRelease(filter, bit / 64 * 8L, filter.getAtIndex(LONG, bit / 64) & ~(1L << (bit & 63)));
        }
    }

    private void clearStatistics(int slot) {
        cursor.set(INT, 0, slot);
        values.asSlice(0, 24L * cpus).fill((byte) 0);
        Bpf.update(flowStatsFd, cursor, values, Bpf.ANY);
    }

    /** Takes the counters of one slot: frames, octets, time of the last one. */
    interface FlowReader {
        void read(int slot, long frames, long bytes, long lastSeenNanos);
    }

    void readFlow(int slot, FlowReader reader) {
        cursor.set(INT, 0, slot);
        if (Bpf.lookup(flowStatsFd, cursor, values) == 0) {
            readFlow(slot, 0, reader);
        }
    }

    /** Reads the slots below a bound, many with each call. */
    void readFlows(int bound, FlowReader reader) {
        MemorySegment after = MemorySegment.NULL;
        for (int slot = 0; slot < Math.min(bound, flowCount);) {
            int read = Bpf.lookupBatch(flowStatsFd, after, cursor, keys, values, Math.min(BATCH, flowCount - slot));
            if (read <= 0) {
                return;
            }
            for (int i = 0; i < read; i++) {
                readFlow(slot + i, i, reader);
            }
            slot += read;
            after = cursor;
        }
    }

    private void readFlow(int slot, int index, FlowReader reader) {
        long frames = 0;
        long bytes = 0;
        long last = 0;
        for (int cpu = 0; cpu < cpus; cpu++) {
            long at = ((long) index * cpus + cpu) * 24;
            frames += values.get(LONG, at);
            bytes += values.get(LONG, at + 8);
            last = Math.max(last, values.get(LONG, at + 16));
        }
        reader.read(slot, frames, bytes, last);
    }

    /** Words of {@code vnet_port_stats}, summed over the CPUs. */
    long[] portStatistics(int port) {
        long[] sum = new long[12];
        key.set(INT, 0, port);
        if (Bpf.lookup(portStatsFd, key, values) == 0) {
            for (int i = 0; i < sum.length * cpus; i++) {
                sum[i % sum.length] += values.getAtIndex(LONG, i);
            }
        }
        return sum;
    }

    /** The meters, which the programs ask too. */
    MeterTable meters() {
        return meters;
    }

    /** The counters, with what Java counted. */
    CounterTable counters() {
        return counters;
    }

    /** What Java and the programs counted. */
    CounterTable.Count counter(long id) {
        CounterTable.Count sum = counters.count(id);
        key.set(INT, 0, counters.known(id));
        if (counters.known(id) >= 0 && Bpf.lookup(counterStatsFd, key, values) == 0) {
            for (int cpu = 0; cpu < cpus; cpu++) {
                sum = sum.plus(new CounterTable.Count(values.getAtIndex(LONG, 2L * cpu), values.getAtIndex(LONG, 2L * cpu + 1)));
            }
        }
        return sum;
    }

    /** Adds the drops of a port by number of the reason. */
    void drops(int port, long[] sum) {
        cursor.set(INT, 0, port * DropNumbers.LIMIT - 1);
        int read = Bpf.lookupBatch(dropsFd, port == 0 ? MemorySegment.NULL : cursor, cursor, keys, values, DropNumbers.LIMIT);
        for (int i = 0; i < read; i++) {
            for (int cpu = 0; cpu < cpus; cpu++) {
                sum[i] += values.getAtIndex(LONG, (long) i * cpus + cpu);
            }
        }
    }

    /** Forgets the counters of a port, for the next one that gets its id. */
    void clearPort(int port) {
        values.asSlice(0, 96L * cpus).fill((byte) 0);
        key.set(INT, 0, port);
        Bpf.update(portStatsFd, key, values, Bpf.ANY);
        for (int reason = 0; reason < DropNumbers.LIMIT; reason++) {
            key.set(INT, 0, port * DropNumbers.LIMIT + reason);
            Bpf.update(dropsFd, key, values, Bpf.ANY);
        }
        port(port).fill((byte) 0);
    }

    @Override
    public void close() {
        for (MemorySegment mapped : new MemorySegment[] {ctl, ports, portMasks, masks, slots, filter, lists, meterMemory, counterMemory}) {
            Libc.munmap(mapped);
        }
        arena.close();
    }
}

package org.vnetwork.datapath.ebpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.function.ObjIntConsumer;
import org.vnetwork.datapath.CounterTable;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.MeterTable;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.wire.FlowKey;

/**
 * The maps of one switch but for those of its flows, as {@code vnet_abi.h} draws them: memory shared with the programs, and descriptors for the rest.
 *
 * <p>What the programs read in one load is written here in one store. Loop thread only.
 */
final class KernelMaps implements AutoCloseable {
    static final int ABI_VERSION = 8;
    /** Devices below this ifindex are found by a shorter way too. */
    static final int NEAR_PORTS = 65536;
    static final int MASKS = 2048;
    static final int PORT_MASKS = 32;
    /** Octets of {@code vnet_port_books}. */
    static final int BOOKS_SIZE = 640;
    static final int LISTS = 4096;
    static final int ACTIONS = 128;
    /** Lists that a longer one may go on in. */
    static final int CHAIN = 132;
    static final int LIST_SIZE = 16 + ACTIONS * 16;
    /** Words of {@code vnet_port_stats}. */
    private static final int PORT_STATISTICS = 12;
    /** Ports, or drops, that one system call reads; the buffers are for so many. */
    private static final int BATCH = 64;
    private static final int MASK_SIZE = 128;
    private static final int FACTORS = 64;
    static final int CTL_SIZE = FACTORS + FlowKey.SIZE;
    private static final int PORT_MASKS_SIZE = 8 + 2 * 4 * PORT_MASKS;
    private static final int GROUP_L3 = 1;
    private static final int NO_MASK = -1;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final VarHandle INT_STORE = INT.varHandle();

    private final Arena arena = Arena.ofShared();
    private final int cpus = BpfObject.cpus();
    private final MemorySegment ctl;
    private final MemorySegment nearPorts;
    private final MemorySegment ports;
    private final MemorySegment portMasks;
    private final MemorySegment masks;
    private final MemorySegment lists;
    private final MemorySegment books;
    private final int portIdsFd;
    private final int portStatsFd;
    private final int dropsFd;
    private final int counterStatsFd;
    private final MemorySegment meterMemory;
    private final MemorySegment counterMemory;
    private final MeterTable meters;
    private final CounterTable counters;
    private final MemorySegment key = arena.allocate(8, 8);
    private final MemorySegment value = arena.allocate(8, 8);
    private final MemorySegment cursor = arena.allocate(8, 8);
    private final MemorySegment keys = arena.allocate(4L * PortId.LIMIT, 8);
    private final MemorySegment values = arena.allocate(8L * PORT_STATISTICS * cpus * BATCH + 4L * PortId.LIMIT, 8);

    KernelMaps(BpfObject object) throws DatapathException {
        ctl = map(object, "ctl", CTL_SIZE, 1);
        nearPorts = map(object, "near_ports", 4, NEAR_PORTS);
        ports = map(object, "ports", PortEntry.SIZE, PortId.LIMIT);
        portMasks = map(object, "port_masks", PORT_MASKS_SIZE, PortId.LIMIT);
        masks = map(object, "masks", MASK_SIZE * MASKS, 1);
        lists = map(object, "action_lists", LIST_SIZE, LISTS);
        books = map(object, "port_books", BOOKS_SIZE, PortId.LIMIT);
        portIdsFd = object.map("port_ids");
        portStatsFd = object.map("port_stats");
        dropsFd = object.map("drops");
        counterStatsFd = object.map("counter_stats");
        meterMemory = map(object, "meters", MeterTable.SIZE, MeterTable.METERS);
        counterMemory = map(object, "counters", CounterTable.SIZE, CounterTable.COUNTERS);
        meters = new MeterTable(meterMemory, Numbers.QUARANTINE_NANOS);
        counters = new CounterTable(counterMemory);
        chooseFactors();
        ctl.set(INT, 0, ABI_VERSION);
    }

    /** The memory of a map; for {@link Libc#munmap}. */
    static MemorySegment map(BpfObject object, String name, int size, int count) throws DatapathException {
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

    /** Where the counters of the next CPU begin. */
    void setFlowCount(int count) {
        ctl.set(INT, 32, count);
    }

    /** What the programs know of a port. */
    PortEntry port(int port) {
        return new PortEntry(ports.asSlice((long) port * PortEntry.SIZE, PortEntry.SIZE));
    }

    /** The books of a port, as {@code vnet_port_books}. */
    MemorySegment books(int port) {
        return books.asSlice((long) port * BOOKS_SIZE, BOOKS_SIZE);
    }

    /** Which devices are known, by ifindex, and as which ports. */
    Map<Integer, Integer> portIds() {
        Map<Integer, Integer> ids = new LinkedHashMap<>();
        int read = Bpf.lookupBatch(portIdsFd, MemorySegment.NULL, cursor, keys, values, PortId.LIMIT);
        for (int i = 0; i < read; i++) {
            ids.put(keys.getAtIndex(INT, i), values.getAtIndex(INT, i));
        }
        return ids;
    }

    boolean addPortId(int ifindex, int port) {
        value.set(INT, 0, port);
        key.set(INT, 0, ifindex);
        boolean added = Bpf.update(portIdsFd, key, value, Bpf.ANY) == 0;
        if (added) {
            near(ifindex, port);
        }
        return added;
    }

    private void near(int ifindex, int port) {
        if (ifindex < NEAR_PORTS) {
            INT_STORE.setRelease(nearPorts, ifindex * 8L, port);
        }
    }

    void removePortId(int ifindex) {
        near(ifindex, 0);
        key.set(INT, 0, ifindex);
        Bpf.delete(portIdsFd, key);
    }

    /** At random, odd, and before the version, which says that they are there; kept as long as the maps. */
    private void chooseFactors() {
        SecureRandom random = new SecureRandom();
        for (int i = 0; i < FlowKey.WORDS && ctl.get(INT, 0) != ABI_VERSION; i++) {
            ctl.set(LONG, FACTORS + 8L * i, random.nextLong() | 1);
        }
    }

    /** The factors of the hash of flows. */
    static long[] factors(BpfObject object) throws DatapathException {
        MemorySegment memory = map(object, "ctl", CTL_SIZE, 1);
        try {
            return memory.asSlice(FACTORS, FlowKey.SIZE).toArray(LONG);
        } finally {
            Libc.munmap(memory);
        }
    }

    /** Writes a mask before anything names it. */
    void writeMask(int id, long[] mask) {
        MemorySegment at = masks.asSlice((long) id * MASK_SIZE, MASK_SIZE);
        MemorySegment.copy(mask, 0, at, LONG, 0, FlowKey.WORDS);
        at.set(LONG, FlowKey.SIZE, (mask[5] | mask[6] | mask[7] | mask[8]) == 0 ? 0 : GROUP_L3);
    }

    long[] readMask(int id) {
        return masks.asSlice((long) id * MASK_SIZE, FlowKey.SIZE).toArray(LONG);
    }

    private static long place(int port, boolean draining, int place) {
        return (long) port * PORT_MASKS_SIZE + 8 + 4L * (draining ? PORT_MASKS + place : place);
    }

    private static long count(int port, boolean draining) {
        return (long) port * PORT_MASKS_SIZE + (draining ? 4 : 0);
    }

    /** The ids in the places of a port's masks, free ones among them as -1. */
    int[] portMasks(int port, boolean draining) {
        int[] ids = new int[Math.min(portMasks.get(INT, count(port, draining)), PORT_MASKS)];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = portMasks.get(INT, place(port, draining, i));
        }
        return ids;
    }

    /** Puts a mask among those of a port, where it stays; false when there is no place. */
    boolean addPortMask(int port, boolean draining, int mask) {
        int[] ids = portMasks(port, draining);
        int at = 0;
        while (at < ids.length && ids[at] != NO_MASK) {
            at++;
        }
        if (at == PORT_MASKS) {
            return false;
        }
        INT_STORE.setRelease(portMasks, place(port, draining, at), mask);
        if (at == ids.length) {
            INT_STORE.setRelease(portMasks, count(port, draining), at + 1);
        }
        return true;
    }

    /** Frees a mask's place; no other moves, as a frame on its way would miss it. */
    void removePortMask(int port, boolean draining, int mask) {
        int[] ids = portMasks(port, draining);
        int count = ids.length;
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] == mask) {
                ids[i] = NO_MASK;
                INT_STORE.setRelease(portMasks, place(port, draining, i), NO_MASK);
            }
        }
        while (count > 0 && ids[count - 1] == NO_MASK) {
            count--;
        }
        INT_STORE.setRelease(portMasks, count(port, draining), count);
    }

    MemorySegment list(int id) {
        return lists.asSlice((long) id * LIST_SIZE, LIST_SIZE);
    }

    /** Words of {@code vnet_port_stats}, summed over the CPUs. */
    long[] portStatistics(int port) {
        long[] sum = new long[PORT_STATISTICS];
        key.set(INT, 0, port);
        if (Bpf.lookup(portStatsFd, key, values) == 0) {
            for (int i = 0; i < sum.length * cpus; i++) {
                sum[i % sum.length] += values.getAtIndex(LONG, i);
            }
        }
        return sum;
    }

    /** Gives the words of {@code vnet_port_stats} of every port, summed over the CPUs; the array is the same each time. */
    void portStatistics(ObjIntConsumer<long[]> sink) {
        long[] sum = new long[PORT_STATISTICS];
        for (int port = 0; port < PortId.LIMIT; port += BATCH) {
            cursor.set(INT, 0, port - 1);
            int read = Bpf.lookupBatch(portStatsFd, port == 0 ? MemorySegment.NULL : cursor, cursor, keys, values, BATCH);
            for (int i = 0; i < read; i++) {
                Arrays.fill(sum, 0);
                for (int word = 0; word < sum.length * cpus; word++) {
                    sum[word % sum.length] += values.getAtIndex(LONG, (long) i * sum.length * cpus + word);
                }
                sink.accept(sum, port + i);
            }
        }
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

    /** Forgets all counters but some. */
    void keepCounters(LongPredicate kept) {
        values.asSlice(0, 16L * cpus).fill((byte) 0);
        counters.keep(kept, slot -> {
            key.set(INT, 0, slot);
            Bpf.update(counterStatsFd, key, values, Bpf.ANY);
        });
    }

    /** Drops of a port for one reason. */
    long drops(int port, int reason) {
        long sum = 0;
        key.set(INT, 0, port * DropNumbers.LIMIT + reason);
        if (Bpf.lookup(dropsFd, key, values) == 0) {
            for (int cpu = 0; cpu < cpus; cpu++) {
                sum += values.getAtIndex(LONG, cpu);
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
        long[] drops = new long[DropNumbers.LIMIT];
        drops(port, drops);
        values.asSlice(0, 8L * PORT_STATISTICS * cpus).fill((byte) 0);
        key.set(INT, 0, port);
        Bpf.update(portStatsFd, key, values, Bpf.ANY);
        for (int reason = 0; reason < drops.length; reason++) {
            if (drops[reason] != 0) {
                key.set(INT, 0, port * DropNumbers.LIMIT + reason);
                Bpf.update(dropsFd, key, values, Bpf.ANY);
            }
        }
        port(port).clear();
    }

    @Override
    public void close() {
        for (MemorySegment mapped : new MemorySegment[] {ctl, nearPorts, ports, portMasks, masks, lists, books, meterMemory, counterMemory}) {
            Libc.munmap(mapped);
        }
        arena.close();
    }
}

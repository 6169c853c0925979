package org.vnetwork.datapath.ebpf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.PortBooks;
import org.vnetwork.datapath.PortCounters;

/**
 * Counters of ports: what the programs count, and what Java does, whose books are written to memory that outlives the process.
 *
 * <p>Loop thread only.
 */
final class PortAccounts {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final int COUNTERS = DropNumbers.LIMIT;
    private static final int ARRIVED_MISSES = COUNTERS + 8;
    private static final int ARRIVED_INSPECTED = COUNTERS + 9;
    private static final int MISSES = 9;
    private static final int INSPECTED = 10;

    private final KernelMaps maps;
    private final UpChannels up;
    private final List<KernelPort> touched = new ArrayList<>();

    PortAccounts(KernelMaps maps, UpChannels up) {
        this.maps = maps;
        this.up = up;
    }

    PortCounters counters(KernelPort port) {
        store();
        long[] k = maps.portStatistics(port.id);
        PortBooks b = port.books;
        long lost = up.lostMisses(k[MISSES], port.arrivedMisses) + b.drops[DropNumbers.UPCALL_LOST]
                + up.lostInspected(k[INSPECTED], port.arrivedInspected) + b.drops[DropNumbers.INSPECT_LOST];
        return new PortCounters(k[0], k[1], k[2], k[3] + b.sent, k[4] + b.sentBytes, k[8] + b.outputs, k[7] + b.copies, k[MISSES] + k[INSPECTED], lost);
    }

    long[] drops(KernelPort port) {
        store();
        long[] sum = port.books.drops.clone();
        maps.drops(port.id, sum);
        long[] k = maps.portStatistics(port.id);
        sum[DropNumbers.UPCALL_LOST] += up.lostMisses(k[MISSES], port.arrivedMisses);
        sum[DropNumbers.INSPECT_LOST] += up.lostInspected(k[INSPECTED], port.arrivedInspected);
        return sum;
    }

    /** The books of a port are about to change. */
    void touch(KernelPort port) {
        if (!port.touched) {
            port.touched = true;
            touched.add(port);
        }
    }

    /** Writes what changed. */
    void store() {
        for (int i = 0; i < touched.size(); i++) {
            KernelPort port = touched.get(i);
            PortBooks b = port.books;
            MemorySegment at = maps.books(port.id);
            MemorySegment.copy(b.drops, 0, at, LONG, 0, DropNumbers.LIMIT);
            at.setAtIndex(LONG, COUNTERS, b.received);
            at.setAtIndex(LONG, COUNTERS + 1, b.receivedBytes);
            at.setAtIndex(LONG, COUNTERS + 2, b.receivedUnits);
            at.setAtIndex(LONG, COUNTERS + 3, b.sent);
            at.setAtIndex(LONG, COUNTERS + 4, b.sentBytes);
            at.setAtIndex(LONG, COUNTERS + 5, b.outputs);
            at.setAtIndex(LONG, COUNTERS + 6, b.copies);
            at.setAtIndex(LONG, COUNTERS + 7, b.up);
            at.setAtIndex(LONG, ARRIVED_MISSES, port.arrivedMisses);
            at.setAtIndex(LONG, ARRIVED_INSPECTED, port.arrivedInspected);
            port.touched = false;
        }
        touched.clear();
    }

    /** Takes the books over that an earlier process kept. */
    void load(KernelPort port) {
        PortBooks b = port.books;
        MemorySegment at = maps.books(port.id);
        MemorySegment.copy(at, LONG, 0, b.drops, 0, DropNumbers.LIMIT);
        b.received = at.getAtIndex(LONG, COUNTERS);
        b.receivedBytes = at.getAtIndex(LONG, COUNTERS + 1);
        b.receivedUnits = at.getAtIndex(LONG, COUNTERS + 2);
        b.sent = at.getAtIndex(LONG, COUNTERS + 3);
        b.sentBytes = at.getAtIndex(LONG, COUNTERS + 4);
        b.outputs = at.getAtIndex(LONG, COUNTERS + 5);
        b.copies = at.getAtIndex(LONG, COUNTERS + 6);
        b.up = at.getAtIndex(LONG, COUNTERS + 7);
        port.arrivedMisses = at.getAtIndex(LONG, ARRIVED_MISSES);
        port.arrivedInspected = at.getAtIndex(LONG, ARRIVED_INSPECTED);
    }

    void clear(int id) {
        maps.books(id).fill((byte) 0);
        maps.clearPort(id);
    }

    /** Counts what was on its way up when an earlier process died as lost, once; nothing may be on its way now. */
    void settle(Collection<Integer> ids) {
        for (int id : ids) {
            long[] k = maps.portStatistics(id);
            settle(id, k[MISSES], ARRIVED_MISSES, DropNumbers.UPCALL_LOST);
            settle(id, k[INSPECTED], ARRIVED_INSPECTED, DropNumbers.INSPECT_LOST);
        }
    }

    private void settle(int id, long sent, int arrived, int reason) {
        MemorySegment at = maps.books(id);
        long lost = sent - at.getAtIndex(LONG, arrived);
        if (lost > 0) {
            at.setAtIndex(LONG, reason, at.getAtIndex(LONG, reason) + lost);
            at.setAtIndex(LONG, arrived, sent);
        }
    }
}

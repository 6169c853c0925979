package org.vnetwork.datapath.ebpf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.IntFunction;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.MissSink;
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
    private static final int ARRIVED = COUNTERS + 8;

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
        long lost = 0;
        for (int channel = 0; channel < UpChannels.CHANNELS; channel++) {
            lost += up.lost(channel, sent(k, channel) - port.arrived[channel]) + b.drops[UpChannels.lossReason(channel)];
        }
        return new PortCounters(k[0], k[1], k[2], k[3] + b.sent, k[4] + b.sentBytes, k[8] + b.outputs, k[7] + b.copies, k[9] + k[10], lost);
    }

    long[] drops(KernelPort port) {
        store();
        long[] sum = port.books.drops.clone();
        maps.drops(port.id, sum);
        long[] k = maps.portStatistics(port.id);
        for (int channel = 0; channel < UpChannels.CHANNELS; channel++) {
            sum[UpChannels.lossReason(channel)] += up.lost(channel, sent(k, channel) - port.arrived[channel]);
        }
        return sum;
    }

    /** What ports sent up and what was beyond their limit; {@code known} has null for one that is not asked for. One that received nothing since the last time costs next to nothing. */
    void misses(IntFunction<KernelPort> known, MissSink sink) {
        maps.portStatistics((k, id) -> {
            KernelPort port = known.apply(id);
            if (port == null) {
                return;
            }
            if (port.receivedBefore != k[0]) {
                port.receivedBefore = k[0];
                port.missesDropped = maps.drops(id, DropNumbers.MISS_LIMIT);
            }
            sink.port(id, k[9] + k[10], port.missesDropped + port.books.drops[DropNumbers.MISS_LIMIT]);
        });
    }

    /** Frames that the programs sent up by a channel: misses or inspects. */
    private static long sent(long[] statistics, int channel) {
        return statistics[9 + channel];
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
            MemorySegment.copy(port.arrived, 0, at, LONG, ARRIVED * 8L, UpChannels.CHANNELS);
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
        MemorySegment.copy(at, LONG, ARRIVED * 8L, port.arrived, 0, UpChannels.CHANNELS);
    }

    void clear(int id) {
        maps.books(id).fill((byte) 0);
        maps.clearPort(id);
    }

    /** Counts what was on its way up when an earlier process died as lost, once; nothing may be on its way now. */
    void settle(Collection<Integer> ids) {
        for (int id : ids) {
            MemorySegment at = maps.books(id);
            long[] k = maps.portStatistics(id);
            for (int channel = 0; channel < UpChannels.CHANNELS; channel++) {
                long lost = sent(k, channel) - at.getAtIndex(LONG, ARRIVED + channel);
                int reason = UpChannels.lossReason(channel);
                if (lost > 0) {
                    at.setAtIndex(LONG, reason, at.getAtIndex(LONG, reason) + lost);
                    at.setAtIndex(LONG, ARRIVED + channel, sent(k, channel));
                }
            }
        }
    }
}

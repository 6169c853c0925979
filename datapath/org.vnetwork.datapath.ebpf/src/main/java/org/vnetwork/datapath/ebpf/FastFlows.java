package org.vnetwork.datapath.ebpf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.packet.wire.FlowKey;

/**
 * The shorter way to flows that are in {@code flows}: lines of eight by hash, keys by slot, as {@code vnet_abi.h} draws them.
 *
 * <p>A flow comes here after it came there, and leaves here first; one whose line is full is found there alone. Loop thread only.
 */
final class FastFlows implements AutoCloseable {
    private static final int LINES = 65536;
    private static final int ENTRIES = 8;
    private static final int LINE_SIZE = 8 * ENTRIES;
    private static final int KEY_SIZE = FlowKey.SIZE + 8;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final VarHandle LONG_STORE = LONG.varHandle();

    private final MemorySegment lines;
    private final MemorySegment keys;

    FastFlows(BpfObject object, int count) throws DatapathException {
        lines = KernelMaps.map(object, "fast_lines", LINE_SIZE, LINES);
        keys = KernelMaps.map(object, "fast_keys", KEY_SIZE, count);
    }

    /** Has a flow found here; its slot must name its hash already. */
    void add(long[] maskedKey, int mask, int hash, int slot, int generation) {
        long line = line(hash);
        for (int i = 0; i < ENTRIES; i++) {
            if (lines.get(LONG, line + 8L * i) == 0) {
                long key = (long) slot * KEY_SIZE;
                for (int word = 0; word < FlowKey.WORDS; word++) {
                    keys.set(LONG, key + 8L * word, word == 4 ? maskedKey[word] | mask : maskedKey[word]);
                }
                keys.set(INT, key + FlowKey.SIZE, generation);
                LONG_STORE.setRelease(lines, line + 8L * i, (long) hash << 32 | slot + 1);
                return;
            }
        }
    }

    /** Has a flow found in {@code flows} alone. */
    void remove(int hash, int slot) {
        long line = line(hash);
        for (int i = 0; i < ENTRIES; i++) {
            if ((int) lines.get(LONG, line + 8L * i) == slot + 1) {
                LONG_STORE.setRelease(lines, line + 8L * i, 0L);
                return;
            }
        }
    }

    /** Forgets all, for one who takes over what an earlier process left. */
    void clear() {
        for (long at = 0; at < (long) LINES * LINE_SIZE; at += 8) {
            if (lines.get(LONG, at) != 0) {
                LONG_STORE.setRelease(lines, at, 0L);
            }
        }
    }

    private static long line(int hash) {
        return (long) (hash >>> 16) * LINE_SIZE;
    }

    @Override
    public void close() {
        Libc.munmap(lines);
        Libc.munmap(keys);
    }
}

package org.vnetwork.datapath.ebpf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.function.IntPredicate;
import org.vnetwork.datapath.DatapathException;

/**
 * What leads from a hash to entries of the flow table: buckets of eight places, as {@code vnet_abi.h} draws them.
 *
 * <p>A flow stands in its first bucket, or in its second one if that was full. An entry is written before its place, which one store writes. Loop thread only.
 */
final class FlowIndex implements AutoCloseable {
    private static final int BUCKET_BITS = 17;
    private static final int BUCKETS = 1 << BUCKET_BITS;
    private static final int PLACES = 8;
    private static final int BUCKET_SIZE = 64;
    /** Behind the marks, an octet of each bucket. */
    private static final int LINES = BUCKETS;
    private static final long DRAINS = 0x80000000L;
    private static final long NOWHERE = -1;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final VarHandle LONG_STORE = LONG.varHandle();
    private static final VarHandle BYTE_STORE = BYTE.varHandle();

    private final MemorySegment memory;
    /** By bucket: flows whose first one it is and that stand in their second. */
    private final int[] elsewhere = new int[BUCKETS];

    /** Says whether a place that an earlier process left is right. */
    interface Judge {
        boolean isRight(int hash, int slot, boolean drains);
    }

    FlowIndex(BpfObject object) throws DatapathException {
        memory = KernelMaps.map(object, "flow_index", LINES + BUCKETS * BUCKET_SIZE, 1);
    }

    private static int first(int hash) {
        return hash >>> 32 - BUCKET_BITS;
    }

    private static int second(int hash) {
        int bucket = hash & BUCKETS - 1;
        return bucket == first(hash) ? bucket ^ 1 : bucket;
    }

    private static long place(int bucket, int number) {
        return LINES + (long) bucket * BUCKET_SIZE + 8L * number;
    }

    private static int slot(long word) {
        return (int) (word & ~DRAINS) - 1;
    }

    private static boolean drains(long word) {
        return (word & DRAINS) != 0;
    }

    /** Leads to a slot from now on, whose entry is whole; false when there is no room. */
    boolean add(int hash, int slot) {
        int bucket = first(hash);
        long at = find(bucket, 0L, -1L);
        if (at == NOWHERE) {
            at = find(second(hash), 0L, -1L);
            if (at == NOWHERE) {
                return false;
            }
            elsewhere[bucket]++;
        }
        LONG_STORE.setRelease(memory, at, (long) hash << 32 | slot + 1);
        setMarks(bucket, marks(bucket) | mark(hash));
        return true;
    }

    /** The place in a bucket whose word has these bits. */
    private long find(int bucket, long word, long bits) {
        for (int i = 0; i < PLACES; i++) {
            if ((memory.get(LONG, place(bucket, i)) & bits) == word) {
                return place(bucket, i);
            }
        }
        return NOWHERE;
    }

    private long placeOf(int hash, int slot) {
        long word = (long) hash << 32 | slot + 1;
        long at = find(first(hash), word, ~DRAINS);
        return at == NOWHERE ? find(second(hash), word, ~DRAINS) : at;
    }

    /** The slot of a flow with this hash that passes a test; -1 when there is none. */
    int find(int hash, boolean drains, IntPredicate test) {
        for (int bucket : new int[] {first(hash), second(hash)}) {
            for (int i = 0; i < PLACES; i++) {
                long word = memory.get(LONG, place(bucket, i));
                if (word != 0 && (int) (word >>> 32) == hash && drains(word) == drains && test.test(slot(word))) {
                    return slot(word);
                }
            }
        }
        return -1;
    }

    /** Has a flow found by the masks of draining flows, and by no others. */
    void drain(int hash, int slot) {
        long at = placeOf(hash, slot);
        LONG_STORE.setRelease(memory, at, memory.get(LONG, at) | DRAINS);
    }

    /** Leads to a slot no more; frames that found it may be at it still. */
    void remove(int hash, int slot) {
        int bucket = first(hash);
        long at = placeOf(hash, slot);
        LONG_STORE.setRelease(memory, at, 0L);
        if ((at - LINES) / BUCKET_SIZE != bucket) {
            elsewhere[bucket]--;
        }
        if (elsewhere[bucket] == 0) {
            int marks = 0;
            for (int i = 0; i < PLACES; i++) {
                long word = memory.get(LONG, place(bucket, i));
                int other = (int) (word >>> 32);
                marks |= word == 0 || first(other) != bucket ? 0 : mark(other);
            }
            setMarks(bucket, marks);
        }
    }

    private static int mark(int hash) {
        return 1 << (hash & 7);
    }

    private int marks(int bucket) {
        return memory.get(BYTE, bucket) & 0xff;
    }

    private void setMarks(int bucket, int marks) {
        if (marks != marks(bucket)) {
            BYTE_STORE.setRelease(memory, (long) bucket, (byte) marks);
        }
    }

    /** Takes over what an earlier process left: clears places that are wrong, and makes marks of the others. Frames go on meanwhile. */
    void resume(Judge judge) {
        int[] marks = new int[BUCKETS];
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            for (int i = 0; i < PLACES; i++) {
                long word = memory.get(LONG, place(bucket, i));
                int hash = (int) (word >>> 32);
                if (word == 0) {
                    continue;
                }
                if ((bucket == first(hash) || bucket == second(hash)) && judge.isRight(hash, slot(word), drains(word))) {
                    marks[first(hash)] |= mark(hash);
                    elsewhere[first(hash)] += bucket == first(hash) ? 0 : 1;
                } else {
                    LONG_STORE.setRelease(memory, place(bucket, i), 0L);
                }
            }
        }
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            setMarks(bucket, marks[bucket]);
        }
    }

    @Override
    public void close() {
        Libc.munmap(memory);
    }
}

package org.vnetwork.datapath.user;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.vnetwork.packet.wire.Frame;

/**
 * Frames that wait to go out of one port, off heap and bounded. Nothing is allocated for a frame; the caller holds the port's lock.
 *
 * <p>A port may send from several sources: each frame is of one, the oldest of a source goes before its next, and what a source has sent before others keeps its place until they have.
 *
 * <p>Each stands behind a prefix, and most of them back to back: so many can go into a stream by one write, and each can be an element of
 * a scattered one. The prefix is the frame's length in four octets, most significant first, or eight octets of the port's. A frame is never split.
 */
final class Outbox {
    /** Octets of the length before a frame, where there is no other prefix. */
    static final int PREFIX = Integer.BYTES;
    /** Most frames that wait. */
    static final int FRAMES = 4096;
    private static final ValueLayout.OfInt LENGTH = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong HEADER = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int SOURCE_SHIFT = Long.SIZE - InnerFlow.BITS;
    /** Of what has gone, while older frames wait. */
    private static final long GONE = 1L << SOURCE_SHIFT - 1;
    private static final int OFFSET_SHIFT = 32;
    private static final int OFFSET_MASK = (int) (GONE - 1 >>> OFFSET_SHIFT);
    private static final int INGRESS_SHIFT = 20;
    private static final int SIZE_MASK = (1 << INGRESS_SHIFT) - 1;
    private static final int INGRESS_MASK = (1 << OFFSET_SHIFT - INGRESS_SHIFT) - 1;

    private final MemorySegment memory;
    private final int octets;
    private final int prefix;
    private final long header;
    /** Which bits of an inner flow tell a frame's source. */
    private final int sources;
    /** Source of each frame, whether it has gone, its offset, its ingress port, its size. */
    private final long[] marks = new long[FRAMES];
    private int first;
    private int count;
    /** Where the next length goes. */
    private int end;
    /** Where the frames end that stand before those at the start of the memory; 0 when all stand in one row. */
    private int turn;

    /** Room for so many octets, lengths included. */
    Outbox(SegmentAllocator allocator, int octets) {
        this(allocator, octets, PREFIX, 0, 1);
    }

    /** Room for so many octets, headers included; each frame has these eight octets before it, most significant first, and is of one of so many sources (a power of two) by its inner flow. */
    Outbox(SegmentAllocator allocator, int octets, long header, int sources) {
        this(allocator, octets, Long.BYTES, header, sources);
    }

    private Outbox(SegmentAllocator allocator, int octets, int prefix, long header, int sources) {
        this.memory = allocator.allocate(octets, 64);
        this.octets = octets;
        this.prefix = prefix;
        this.header = header;
        this.sources = sources - 1;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Frames that wait, and those that have gone before older ones. */
    int count() {
        return count;
    }

    /** What offsets count from. */
    MemorySegment memory() {
        return memory;
    }

    /** Where a frame begins; 0 is the oldest. Its prefix stands in the octets before. */
    int offset(int index) {
        return (int) (mark(index) >>> OFFSET_SHIFT) & OFFSET_MASK;
    }

    /** The source of a frame. */
    int source(int index) {
        return (int) (mark(index) >>> SOURCE_SHIFT);
    }

    /** Whether a frame has not gone yet and is of a source. */
    boolean waits(int index, int source) {
        return mark(index) >>> SOURCE_SHIFT - 1 == (long) source << 1;
    }

    /** Octets of a frame. */
    int size(int index) {
        return (int) mark(index) & SIZE_MASK;
    }

    /** The port that a frame came in by; 0 when that is gone, or none. */
    int ingress(int index) {
        return (int) (mark(index) >>> INGRESS_SHIFT) & INGRESS_MASK;
    }

    /** Octets from the oldest frame's prefix to the end of the last frame that stands back to back with it. */
    int run() {
        return count == 0 ? 0 : (turn != 0 ? turn : end) - offset(0) + prefix;
    }

    /** Copies a frame in; false when there is no room. */
    boolean offer(Frame frame) {
        int need = prefix + frame.size;
        if (count == FRAMES || !makeRoom(need)) {
            return false;
        }
        if (prefix == PREFIX) {
            memory.set(LENGTH, end, frame.size);
        } else {
            memory.set(HEADER, end, header);
        }
        MemorySegment.copy(frame.buffer, frame.offset, memory, end + prefix, frame.size);
        long source = sources == 0 ? 0 : InnerFlow.of(frame.buffer, frame.offset, frame.size) & sources;
        marks[first + count & FRAMES - 1] = source << SOURCE_SHIFT | (long) (end + prefix) << OFFSET_SHIFT | (long) frame.ingress << INGRESS_SHIFT | frame.size;
        count++;
        end += need;
        return true;
    }

    private boolean makeRoom(int need) {
        if (count == 0) {
            // From the start, so that a port that keeps up uses memory that the processor has at hand.
            end = 0;
            return need <= octets;
        }
        int oldest = offset(0) - prefix;
        if (turn != 0) {
            return oldest - end >= need;
        }
        if (octets - end >= need) {
            return true;
        }
        if (oldest < need) {
            return false;
        }
        turn = end;
        end = 0;
        return true;
    }

    /** Takes out so many of the oldest of a source. */
    void release(int frames, int source) {
        int left = frames;
        for (int i = 0; left > 0; i++) {
            if (waits(i, source)) {
                marks[first + i & FRAMES - 1] |= GONE;
                left--;
            }
        }
        release(0);
    }

    /** Takes out so many of the oldest, and those next to them that have gone. */
    void release(int frames) {
        first = first + frames & FRAMES - 1;
        count -= frames;
        while (count > 0 && (marks[first] & GONE) != 0) {
            first = first + 1 & FRAMES - 1;
            count--;
        }
        if (count == 0 || offset(0) <= offset(count - 1)) {
            turn = 0;
        }
    }

    /** Has the frames of an ingress port come from none. */
    void forget(int ingress) {
        for (int i = 0; i < count; i++) {
            if (ingress(i) == ingress) {
                marks[first + i & FRAMES - 1] &= ~((long) INGRESS_MASK << INGRESS_SHIFT);
            }
        }
    }

    private long mark(int index) {
        return marks[first + index & FRAMES - 1];
    }
}

package org.vnetwork.datapath.user;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import org.vnetwork.packet.wire.Frame;

/**
 * A bounded queue of frames off heap: one thread offers, one takes. Nothing is allocated.
 *
 * <pre>
 * record   0 octets of the record, 0: go on at the start | 4 size | 8 ingress, 0: forgotten | 12 flow | 16 copy | 24 frame
 * </pre>
 */
final class FrameRing {
    private static final int SIZE = 4;
    private static final int INGRESS = 8;
    private static final int FLOW = 12;
    private static final int COPY = 16;
    private static final int DATA = 24;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private final MemorySegment memory;
    private final long capacity;
    /** Octets taken and offered in all. */
    private volatile long head;
    private volatile long tail;
    private int headSize;

    /** Room for so many octets, a power of two. */
    FrameRing(SegmentAllocator allocator, int octets) {
        memory = allocator.allocate(octets, 64);
        capacity = octets;
    }

    boolean isEmpty() {
        return head == tail;
    }

    /** Copies a frame in; false when there is no room. */
    boolean offer(Frame frame, boolean copy) {
        int need = DATA + frame.size + 7 & ~7;
        long end = tail;
        long at = end & capacity - 1;
        long skipped = capacity - at < need ? capacity - at : 0;
        if (end + skipped + need - head > capacity) {
            return false;
        }
        if (skipped > 0) {
            memory.set(INT, at, 0);
            at = 0;
        }
        memory.set(INT, at, need);
        memory.set(INT, at + SIZE, frame.size);
        memory.set(INT, at + INGRESS, frame.ingress);
        memory.set(INT, at + FLOW, frame.flow);
        memory.set(INT, at + COPY, copy ? 1 : 0);
        MemorySegment.copy(frame.buffer, frame.offset, memory, at + DATA, frame.size);
        tail = end + skipped + need;
        return true;
    }

    /** Points a frame at the oldest one, which stays until {@link #release}; false when there is none. */
    boolean peek(Frame into) {
        while (head != tail) {
            long at = head & capacity - 1;
            headSize = memory.get(INT, at);
            if (headSize != 0) {
                into.over(memory, (int) at + DATA, memory.get(INT, at + SIZE), memory.get(INT, at + INGRESS));
                into.flow = memory.get(INT, at + FLOW);
                into.copy = memory.get(INT, at + COPY) != 0;
                return true;
            }
            head += capacity - at;
        }
        return false;
    }

    /** Takes out what {@link #peek} showed. */
    void release() {
        head += headSize;
    }

    /** Has the frames of an ingress port come without one; by the thread that takes. */
    void forget(int ingress) {
        long end = tail;
        for (long each = head; each != end;) {
            long at = each & capacity - 1;
            int size = memory.get(INT, at);
            if (size != 0 && memory.get(INT, at + INGRESS) == ingress) {
                memory.set(INT, at + INGRESS, 0);
            }
            each += size != 0 ? size : capacity - at;
        }
    }
}

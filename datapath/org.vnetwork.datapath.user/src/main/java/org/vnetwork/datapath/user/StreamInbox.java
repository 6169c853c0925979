package org.vnetwork.datapath.user;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.vnetwork.packet.wire.Frame;

/** What a stream has brought, cut into frames: each stands behind its length in four octets, most significant first. */
final class StreamInbox {
    /** {@link #next}: what is there is no whole frame. */
    static final int NONE = -1;
    /** {@link #next}: the length that was announced cannot be, and where the next frame begins is not known any more. */
    static final int WRONG = -2;
    private static final int PREFIX = Integer.BYTES;
    /** Octets read at once: a thousand short frames. */
    private static final int BATCH = 1 << 16;
    private static final int SIZE = Frame.HEADROOM + 2 * (PREFIX + UserPort.LONGEST);
    private static final ValueLayout.OfInt LENGTH = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    final MemorySegment buffer;
    /** What was read and is not handed out yet. */
    private int start;
    private int end;

    StreamInbox(SegmentAllocator memory) {
        buffer = memory.allocate(SIZE, 64);
        clear();
    }

    /** Forgets what is there. */
    void clear() {
        start = Frame.HEADROOM;
        end = Frame.HEADROOM;
    }

    boolean isEmpty() {
        return start == end;
    }

    /** Reads once, as {@link StreamSocket#read}; frames handed out before are no longer there. */
    int read(StreamSocket from) throws IOException {
        if (isEmpty()) {
            clear();
        } else if (SIZE - start < PREFIX + UserPort.LONGEST) {
            MemorySegment.copy(buffer, start, buffer, Frame.HEADROOM, end - start);
            end -= start - Frame.HEADROOM;
            start = Frame.HEADROOM;
        }
        int size = from.read(buffer, end, Math.min(SIZE, end + BATCH));
        end += Math.max(0, size);
        return size;
    }

    /** Hands out the next frame: its size, or {@link #NONE} or {@link #WRONG}. */
    int next() {
        if (end - start < PREFIX) {
            return NONE;
        }
        int size = announced();
        if (size < 0 || size > UserPort.LONGEST) {
            return WRONG;
        }
        if (end - start - PREFIX < size) {
            return NONE;
        }
        start += PREFIX + size;
        return size;
    }

    /** Where the frame ends that was handed out last. */
    int end() {
        return start;
    }

    /** The length that stands before the next frame. */
    int announced() {
        return buffer.get(LENGTH, start);
    }
}

package org.vnetwork.datapath.user;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Memory off heap as the JDK's channels want it; another buffer is made only for other memory. */
final class NioView {
    private MemorySegment memory = MemorySegment.NULL;
    private ByteBuffer buffer = ByteBuffer.allocate(0);

    /** The octets between two offsets; valid until the next call. */
    ByteBuffer of(MemorySegment wanted, int from, int to) {
        if (memory != wanted) {
            memory = wanted;
            buffer = wanted.asByteBuffer();
        }
        return buffer.limit(to).position(from);
    }
}

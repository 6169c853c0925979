package org.vnetwork.datapath.user;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.vnetwork.packet.wire.Frame;

/**
 * Reads many datagrams of a socket in one call, recvmmsg(2). What was read is valid until the next call; nothing is allocated.
 *
 * <p>Where the socket has UDP_GRO set (udp(7)), a datagram may be several of one size, the last perhaps shorter, that the kernel joined.
 *
 * <pre>
 * mmsghdr  0 name | 8 its size | 16 iovec | 24 count | 32 control | 40 its size | 48 flags | 56 octets received
 * control  0 size | 8 level | 12 type | 16 segment size
 * </pre>
 */
final class ReceiveBatch {
    /** Socket level and option of joined datagrams. */
    static final int SOL_UDP = 17;
    static final int UDP_GRO = 104;

    private static final int HEADER = 64;
    private static final int IOVEC = 16;
    private static final int NAME = 32;
    private static final int CONTROL = 32;
    private static final int AF_INET = 2;
    private static final long MAPPED = 0xffffL << 32;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfShort SHORT_BE = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT_BE = ValueLayout.JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG_BE = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /** The datagrams, each with a frame's headroom before it. */
    final MemorySegment buffer;
    /** How many are read at once. */
    final int limit;

    private final int slot;
    private final MemorySegment headers;
    private final MemorySegment names;
    private final MemorySegment controls;

    /** Room for so many datagrams of at most so many octets; of longer ones the rest is lost, and {@code longest} is the size. */
    ReceiveBatch(SegmentAllocator memory, int limit, int longest) {
        this.limit = limit;
        // NB: an odd number of cache lines, so that the datagrams' beginnings do not compete for the same lines.
        int lines = (Frame.HEADROOM + longest + 63) / 64 | 1;
        slot = lines * 64;
        buffer = memory.allocate((long) slot * limit, 4096);
        headers = memory.allocate((long) HEADER * limit, 64);
        names = memory.allocate((long) NAME * limit, 64);
        controls = memory.allocate((long) CONTROL * limit, 64);
        MemorySegment vectors = memory.allocate((long) IOVEC * limit, 64);
        for (int i = 0; i < limit; i++) {
            vectors.set(LONG, (long) i * IOVEC, buffer.address() + offset(i));
            vectors.set(LONG, (long) i * IOVEC + 8, longest);
            headers.set(LONG, (long) i * HEADER, names.address() + (long) i * NAME);
            headers.set(LONG, (long) i * HEADER + 16, vectors.address() + (long) i * IOVEC);
            headers.set(LONG, (long) i * HEADER + 24, 1);
            headers.set(LONG, (long) i * HEADER + 32, controls.address() + (long) i * CONTROL);
        }
    }

    /** Reads what is there; the count, 0 when there is nothing, or minus errno. */
    int receive(int fd) {
        return receive(fd, limit);
    }

    /** Reads what is there, up to a count. */
    int receive(int fd, int count) {
        for (int i = 0; i < count; i++) {
            headers.set(INT, (long) i * HEADER + 8, NAME);
            headers.set(LONG, (long) i * HEADER + 40, CONTROL);
        }
        int taken = Libc.receive(fd, headers.address(), count);
        return taken == -Libc.EAGAIN || taken == -Libc.EINTR ? 0 : taken;
    }

    int offset(int message) {
        return message * slot + Frame.HEADROOM;
    }

    int size(int message) {
        return headers.get(INT, (long) message * HEADER + 56);
    }

    /** Octets of each datagram that was joined, the last perhaps shorter; all of them when nothing was. */
    int segment(int message) {
        long at = (long) message * CONTROL;
        boolean joined = headers.get(LONG, (long) message * HEADER + 40) >= 20 && controls.get(INT, at + 8) == SOL_UDP && controls.get(INT, at + 12) == UDP_GRO;
        int segment = joined ? controls.get(INT, at + 16) : 0;
        return segment > 0 ? segment : size(message);
    }

    /** Has a port handle the frames of a datagram: one, or all that were joined. */
    void each(int message, Home home, UserPort port) {
        int at = offset(message);
        int end = at + size(message);
        int segment = segment(message);
        do {
            home.received(port, buffer, at, Math.min(segment, end - at));
            at += segment;
        } while (at < end);
    }

    /** The sender's IP address, upper half; an IPv4 address is a mapped one (RFC 4291 section 2.5.5.2). */
    long sourceHigh(int message) {
        return isFour(message) ? 0 : names.get(LONG_BE, (long) message * NAME + 8);
    }

    /** The lower half. */
    long sourceLow(int message) {
        long at = (long) message * NAME;
        return isFour(message) ? MAPPED | Integer.toUnsignedLong(names.get(INT_BE, at + 4)) : names.get(LONG_BE, at + 16);
    }

    int sourcePort(int message) {
        return Short.toUnsignedInt(names.get(SHORT_BE, (long) message * NAME + 2));
    }

    private boolean isFour(int message) {
        return names.get(ValueLayout.JAVA_SHORT, (long) message * NAME) == AF_INET;
    }
}

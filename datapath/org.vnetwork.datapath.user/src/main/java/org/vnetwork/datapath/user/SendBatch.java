package org.vnetwork.datapath.user;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;

/**
 * Writes many datagrams to a connected socket in one call, sendmmsg(2), from where they are; nothing is allocated.
 *
 * <p>With {@link #joins}, datagrams of one size, the last perhaps shorter, are one message that the kernel splits as late as it can (UDP_SEGMENT, udp(7)); those that stand back to
 * back are one element of it.
 *
 * <pre>
 * mmsghdr  0 name | 8 its size | 16 iovec | 24 count | 32 control | 40 its size | 48 flags | 56 octets sent
 * control  0 size | 8 level | 12 type | 16 segment size
 * </pre>
 */
final class SendBatch {
    private static final int UDP_SEGMENT = 103;
    /** NB: newer kernels join 128; all that know the option join 64. */
    private static final int SEGMENTS = 64;
    /** Octets of a message at most: a UDP datagram over IPv4. */
    static final int LONGEST = 65_507;
    private static final int HEADER = 64;
    private static final int IOVEC = 16;
    private static final int CONTROL = 24;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    /** Whether datagrams are joined. */
    boolean joins;

    private final MemorySegment headers;
    private final MemorySegment vectors;
    private final MemorySegment controls;
    private final int limit;
    /** Datagrams in each message. */
    private final int[] counts;
    private int messages;
    private int datagrams;
    private int parts;
    private int octets;
    private long end;
    private int segment;
    private boolean open;

    /** Room for so many datagrams. */
    SendBatch(SegmentAllocator memory, int limit) {
        this.limit = limit;
        counts = new int[limit];
        headers = memory.allocate((long) HEADER * limit, 64);
        vectors = memory.allocate((long) IOVEC * limit, 64);
        controls = memory.allocate((long) CONTROL * limit, 64);
        for (int i = 0; i < limit; i++) {
            controls.set(LONG, (long) i * CONTROL, 18);
            controls.set(INT, (long) i * CONTROL + 8, ReceiveBatch.SOL_UDP);
            controls.set(INT, (long) i * CONTROL + 12, UDP_SEGMENT);
        }
    }

    /** Forgets what was added. */
    void clear() {
        messages = 0;
        datagrams = 0;
        parts = 0;
        open = false;
    }

    int count() {
        return datagrams;
    }

    /** Adds what waits for the source of the oldest, from that on, each with so many octets that stand before it, instead of what was added before. */
    void fill(Outbox waiting, int header) {
        clear();
        long from = waiting.memory().address() - header;
        int count = waiting.count();
        int source = waiting.source(0);
        for (int i = 0; i < count; i++) {
            if (waiting.waits(i, source) && !add(from + waiting.offset(i), waiting.size(i) + header)) {
                return;
            }
        }
    }

    /** Adds a datagram, which stays where it is until it is sent; false when there is no room. */
    boolean add(long address, int size) {
        if (datagrams == limit) {
            return false;
        }
        if (open && size <= segment && size > 0 && octets + size <= LONGEST && counts[messages - 1] < SEGMENTS) {
            join(address, size);
        } else {
            begin(address, size);
        }
        datagrams++;
        end = address + size;
        return true;
    }

    private void begin(long address, int size) {
        long at = (long) messages * HEADER;
        headers.set(LONG, at + 16, vectors.address() + (long) parts * IOVEC);
        headers.set(LONG, at + 24, 0);
        headers.set(LONG, at + 32, 0);
        headers.set(LONG, at + 40, 0);
        counts[messages++] = 1;
        part(address, size);
        octets = size;
        segment = size;
        open = joins;
    }

    private void join(long address, int size) {
        long control = (long) (messages - 1) * CONTROL;
        if (address == end) {
            long at = (long) (parts - 1) * IOVEC + 8;
            vectors.set(LONG, at, vectors.get(LONG, at) + size);
        } else {
            part(address, size);
        }
        counts[messages - 1]++;
        headers.set(LONG, (long) (messages - 1) * HEADER + 32, controls.address() + control);
        headers.set(LONG, (long) (messages - 1) * HEADER + 40, CONTROL);
        controls.set(ValueLayout.JAVA_SHORT, control + 16, (short) segment);
        octets += size;
        // A shorter one is the last.
        open = size == segment;
    }

    /** Adds a stretch of memory to the last message. */
    private void part(long address, int size) {
        long count = (long) (messages - 1) * HEADER + 24;
        vectors.set(LONG, (long) parts * IOVEC, address);
        vectors.set(LONG, (long) parts * IOVEC + 8, size);
        headers.set(LONG, count, headers.get(LONG, count) + 1);
        parts++;
    }

    /** Whether an error can be because the first message is of several datagrams. */
    boolean isRefused(int errno) {
        return counts[0] > 1 && (errno == Libc.EINVAL || errno == Libc.EIO || errno == Libc.EMSGSIZE || errno == Libc.EOPNOTSUPP);
    }

    /** Sends what was added, once; how many of the datagrams the kernel took from the first on, or minus errno for the first. */
    int send(int fd) {
        int taken = Libc.send(fd, headers.address(), messages);
        if (taken < 0) {
            return taken == -Libc.EINTR ? -Libc.EAGAIN : taken;
        }
        int sent = 0;
        for (int i = 0; i < taken; i++) {
            sent += counts[i];
        }
        return sent;
    }
}

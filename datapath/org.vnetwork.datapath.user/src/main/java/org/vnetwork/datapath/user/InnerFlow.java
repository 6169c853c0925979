package org.vnetwork.datapath.user;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Spreads the frames in a tunnel by the connection that each belongs to (RFC 7348 section 5).
 *
 * <p>Looks at addresses, protocol and ports of IP, at MAC addresses and EtherType of all else. A fragment's ports are not looked at, not even the first one's, so that all fragments of a
 * packet are one.
 */
final class InnerFlow {
    /** Bits of a result. */
    static final int BITS = 4;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final int TYPE = 12;
    private static final int TAG_SIZE = 4;
    private static final int MOST_TAGS = 2;
    private static final int FOUR_SIZE = 20;
    private static final int SIX_SIZE = 40;
    private static final int PORTS_SIZE = 4;
    /** More fragments, or an offset. */
    private static final int FRAGMENT = 0x3fff;

    private InnerFlow() {
    }

    /** A number of {@link #BITS} bits, the same for all frames of a connection; of a frame of 14 octets or more. */
    static int of(MemorySegment buffer, int frame, int size) {
        int at = frame + TYPE;
        int end = frame + size;
        int type = unsigned(buffer, at);
        for (int tags = 0; tags < MOST_TAGS && (type == 0x8100 || type == 0x88a8) && end - at >= TAG_SIZE + 2; tags++) {
            at += TAG_SIZE;
            type = unsigned(buffer, at);
        }
        at += 2;
        if (type == 0x0800 && end - at >= FOUR_SIZE && buffer.get(ValueLayout.JAVA_BYTE, at) >>> 4 == 4) {
            long addresses = mixed(type, buffer.get(LONG, at + 12));
            int ports = (unsigned(buffer, at + 6) & FRAGMENT) != 0 ? end : at + (buffer.get(ValueLayout.JAVA_BYTE, at) & 0xf) * 4;
            return transport(addresses, buffer, buffer.get(ValueLayout.JAVA_BYTE, at + 9) & 0xff, ports, end);
        }
        if (type == 0x86dd && end - at >= SIX_SIZE && buffer.get(ValueLayout.JAVA_BYTE, at) >>> 4 == 6) {
            long addresses = mixed(mixed(mixed(mixed(type, buffer.get(LONG, at + 8)), buffer.get(LONG, at + 16)), buffer.get(LONG, at + 24)), buffer.get(LONG, at + 32));
            return transport(addresses, buffer, buffer.get(ValueLayout.JAVA_BYTE, at + 6) & 0xff, at + SIX_SIZE, end);
        }
        return result(mixed(mixed(type, buffer.get(LONG, frame)), buffer.get(INT, frame + 8)));
    }

    /** Adds a protocol and, where it has them, its ports. What stands behind extension headers of IPv6, fragments too, has none here. */
    private static int transport(long addresses, MemorySegment buffer, int protocol, int ports, int end) {
        boolean has = (protocol == 6 || protocol == 17 || protocol == 132) && end - ports >= PORTS_SIZE;
        return result(mixed(addresses, (long) protocol << 32 | (has ? buffer.get(INT, ports) & 0xffff_ffffL : 0)));
    }

    private static int unsigned(MemorySegment buffer, int at) {
        return buffer.get(SHORT, at) & 0xffff;
    }

    private static long mixed(long before, long more) {
        long product = (before ^ more) * 0x9e37_79b9_7f4a_7c15L;
        return product ^ product >>> 32;
    }

    private static int result(long mixed) {
        return (int) (mixed * 0x9e37_79b9_7f4a_7c15L >>> Long.SIZE - BITS);
    }
}

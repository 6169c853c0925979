package org.vnetwork.packet.wire;

import static org.vnetwork.packet.wire.Octets.u16;
import static org.vnetwork.packet.wire.Octets.u8;

import java.lang.foreign.MemorySegment;
import org.vnetwork.packet.Field;

/**
 * Rewrites IP addresses and ports with the checksums that cover them, as the eBPF program does.
 *
 * <p>Checksums are changed by the difference (RFC 1624), so that a wrong one stays wrong. One that hardware is still to finish holds the sum of the pseudo header
 * alone. Stateless, allocates nothing.
 */
final class TransportRewriter {
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMPV6 = 58;
    private static final int IPV6_SIZE = 40;

    private TransportRewriter() {
    }

    /** Whether a field is one of those set here. */
    static boolean sets(Field field) {
        return field == Field.IP_SRC || field == Field.IP_DST || field == Field.L4_SRC || field == Field.L4_DST;
    }

    /**
     * Where the header with a checksum over the addresses begins: octets behind the IP header's start, times 256, and the protocol; 0 when there is none.
     *
     * @param l3 octets from the frame's start to its well-formed IP header, 0 when it has none
     */
    static int find(Frame frame, int l3) {
        if (l3 == 0) {
            return 0;
        }
        MemorySegment buffer = frame.buffer;
        long at = frame.offset + (long) l3;
        if (u8(buffer, at) >> 4 == 4) {
            int bits = u16(buffer, at + 6);
            int header = (u8(buffer, at) & 15) * 4;
            int protocol = u8(buffer, at + 9);
            boolean whole = protocol != ICMPV6 && (bits & 0x1fff) == 0 && fits(buffer, at + header, u16(buffer, at + 2) - header, protocol, (bits & 0x2000) != 0);
            return whole ? header << 8 | protocol : 0;
        }
        int size = u16(buffer, at + 4);
        int next = u8(buffer, at + 6);
        int offset = IPV6_SIZE;
        boolean first = false;
        for (int count = 0; KeyParser.isExtension(next); count++) {
            int length = size < 8 ? 8 : KeyParser.extensionSize(next, u8(buffer, at + offset + 1));
            if (count == 8 || size < length) {
                return 0;
            }
            if (next == 44) {
                int bits = u16(buffer, at + offset + 2);
                if ((bits & 0xfff8) != 0) {
                    return 0;
                }
                first |= (bits & 1) != 0;
            }
            next = u8(buffer, at + offset);
            offset += length;
            size -= length;
        }
        return fits(buffer, at + offset, size, next, first) ? offset << 8 | next : 0;
    }

    /** The conditions of the parser for a header that it reads. */
    private static boolean fits(MemorySegment buffer, long at, int size, int protocol, boolean first) {
        return switch (protocol) {
            case TCP -> {
                int header = size < 20 ? 0 : (u8(buffer, at + 12) >> 4) * 4;
                yield size >= 20 && (first || header >= 20 && header <= size);
            }
            case UDP -> {
                int length = size < 8 ? 0 : u16(buffer, at + 4);
                yield size >= 8 && (first || length >= 8 && length <= size);
            }
            case ICMPV6 -> size >= 4;
            default -> false;
        };
    }

    /** Sets an address or port, if the frame has it; {@code transport} as {@link #find} says. */
    static void set(Frame frame, Action.SetField set, int l3, int transport) {
        if (l3 == 0) {
            return;
        }
        MemorySegment buffer = frame.buffer;
        long ip = frame.offset + (long) l3;
        boolean v4 = u8(buffer, ip) >> 4 == 4;
        switch (set.field()) {
            case IP_SRC, IP_DST -> {
                boolean source = set.field() == Field.IP_SRC;
                if (v4) {
                    long sum = put(buffer, ip + (source ? 12 : 16), set.value() << 32, 2);
                    Octets.put16(buffer, ip + 10, changed(u16(buffer, ip + 10), sum));
                    checksum(frame, ip, transport, sum, true);
                } else {
                    long at = ip + (source ? 8 : 24);
                    checksum(frame, ip, transport, put(buffer, at, set.high(), 4), true);
                    checksum(frame, ip, transport, put(buffer, at + 8, set.value(), 4), true);
                }
            }
            default -> {
                int protocol = transport & 0xff;
                if (protocol == TCP || protocol == UDP) {
                    long at = ip + (transport >> 8) + (set.field() == Field.L4_SRC ? 0 : 2);
                    checksum(frame, ip, transport, put(buffer, at, set.value() << 48, 1), false);
                }
            }
        }
    }

    /** Writes the first words, of 16 bits, of a value; returns the sum of what that changes. */
    private static long put(MemorySegment buffer, long at, long value, int words) {
        long sum = 0;
        for (int i = 0; i < words; i++) {
            int next = (int) (value >>> 48 - 16 * i) & 0xffff;
            sum += (~u16(buffer, at + 2L * i) & 0xffff) + next;
            Octets.put16(buffer, at + 2L * i, next);
        }
        return sum;
    }

    private static void checksum(Frame frame, long ip, int transport, long sum, boolean pseudo) {
        int protocol = transport & 0xff;
        if (transport == 0) {
            return;
        }
        long at = ip + (transport >> 8) + (protocol == TCP ? 16 : protocol == UDP ? 6 : 2);
        int before = u16(frame.buffer, at);
        if (protocol == UDP && before == 0) {
            return;
        }
        boolean pending = (frame.offloadFlags & 1) != 0;
        if (pending && pseudo) {
            Octets.put16(frame.buffer, at, folded(before + sum));
        } else if (!pending) {
            int after = changed(before, sum);
            Octets.put16(frame.buffer, at, protocol == UDP && after == 0 ? 0xffff : after);
        }
    }

    /** RFC 1624 equation 3; never -0 for a sum that is not. */
    private static int changed(int checksum, long sum) {
        return ~folded(0xffffL + (~checksum & 0xffff) + sum) & 0xffff;
    }

    private static int folded(long sum) {
        long folded = sum;
        while (folded > 0xffff) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return (int) folded;
    }
}

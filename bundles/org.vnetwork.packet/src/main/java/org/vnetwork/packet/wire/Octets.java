package org.vnetwork.packet.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Reads and writes integers in network byte order at any alignment; positions count from the segment's start. */
final class Octets {
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(BIG_ENDIAN);

    private Octets() {
    }

    static int u8(MemorySegment buffer, long at) {
        return buffer.get(ValueLayout.JAVA_BYTE, at) & 0xff;
    }

    static int u16(MemorySegment buffer, long at) {
        return buffer.get(U16, at) & 0xffff;
    }

    static long u32(MemorySegment buffer, long at) {
        return buffer.get(U32, at) & 0xffff_ffffL;
    }

    static long u48(MemorySegment buffer, long at) {
        return (long) u16(buffer, at) << 32 | u32(buffer, at + 2);
    }

    static long u64(MemorySegment buffer, long at) {
        return buffer.get(U64, at);
    }

    static void put8(MemorySegment buffer, long at, int value) {
        buffer.set(ValueLayout.JAVA_BYTE, at, (byte) value);
    }

    static void put16(MemorySegment buffer, long at, int value) {
        buffer.set(U16, at, (short) value);
    }

    static void put32(MemorySegment buffer, long at, long value) {
        buffer.set(U32, at, (int) value);
    }

    static void put48(MemorySegment buffer, long at, long value) {
        put16(buffer, at, (int) (value >>> 32));
        put32(buffer, at + 2, value);
    }

    static void put64(MemorySegment buffer, long at, long value) {
        buffer.set(U64, at, value);
    }
}

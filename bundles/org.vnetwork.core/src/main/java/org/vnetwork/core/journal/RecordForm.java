package org.vnetwork.core.journal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A record in memory.
 *
 * <pre>
 *  0        4      5       6       8     16    24       28
 * +--------+------+-------+-------+-----+-----+--------+--------
 * | CRC32C | kind | check | units |  a  |  b  | length | octets
 * +--------+------+-------+-------+-----+-----+--------+--------
 * </pre>
 *
 * The checksum is over kind, units, length and octets; {@code check} is over a and b, which change by themselves. A kill between the stores
 * of one record leaves a checksum that is wrong.
 */
final class RecordForm {
    static final int UNIT = 32;
    private static final int HEAD = 28;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private RecordForm() {
    }

    static int units(int length) {
        return (HEAD + length + UNIT - 1) / UNIT;
    }

    static void write(MemorySegment in, long at, Journal.Kind kind, int units, ByteBuffer octets, long a, long b) {
        int length = octets.remaining();
        MemorySegment.copy(MemorySegment.ofBuffer(octets), 0, in, at + HEAD, length);
        in.set(SHORT, at + 6, (short) units);
        in.set(Journal.INT, at + 24, length);
        setNumbers(in, at, a, b);
        in.set(BYTE, at + 4, (byte) kind.ordinal());
        in.set(Journal.INT, at, checksum(kind.ordinal(), units, octets.duplicate()));
    }

    static void writeFree(MemorySegment in, long at, int units) {
        in.set(Journal.INT, at, checksum(0, units, NOTHING));
        in.set(SHORT, at + 6, (short) units);
        in.set(Journal.INT, at + 24, 0);
        in.set(BYTE, at + 4, (byte) 0);
    }

    /** Makes a record free; its units. */
    static int free(MemorySegment in, long at) {
        int units = unitsAt(in, at);
        writeFree(in, at, units);
        return units;
    }

    static void setNumbers(MemorySegment in, long at, long a, long b) {
        in.set(Journal.LONG, at + 8, a);
        in.set(Journal.LONG, at + 16, b);
        in.set(BYTE, at + 5, check(a, b));
    }

    private static byte check(long a, long b) {
        long folded = a ^ Long.rotateLeft(b, 8);
        folded ^= folded >>> 32;
        folded ^= folded >>> 16;
        return (byte) (folded ^ folded >>> 8 ^ 0x5a);
    }

    static int kindAt(MemorySegment in, long at) {
        return in.get(BYTE, at + 4) & 0xff;
    }

    static int unitsAt(MemorySegment in, long at) {
        return in.get(SHORT, at + 6) & 0xffff;
    }

    static boolean isZero(MemorySegment in, long at) {
        return in.get(Journal.INT, at) == 0 && in.get(Journal.LONG, at + 4) == 0 && in.get(Journal.INT, at + 24) == 0;
    }

    /** Whether a whole record, or free space, stands here. */
    static boolean isValid(MemorySegment in, long at, int most) {
        int kind = kindAt(in, at);
        int units = unitsAt(in, at);
        int length = in.get(Journal.INT, at + 24);
        boolean sane = units > 0 && units <= most && kind < Journal.Kind.values().length && length >= 0
                && (kind == 0 ? length == 0 : length <= Journal.LARGEST && units == units(length));
        return sane && in.get(Journal.INT, at) == checksum(kind, units, octets(in, at));
    }

    static Journal.Found read(MemorySegment in, long at, int position) {
        long a = in.get(Journal.LONG, at + 8);
        long b = in.get(Journal.LONG, at + 16);
        boolean right = in.get(BYTE, at + 5) == check(a, b);
        return new Journal.Found(position, right ? a : 0, right ? b : 0, octets(in, at));
    }

    /** Whether the two numbers of a record are as they were stored. */
    static boolean numbersAreRight(MemorySegment in, long at) {
        return in.get(BYTE, at + 5) == check(in.get(Journal.LONG, at + 8), in.get(Journal.LONG, at + 16));
    }

    /** A copy: what is mapped may vanish under a checksum, which no exception would tell. */
    private static ByteBuffer octets(MemorySegment in, long at) {
        int length = in.get(Journal.INT, at + 24);
        return ByteBuffer.wrap(in.asSlice(at + HEAD, length).toArray(BYTE)).order(java.nio.ByteOrder.nativeOrder());
    }

    private static int checksum(int kind, int units, ByteBuffer octets) {
        CRC32C crc = new CRC32C();
        crc.update(kind);
        crc.update(units);
        crc.update(units >>> 8);
        crc.update(octets.remaining());
        crc.update(octets.remaining() >>> 8);
        crc.update(octets);
        return (int) crc.getValue();
    }
}

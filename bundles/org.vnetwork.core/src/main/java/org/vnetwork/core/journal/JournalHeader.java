package org.vnetwork.core.journal;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** The first octets of a journal: what it is, of which boot of the machine, and how many records it should have. */
final class JournalHeader {
    static final int UNITS = 3;
    /** No damage: the machine was started anew since, and nothing that was known then is true now. */
    static final String OTHER_BOOT = "it is of an earlier boot";
    private static final int LENGTH = 72;
    private static final String MAGIC = "vnetwork journal 3\n";
    private static final long RECORDS = 0;
    private static final long TEXT = 8;
    private static final long CHECKSUM = TEXT + LENGTH;

    private final String boot;

    /** Of a boot of the machine. */
    JournalHeader(String boot) {
        this.boot = boot;
    }

    void write(MemorySegment in) {
        byte[] text = text();
        MemorySegment.copy(MemorySegment.ofArray(text), 0, in, TEXT, LENGTH);
        in.set(Journal.INT, CHECKSUM, checksum(text));
        setRecords(in, 0);
    }

    /** What is wrong with it; empty when nothing is. */
    String problem(MemorySegment in) {
        byte[] there = in.asSlice(TEXT, LENGTH).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        if (in.get(Journal.INT, CHECKSUM) != checksum(there)) {
            return "its header is damaged";
        }
        if (!new String(there, StandardCharsets.US_ASCII).startsWith(MAGIC)) {
            return "it is of another version of vNetwork";
        }
        return java.util.Arrays.equals(there, text()) ? "" : OTHER_BOOT;
    }

    static long records(MemorySegment in) {
        return in.get(Journal.LONG, RECORDS);
    }

    static void setRecords(MemorySegment in, long records) {
        in.set(Journal.LONG, RECORDS, records);
    }

    private byte[] text() {
        return java.util.Arrays.copyOf((MAGIC + boot).getBytes(StandardCharsets.US_ASCII), LENGTH);
    }

    private static int checksum(byte[] text) {
        CRC32C crc = new CRC32C();
        crc.update(text);
        return (int) crc.getValue();
    }
}

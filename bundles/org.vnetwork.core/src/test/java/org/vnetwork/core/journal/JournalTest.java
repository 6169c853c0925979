package org.vnetwork.core.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    /** Octets that the records of {@link #fill} take, header included. */
    private static final int USED = 96 + 8 * 64;

    @TempDir
    private Path folder;
    private final List<String> told = new ArrayList<>();

    private Path file() {
        return folder.resolve("sw1.journal");
    }

    private Journal open() {
        return Journal.open(file(), "boot", told::add);
    }

    private static int put(Journal journal, String text, long a, long b) {
        return journal.put(Journal.Kind.ROW, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), a, b);
    }

    private static List<String> texts(Journal journal) {
        return journal.take(Journal.Kind.ROW).stream().map(f -> StandardCharsets.UTF_8.decode(f.octets()) + " " + f.a() + " " + f.b()).sorted().toList();
    }

    /** Eight records of two units each. */
    private void fill() {
        try (Journal journal = open()) {
            for (int i = 0; i < 8; i++) {
                put(journal, "record " + i + " with some octets", i, 100 + i);
            }
        }
    }

    @Test
    void whatWasPutIsThereForTheNextProcess() {
        Journal journal = open();
        int one = put(journal, "one", 1, 2);
        int two = put(journal, "two", 3, 4);
        put(journal, "three", 5, 6);
        journal.set(one, 10, 20);
        journal.free(two);
        // NB: not closed, as after a kill.
        assertEquals(List.of("one 10 20", "three 5 6"), texts(open()));
        assertEquals(List.of(), told);
    }

    @Test
    void freedSpaceIsUsedAgain() {
        Journal journal = open();
        int one = put(journal, "one", 1, 2);
        put(journal, "two", 3, 4);
        journal.free(one);
        assertEquals(one, put(journal, "six", 1, 2));
        Journal again = open();
        assertEquals(List.of("six 1 2", "two 3 4"), texts(again));
    }

    @Test
    void growsAndKeepsManyRecords() throws IOException {
        try (Journal journal = open()) {
            for (int i = 0; i < 100_000; i++) {
                assertNotEquals(Journal.NOWHERE, put(journal, "a record of more than one unit, number " + i, i, 0));
            }
        }
        assertTrue(Files.size(file()) > 8_000_000);
        assertEquals(100_000, open().take(Journal.Kind.ROW).size());
        assertEquals(List.of(), told);
    }

    @Test
    void aFileThatWasCutAnywhereGivesTheRecordsBeforeTheCut() throws IOException {
        fill();
        byte[] whole = Files.readAllBytes(file());
        for (int length = 0; length < USED; length++) {
            told.clear();
            Files.write(file(), Arrays.copyOf(whole, length));
            int expected = Math.max(0, (length - 96) / 64);
            try (Journal journal = open()) {
                List<String> left = texts(journal);
                // The last octets of a record may be nothing but padding.
                assertTrue(left.size() == expected || left.size() == expected + 1, length + " octets: " + left);
                assertEquals(left.size() < 8 && length > 0, !told.isEmpty(), length + " octets: " + told);
                put(journal, "new", 1, 2);
            }
            assertTrue(texts(open()).contains("new 1 2"), "it works on after a cut at " + length);
        }
    }

    @Test
    void aFlippedBitCostsOneRecordAtMostAndIsTold() throws IOException {
        fill();
        byte[] whole = Files.readAllBytes(file());
        List<String> all = texts(open());
        for (int bit = 0; bit < USED * 8; bit++) {
            told.clear();
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(flipped, 0, USED));
            }
            boolean header = bit / 8 >= 8 && bit / 8 < 84;
            try (Journal journal = open()) {
                List<String> left = texts(journal);
                long right = left.stream().filter(all::contains).count();
                assertTrue(header ? left.isEmpty() : right >= 7 && left.size() <= 8 && (bit / 8 >= 8 || right == 8), "bit " + bit + ": " + left);
                assertTrue(right == 8 && bit / 8 >= 84 || !told.isEmpty() || bit / 8 < 8 || bit / 8 >= 84 && bit / 8 < 96, "bit " + bit + " was not noticed: " + left);
            }
        }
    }

    /** Flips a bit of the header's text, and has its checksum agree. */
    private void changeHeader(int at) throws IOException {
        fill();
        byte[] whole = Files.readAllBytes(file());
        whole[at] ^= 1;
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        crc.update(whole, 8, 72);
        ByteBuffer.wrap(whole).order(java.nio.ByteOrder.nativeOrder()).putInt(80, (int) crc.getValue());
        Files.write(file(), whole);
    }

    @Test
    void aJournalOfAnotherBootIsEmptyAndNoCauseForAlarm() throws IOException {
        changeHeader(38);
        assertEquals(List.of(), texts(open()));
        assertEquals(List.of(), told);
    }

    @Test
    void aJournalOfAnotherVersionIsEmptyAndTold() throws IOException {
        changeHeader(25);
        assertEquals(List.of(), texts(open()));
        assertEquals(1, told.size());
        assertTrue(told.getFirst().contains("it is of another version of vNetwork; rows and flows of the process before are left out"), told::toString);
    }

    @Test
    void aFileThatCannotBeOpenedIsToldAndNothingIsKept() {
        Journal journal = Journal.open(folder.resolve("no such folder/sw1.journal"), "boot", told::add);
        assertEquals(Journal.NOWHERE, put(journal, "one", 1, 2));
        journal.set(Journal.NOWHERE, 1, 2);
        journal.free(Journal.NOWHERE);
        journal.delete();
        assertEquals(1, told.size());
        assertTrue(told.getFirst().contains("cannot be opened"), told::toString);
    }

    @Test
    void aFileThatIsCutUnderItsFeetEndsTheJournalAndNothingElse() throws IOException {
        Journal journal = open();
        int one = put(journal, "one", 1, 2);
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
        for (int i = 0; i < 10_000; i++) {
            journal.set(one, i, i);
            put(journal, "two", 1, 2);
        }
        assertEquals(1, told.size(), told::toString);
        assertTrue(told.getFirst().contains("cannot be written"), told::toString);
    }

    @Test
    void aFullDiskIsToldOnceAndRecordsFitAgainOnceThereIsRoom() throws IOException, InterruptedException {
        assumeTrue("root".equals(System.getProperty("user.name")), "a small file system takes root to mount");
        Path disk = Files.createDirectory(folder.resolve("disk"));
        run("mount", "-t", "tmpfs", "-o", "size=5m", "vnet-journal-test", disk.toString());
        try {
            Journal journal = Journal.open(disk.resolve("sw1.journal"), "boot", told::add);
            int kept = 0;
            for (int i = 0; i < 200_000; i++) {
                kept += put(journal, "a record of more than one unit, number " + i, i, 0) == Journal.NOWHERE ? 0 : 1;
            }
            assertTrue(kept > 40_000 && kept < 100_000, kept + " kept");
            assertEquals(1, told.size(), told::toString);
            assertTrue(told.getFirst().contains("no room"), told::toString);
            journal.close();
            told.clear();
            Journal again = Journal.open(disk.resolve("sw1.journal"), "boot", told::add);
            assertEquals(kept, again.take(Journal.Kind.ROW).size());
            assertFalse(again.hasFound());
            again.delete();
        } finally {
            run("umount", "-l", disk.toString());
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
    }
}

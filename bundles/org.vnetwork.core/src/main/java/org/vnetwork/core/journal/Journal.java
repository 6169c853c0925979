package org.vnetwork.core.journal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Records of one switch in a memory-mapped file: what was written is there for the next process, however this one ends.
 *
 * <p>A record has octets that do not change, under a checksum, and two numbers that may change at any time. Nothing is synchronised to a
 * disk: the file is for the death of the process, not of the machine, and one of another boot is not read. When there is no room a record is not kept, which is told once. Loop thread only.
 */
public final class Journal implements AutoCloseable {
    /** What a record is about. */
    public enum Kind {
        /** Takes no part: the space may be used again. */
        FREE,
        /** A data type: number and schema. */
        TYPE,
        /** A row of a data type. */
        ROW,
        /** The full key of a flow, and what it read. */
        FLOW,
        /** The number of a drop reason. */
        REASON,
        /** Something that flows read. */
        READ,
        /** The name of a counter. */
        COUNTER,
        /** What a port counted for a number of a drop reason before that reason had it. */
        DROPS
    }

    /** Stands for a record that is not kept. */
    public static final int NOWHERE = -1;
    /** Most octets of a record. */
    public static final int LARGEST = 32_768;

    private static final int CHUNK_UNITS = 1 << 16;
    private static final long CHUNK = (long) CHUNK_UNITS * RecordForm.UNIT;
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int BLOCK = 1 << 16;

    private final Path file;
    private final JournalHeader header;
    private final Consumer<String> told;
    private final FileChannel channel;
    private final Arena arena = Arena.ofShared();
    private final List<MemorySegment> chunks = new ArrayList<>();
    private final Map<Integer, Deque<Integer>> free = new HashMap<>();
    private final Map<Kind, List<Found>> found = new EnumMap<>(Kind.class);
    private int next = JournalHeader.UNITS;
    private long records;
    private boolean lost;
    private long refusedNanos;
    private boolean broken;

    /**
     * A record of an earlier process.
     *
     * @param at where it is
     * @param a the first number that may change
     * @param b the second
     */
    public record Found(int at, long a, long b, ByteBuffer octets) {
    }

    private Journal(Path file, String boot, FileChannel channel, Consumer<String> told) {
        this.file = file;
        this.header = new JournalHeader(boot);
        this.channel = channel;
        this.told = told;
    }

    /** A journal that keeps nothing, for datapaths whose flows end with the process. */
    public static Journal none() {
        return new Journal(null, "", null, line -> { });
    }

    /**
     * Opens a journal, or makes it; what is damaged is left out and told.
     *
     * @param boot what tells this boot of the machine from others; a journal of another one is not read
     * @param told takes a line for the administrator
     */
    public static Journal open(Path file, String boot, Consumer<String> told) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            Journal journal = new Journal(file, boot, channel, told);
            journal.read();
            return journal;
        } catch (IOException e) {
            told.accept("journal " + file + ": cannot be opened (" + e + "); after a crash, rows and flows are learnt afresh");
            return none();
        }
    }

    private void read() throws IOException {
        long size = channel.size();
        boolean ours = false;
        if (size > 0) {
            // A torn tail is filled up with zeros, which are no record.
            fill(size, (size + CHUNK - 1) / CHUNK * CHUNK);
            map();
            String problem = header.problem(chunks.getFirst());
            ours = problem.isEmpty();
            if (!ours && !problem.equals(JournalHeader.OTHER_BOOT)) {
                told.accept("journal " + file + ": " + problem + "; rows and flows of the process before are left out");
            }
        }
        if (ours) {
            scan();
        } else {
            chunks.clear();
            channel.truncate(0);
            grow();
            if (!chunks.isEmpty()) {
                header.write(chunks.getFirst());
            }
        }
    }

    private void scan() {
        Scan scan = new Scan(chunks, CHUNK_UNITS);
        scan.run();
        scan.free().forEach((at, units) -> free.computeIfAbsent(units, u -> new ArrayDeque<>()).add(at));
        found.putAll(scan.found());
        next = scan.end();
        records = scan.count();
        long missing = JournalHeader.records(chunks.getFirst()) - records;
        if (scan.damaged() > 0 || missing > 0) {
            told.accept("journal " + file + ": " + (missing > 0 ? missing + " records are missing" : "no record is missing") + ", " + scan.damaged()
                    + " places are damaged; the " + records + " others are used");
        }
        JournalHeader.setRecords(chunks.getFirst(), records);
    }

    /** The records of a kind that an earlier process left; asked once. */
    public List<Found> take(Kind kind) {
        List<Found> taken = found.remove(kind);
        return taken == null ? List.of() : taken;
    }

    /** Whether records are kept at all. */
    public boolean keeps() {
        return channel != null && !broken;
    }

    /** Whether an earlier process left records. */
    public boolean hasFound() {
        return !found.isEmpty();
    }

    /**
     * Adds a record.
     *
     * @param octets from position to limit
     * @return where it is, or {@link #NOWHERE} when it could not be kept
     */
    public int put(Kind kind, ByteBuffer octets, long a, long b) {
        if (channel == null || broken || octets.remaining() > LARGEST) {
            return NOWHERE;
        }
        try {
            int units = RecordForm.units(octets.remaining());
            int at = allocate(units);
            if (at != NOWHERE) {
                JournalHeader.setRecords(chunks.getFirst(), ++records);
                RecordForm.write(segment(at), offset(at), kind, units, octets, a, b);
            }
            return at;
        } catch (InternalError e) {
            fault();
            return NOWHERE;
        }
    }

    /** Changes the two numbers of a record. */
    public void set(int at, long a, long b) {
        if (at != NOWHERE && !broken) {
            try {
                RecordForm.setNumbers(segment(at), offset(at), a, b);
            } catch (InternalError e) {
                fault();
            }
        }
    }

    /** Removes a record. */
    public void free(int at) {
        if (at != NOWHERE && !broken) {
            try {
                int units = RecordForm.free(segment(at), offset(at));
                free.computeIfAbsent(units, u -> new ArrayDeque<>()).add(at);
                JournalHeader.setRecords(chunks.getFirst(), --records);
            } catch (InternalError e) {
                fault();
            }
        }
    }

    /** The file shrank under us, or its disk fails: the memory is not there any more. */
    private void fault() {
        broken = true;
        told.accept("journal " + file + ": the file cannot be written any more (was it cut off?); after a crash, rows and flows are learnt afresh");
    }

    private int allocate(int units) {
        Deque<Integer> same = free.get(units);
        if (same != null && !same.isEmpty()) {
            return same.poll();
        }
        int left = CHUNK_UNITS - next % CHUNK_UNITS;
        boolean inside = next < chunks.size() * CHUNK_UNITS;
        if (inside && left < units) {
            RecordForm.writeFree(segment(next), offset(next), left);
            free.computeIfAbsent(left, u -> new ArrayDeque<>()).add(next);
            next += left;
            inside = next < chunks.size() * CHUNK_UNITS;
        }
        if (!inside && !grow()) {
            return NOWHERE;
        }
        int at = next;
        next += units;
        return at;
    }

    private boolean grow() {
        long now = System.nanoTime();
        if (lost && now - refusedNanos < RETRY_NANOS) {
            return false;
        }
        long size = chunks.size() * CHUNK;
        try {
            fill(size, size + CHUNK);
            map();
            lost = false;
            return true;
        } catch (IOException e) {
            if (!lost) {
                told.accept("journal " + file + ": no room for more (" + e.getMessage() + "); rows and flows that come now are learnt afresh after a crash");
            }
            lost = true;
            refusedNanos = now;
            return false;
        }
    }

    /** Writes zeros, so that every block is there before memory stands for it: a store into a hole of a full disk would be a fault. */
    private void fill(long from, long to) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocate(BLOCK);
        try {
            for (long at = from; at < to;) {
                zeros.clear().limit((int) Math.min(BLOCK, to - at));
                at += channel.write(zeros, at);
            }
        } catch (IOException e) {
            channel.truncate(from);
            throw e;
        }
    }

    private void map() throws IOException {
        for (long at = chunks.size() * CHUNK; at + CHUNK <= channel.size(); at += CHUNK) {
            chunks.add(channel.map(FileChannel.MapMode.READ_WRITE, at, CHUNK, arena));
        }
    }

    private MemorySegment segment(int at) {
        return chunks.get(at / CHUNK_UNITS);
    }

    private static long offset(int at) {
        return (long) (at % CHUNK_UNITS) * RecordForm.UNIT;
    }

    /** Closes the file; its records stay. */
    @Override
    public void close() {
        broken = true;
        arena.close();
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // What was stored is in the file.
        }
    }

    /** Closes and removes the file. */
    public void delete() {
        close();
        if (file != null) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                told.accept("journal " + file + ": cannot be removed: " + e);
            }
        }
    }

    /** A buffer of the right size and order for the octets of a record. */
    public static ByteBuffer buffer() {
        return ByteBuffer.allocate(LARGEST).order(java.nio.ByteOrder.nativeOrder());
    }

    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
}

package org.vnetwork.core.journal;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds the records of a journal that are whole, wherever others are not. */
final class Scan {
    private final List<MemorySegment> chunks;
    private final int chunkUnits;
    private final Map<Journal.Kind, List<Journal.Found>> found = new EnumMap<>(Journal.Kind.class);
    private final Map<Integer, Integer> free = new LinkedHashMap<>();
    private int end = JournalHeader.UNITS;
    private int damaged;
    private int badFrom = -1;
    /** As long as a chunk, to see at once that the rest of one was never written. */
    private final MemorySegment nothing;

    Scan(List<MemorySegment> chunks, int chunkUnits) {
        this.chunks = chunks;
        this.chunkUnits = chunkUnits;
        this.nothing = MemorySegment.ofArray(new byte[chunkUnits * RecordForm.UNIT]);
    }

    void run() {
        int all = chunks.size() * chunkUnits;
        for (int at = JournalHeader.UNITS; at < all;) {
            MemorySegment in = chunks.get(at / chunkUnits);
            long offset = (long) (at % chunkUnits) * RecordForm.UNIT;
            int most = chunkUnits - at % chunkUnits;
            if (RecordForm.isValid(in, offset, most)) {
                endOfDamage(at);
                at += whole(in, offset, at);
                end = at;
            } else {
                // Nothing tells where the next record begins: it is looked for unit by unit.
                boolean unwritten = RecordForm.isZero(in, offset);
                if (!unwritten && badFrom < 0) {
                    badFrom = at;
                }
                at += unwritten && badFrom < 0 && in.asSlice(offset).mismatch(nothing.asSlice(offset)) < 0 ? most : 1;
                if (at % chunkUnits == 0) {
                    endOfDamage(at);
                }
            }
        }
        endOfDamage(all);
    }

    private int whole(MemorySegment in, long offset, int at) {
        int units = RecordForm.unitsAt(in, offset);
        int kind = RecordForm.kindAt(in, offset);
        if (kind == 0) {
            free.put(at, units);
        } else {
            if (!RecordForm.numbersAreRight(in, offset)) {
                damaged++;
            }
            found.computeIfAbsent(Journal.Kind.values()[kind], k -> new ArrayList<>()).add(RecordForm.read(in, offset, at));
        }
        return units;
    }

    /** Makes a damaged place free space again. */
    private void endOfDamage(int at) {
        if (badFrom >= 0) {
            MemorySegment in = chunks.get(badFrom / chunkUnits);
            RecordForm.writeFree(in, (long) (badFrom % chunkUnits) * RecordForm.UNIT, at - badFrom);
            free.put(badFrom, at - badFrom);
            end = Math.max(end, at);
            damaged++;
            badFrom = -1;
        }
    }

    Map<Journal.Kind, List<Journal.Found>> found() {
        return found;
    }

    /** Free places and their units. */
    Map<Integer, Integer> free() {
        return free;
    }

    int count() {
        return found.values().stream().mapToInt(List::size).sum();
    }

    /** Behind the last record. */
    int end() {
        return end;
    }

    int damaged() {
        return damaged;
    }
}

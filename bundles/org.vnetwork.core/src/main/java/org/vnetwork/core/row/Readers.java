package org.vnetwork.core.row;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Readers of one thing, side by side in an array; each knows its place, so that none is looked for. Rows that many flows read would otherwise cost
 * more than the flows. Loop thread only.
 */
final class Readers {
    private static final int SMALLEST = 4;
    private static final Dependency.Reader[] NONE = {};
    private static final int[] NOWHERE = {};

    private Dependency.Reader[] readers = NONE;
    /** Which of its reads this is to the reader. */
    private int[] slots = NOWHERE;
    private int count;

    int count() {
        return count;
    }

    /** The readers now, in no order. */
    List<Dependency.Reader> all() {
        return Collections.unmodifiableList(Arrays.asList(readers).subList(0, count));
    }

    /** Adds a reader; the place that it is at, until it is told of another one. */
    int add(Dependency.Reader reader, int slot) {
        if (count == readers.length) {
            int room = Math.max(SMALLEST, 2 * count);
            readers = Arrays.copyOf(readers, room);
            slots = Arrays.copyOf(slots, room);
        }
        readers[count] = reader;
        slots[count] = slot;
        return count++;
    }

    /** Removes the reader at a place, which the last one takes. */
    void remove(int place) {
        int last = --count;
        if (place < last) {
            readers[place] = readers[last];
            slots[place] = slots[last];
            readers[place].moved(slots[place], place);
        }
        readers[last] = null;
        if (count == 0) {
            readers = NONE;
            slots = NOWHERE;
        }
    }
}

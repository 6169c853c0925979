package org.vnetwork.core.row;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The readers of one row or other dependency, in an array.
 *
 * <p>Each reader knows its place in the array, so adding and removing one needs no search, however many flows read the row. Loop thread only.
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

    /** Adds a reader and returns its place, which holds until {@link Dependency.Reader#moved} names another. */
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

    /** Removes the reader at a place; the last reader moves there. */
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

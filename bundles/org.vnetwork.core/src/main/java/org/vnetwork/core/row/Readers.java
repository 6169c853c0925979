package org.vnetwork.core.row;

import java.util.ArrayList;
import java.util.List;

/** A set of readers by identity, in open addressing: rows that many flows read would otherwise cost more than the flows. Loop thread only. */
final class Readers {
    private static final int SMALLEST = 4;
    private static final int SPREAD = 0x9e37_79b9;

    private Dependency.Reader[] slots = new Dependency.Reader[0];
    private int count;

    int count() {
        return count;
    }

    /** The readers now, in no order. */
    List<Dependency.Reader> all() {
        List<Dependency.Reader> all = new ArrayList<>(count);
        for (Dependency.Reader reader : slots) {
            if (reader != null) {
                all.add(reader);
            }
        }
        return all;
    }

    void add(Dependency.Reader reader) {
        if (2 * count >= slots.length) {
            Dependency.Reader[] old = slots;
            slots = new Dependency.Reader[Math.max(SMALLEST, 2 * old.length)];
            for (Dependency.Reader other : old) {
                if (other != null) {
                    slots[place(other)] = other;
                }
            }
        }
        int at = place(reader);
        count += slots[at] == null ? 1 : 0;
        slots[at] = reader;
    }

    void remove(Dependency.Reader reader) {
        int at = slots.length == 0 ? -1 : place(reader);
        if (at < 0 || slots[at] == null) {
            return;
        }
        slots[at] = null;
        count--;
        // What followed the hole may have been displaced by it.
        for (int next = at + 1 & slots.length - 1; slots[next] != null; next = next + 1 & slots.length - 1) {
            Dependency.Reader displaced = slots[next];
            slots[next] = null;
            slots[place(displaced)] = displaced;
        }
        if (count == 0) {
            slots = new Dependency.Reader[0];
        }
    }

    /** Where a reader is, or would be. */
    private int place(Dependency.Reader reader) {
        int mixed = reader.hashCode() * SPREAD;
        int at = (mixed ^ mixed >>> 16) & slots.length - 1;
        while (slots[at] != null && slots[at] != reader) {
            at = at + 1 & slots.length - 1;
        }
        return at;
    }
}

package org.vnetwork.control;

import java.util.List;

/**
 * A part of a long list.
 *
 * @param items in the order of the list
 * @param from how many of the list stand before them
 * @param total how many the list has
 * @param <T> what it lists
 */
public record Page<T>(List<T> items, int from, int total) {
    /** Items of a page unless the reader asks for another number. */
    public static final int PRESET = 1000;

    /** Keeps a list of its own. */
    public Page {
        items = List.copyOf(items);
    }

    /** How many of the list stand behind the items. */
    public int more() {
        return Math.max(0, total - from - items.size());
    }
}

package org.vnetwork.control;

import java.util.Map;
import java.util.TreeMap;

/**
 * A table row that the administrator placed; it stays until the administrator removes it.
 *
 * @param table id of the data type without its version: {@code fdb}
 * @param key text of each key component by name
 * @param row text of each row component by name
 */
public record RowDocument(String table, Map<String, String> key, Map<String, String> row) {
    public RowDocument {
        key = java.util.Collections.unmodifiableMap(new TreeMap<>(key));
        row = java.util.Collections.unmodifiableMap(new TreeMap<>(row));
    }
}

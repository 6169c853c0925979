package org.vnetwork.control;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

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

    /** Table and key as commands take them: {@code fdb mac=02:00:00:00:00:01,vlan=10}. */
    public String place() {
        return table + " " + text(key);
    }

    /** Components as commands take them: {@code fixed=true,port=web1}. */
    public static String text(Map<String, String> components) {
        return components.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(","));
    }
}

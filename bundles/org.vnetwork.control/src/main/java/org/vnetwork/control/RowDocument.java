package org.vnetwork.control;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.vnetwork.model.Refusal;

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

    /**
     * Components by name, from what {@link #text} writes.
     *
     * @param what begins each error
     */
    public static Map<String, String> components(String what, String text) {
        Map<String, String> components = new LinkedHashMap<>();
        if (text.isBlank()) {
            return components;
        }
        for (String part : split(text, ",")) {
            int equals = part.indexOf('=');
            if (equals < 1) {
                throw Refusal.value(what, part, "name=value, as in vlan=10,mac=02:00:00:00:00:01", "table:show lists the names");
            }
            if (components.put(part.substring(0, equals).strip(), part.substring(equals + 1).strip()) != null) {
                throw Refusal.value(what, text, part.substring(0, equals) + " only once");
            }
        }
        return components;
    }

    /** Parts between any of these characters, but not those inside brackets or parentheses. */
    public static List<String> split(String text, String separators) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int begin = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '[' || c == '(' ? 1 : c == ']' || c == ')' ? -1 : 0;
            if (depth <= 0 && separators.indexOf(c) >= 0) {
                parts.add(text.substring(begin, i));
                begin = i + 1;
            }
        }
        parts.add(text.substring(begin));
        return parts;
    }

    /** Components as commands take them: {@code fixed=true,port=web1}. */
    public static String text(Map<String, String> components) {
        return components.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(","));
    }
}

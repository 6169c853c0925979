package org.vnetwork.core.row;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.vnetwork.model.Mac;

/** Records as text: components by name, in the words of the console. */
public final class Texts {
    private Texts() {
    }

    /** {@code vlan=10,mac=02:00:00:00:00:01}. */
    public static String of(Record row) {
        return components(row).entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(","));
    }

    /** Component values in order. */
    public static List<Object> values(Record row) {
        return Arrays.stream(row.getClass().getRecordComponents()).map(c -> RowType.value(c, row)).toList();
    }

    /** A record in words of its own, or by components in parentheses; lists likewise; anything else as it is. */
    private static Object nested(Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(v -> String.valueOf(nested(v))).collect(Collectors.joining(" ", "[", "]"));
        }
        if (value instanceof Record row) {
            String own = row.toString();
            return own.startsWith(row.getClass().getSimpleName() + "[") ? "(" + of(row) + ")" : own;
        }
        return value;
    }

    /** Component values by name; MAC addresses (a {@code long} named mac), records and lists as text. */
    public static Map<String, Object> components(Record row) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (RecordComponent component : row.getClass().getRecordComponents()) {
            Object value = RowType.value(component, row);
            if (value instanceof Long mac && component.getName().endsWith("mac")) {
                value = Mac.format(mac);
            } else {
                value = nested(value);
            }
            values.put(component.getName(), value);
        }
        return values;
    }
}

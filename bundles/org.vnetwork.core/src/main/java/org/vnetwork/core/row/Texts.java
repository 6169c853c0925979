package org.vnetwork.core.row;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.vnetwork.model.Mac;
import org.vnetwork.model.PortId;

/**
 * Records as text: components by name, in the words of the console.
 *
 * <p>A list stands in brackets, {@code [a b]}; a record in parentheses, {@code (vlan=10,port=web1)}, unless it has words of its own; a constant by its
 * name. {@link TextRecords} reads all of it.
 */
public final class Texts {
    private static final IntFunction<String> BY_ID = id -> "#" + id;

    private Texts() {
    }

    /** {@code vlan=10,mac=02:00:00:00:00:01}. */
    public static String of(Record row) {
        return of(row, BY_ID);
    }

    private static String of(Record row, IntFunction<String> ports) {
        return components(row, ports).entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(","));
    }

    /** Component values in order. */
    public static List<Object> values(Record row) {
        return Arrays.stream(row.getClass().getRecordComponents()).map(c -> RowType.value(c, row)).toList();
    }

    private static Object nested(Object value, IntFunction<String> ports) {
        return switch (value) {
            case List<?> list -> list.stream().map(v -> String.valueOf(nested(v, ports))).collect(Collectors.joining(" ", "[", "]"));
            case PortId port -> ports.apply(port.value());
            case Record row -> {
                String own = row.toString();
                yield own.startsWith(row.getClass().getSimpleName() + "[") ? "(" + of(row, ports) + ")" : own;
            }
            case Enum<?> constant -> constant.name();
            case null, default -> value;
        };
    }

    /**
     * Component values by name: numbers and truth values as they are, MAC addresses (a {@code long} named mac) and all else as text.
     *
     * @param ports names a port id
     */
    public static Map<String, Object> components(Record row, IntFunction<String> ports) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (RecordComponent component : row.getClass().getRecordComponents()) {
            Object value = RowType.value(component, row);
            boolean mac = value instanceof Long && component.getName().endsWith("mac");
            values.put(component.getName(), mac ? Mac.format((Long) value) : nested(value, ports));
        }
        return values;
    }
}

package org.vnetwork.core.row;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.vnetwork.model.Mac;
import org.vnetwork.model.PortId;

/**
 * Keys and rows as text: components by name, in the words of the console.
 *
 * <p>A list stands in brackets, {@code [a b]}; a record in parentheses, {@code (vlan=10,port=web1)}, unless its class is there and has words of its own; a constant by its
 * name. {@link TextValues} reads all of it.
 */
public final class Texts {
    private static final IntFunction<String> BY_ID = id -> "#" + id;

    private Texts() {
    }

    /** {@code vlan=10,mac=02:00:00:00:00:01}. */
    public static String of(Values values) {
        return joined(components(values, null, BY_ID));
    }

    /** As {@link #of(Values)}, with words of its own for a record that has some. */
    static String of(Values values, RecordCodec classes) {
        return joined(components(values, classes, BY_ID));
    }

    private static String joined(Map<String, Object> components) {
        return components.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(","));
    }

    private static Object value(Object value, Codec codec, IntFunction<String> ports) {
        return switch (value) {
            case List<?> list -> list.stream().map(v -> String.valueOf(value(v, codec instanceof Codec.OfList of ? of.element() : null, ports))).collect(Collectors.joining(" ", "[", "]"));
            case PortId port -> ports.apply(port.value());
            case Values values -> {
                RecordCodec classes = codec instanceof RecordCodec of ? of : null;
                String own = classes == null ? null : classes.words(values);
                yield own == null ? "(" + joined(components(values, classes, ports)) + ")" : own;
            }
            case Number number -> number;
            case Boolean truth -> truth;
            case Character character -> character;
            case null -> null;
            default -> value.toString();
        };
    }

    /** Component values by name; {@code ports} names a port id. */
    public static Map<String, Object> components(Values values, IntFunction<String> ports) {
        return components(values, null, ports);
    }

    /**
     * Component values by name: numbers and truth values as they are, MAC addresses (a {@code long} named mac) and all else as text.
     *
     * @param classes the codec of the values' schema, or null
     * @param ports names a port id
     */
    static Map<String, Object> components(Values values, RecordCodec classes, IntFunction<String> ports) {
        Map<String, Object> texts = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            String name = values.schema().components().get(i).name();
            Object value = values.get(i);
            boolean mac = value instanceof Long && name.endsWith("mac");
            texts.put(name, mac ? Mac.format((Long) value) : value(value, classes == null ? null : classes.part(i), ports));
        }
        return texts;
    }
}

package org.vnetwork.core.row;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.vnetwork.model.Mac;
import org.vnetwork.model.PortId;

/** Records as text: components by name, in the words of the console. */
public final class Texts {
    private Texts() {
    }

    /** {@code vlan=10,mac=02:00:00:00:00:01}. */
    public static String of(Record row) {
        return components(row).entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(","));
    }

    /** Component values by name; MAC addresses (a {@code long} named mac) and port ids as text. */
    public static Map<String, Object> components(Record row) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (RecordComponent component : row.getClass().getRecordComponents()) {
            Object value = RowType.value(component, row);
            if (value instanceof Long mac && component.getName().endsWith("mac")) {
                value = Mac.format(mac);
            } else if (value instanceof PortId port) {
                value = port.toString();
            }
            values.put(component.getName(), value);
        }
        return values;
    }
}

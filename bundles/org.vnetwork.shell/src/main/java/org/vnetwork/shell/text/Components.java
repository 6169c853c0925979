package org.vnetwork.shell.text;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads records component by component. */
final class Components {
    private Components() {
    }

    static Object value(Record item, RecordComponent component) {
        try {
            return component.getAccessor().invoke(item);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("record " + item.getClass().getName() + " cannot be read", e);
        }
    }

    /** Values by a name in words: {@code receivedBytes} is {@code received bytes}, {@code ageMillis} is {@code age}. */
    static Map<String, Object> inWords(Record item) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (RecordComponent component : item.getClass().getRecordComponents()) {
            String name = component.getName();
            Object value = value(item, component);
            if (name.endsWith("Millis")) {
                value = Cells.millis(((Number) value).longValue());
                name = name.substring(0, name.length() - "Millis".length());
            } else if (name.endsWith("Seconds")) {
                value = Cells.millis(1000 * ((Number) value).longValue());
                name = name.substring(0, name.length() - "Seconds".length());
            }
            values.put(name.replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(java.util.Locale.ROOT), value);
        }
        return values;
    }
}

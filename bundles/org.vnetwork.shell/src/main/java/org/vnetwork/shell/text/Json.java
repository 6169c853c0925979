package org.vnetwork.shell.text;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.vnetwork.control.LimitsDocument;
import org.vnetwork.model.VlanSet;

/** Turns results into JSON: records become objects with their components in order. */
public final class Json {
    private static final JSON WRITER = JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).with(JSON.Feature.WRITE_NULL_PROPERTIES);

    private Json() {
    }

    /** JSON text of a result; {@code null} for a command that returns nothing. */
    public static String of(Object result) {
        if (result instanceof JsonText text) {
            return text.json();
        }
        try {
            return WRITER.asString(tree(result));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Object tree(Object value) {
        return switch (value) {
            case null -> null;
            case InSwitch view -> inSwitch(view);
            case LimitsDocument limits -> members(limits.set());
            case VlanSet vlans -> vlans.toString();
            case Record item -> members(item);
            case Map<?, ?> map -> members(map);
            case Iterable<?> items -> elements(items);
            case Optional<?> maybe -> tree(maybe.orElse(null));
            case Number number -> number;
            case Boolean flag -> flag;
            default -> value.toString();
        };
    }

    private static Map<String, Object> inSwitch(InSwitch view) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("switch", view.switchName());
        members.putAll(members((Record) view.view()));
        return members;
    }

    private static Map<String, Object> members(Record item) {
        Map<String, Object> members = new LinkedHashMap<>();
        for (RecordComponent component : item.getClass().getRecordComponents()) {
            members.put(component.getName(), tree(Components.value(item, component)));
        }
        return members;
    }

    private static Map<String, Object> members(Map<?, ?> map) {
        Map<String, Object> members = new LinkedHashMap<>();
        map.forEach((key, value) -> members.put(String.valueOf(key), tree(value)));
        return members;
    }

    private static List<Object> elements(Iterable<?> items) {
        List<Object> elements = new java.util.ArrayList<>();
        items.forEach(item -> elements.add(tree(item)));
        return elements;
    }
}

package org.vnetwork.core.row;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.vnetwork.model.Refusal;

/** Rows of another schema as records of a class: by its upgrade function when it has one, else by names. The one place that calls such a function. */
final class Upgrade {
    private static final String NAME = "upgrade";

    private final RecordCodec rows;
    private final Method function;

    Upgrade(RecordCodec rows) {
        this.rows = rows;
        this.function = rows.method(NAME, Map.class);
        if (function == null && Arrays.stream(rows.type().getDeclaredMethods()).anyMatch(m -> m.getName().equals(NAME) && m.getParameterCount() == 1)) {
            throw new Refusal("data type: method upgrade of " + rows.type().getName() + " (expected: static " + rows.type().getSimpleName() + " upgrade(Map<String, Object> components))");
        }
        if (function != null) {
            function.setAccessible(true);
        }
    }

    /** Whether there is a function, so that it does not matter whether names suffice. */
    boolean isThere() {
        return function != null;
    }

    /**
     * The values of a row in the schema of the class.
     *
     * @throws Conversion.Misfit when it has none there
     */
    Values values(Conversion byName, Values key, Values row) {
        if (function == null) {
            Values values = byName.apply(row);
            made(values);
            return values;
        }
        return called(key, row);
    }

    /** As {@link #values}, as a record. */
    Record record(Conversion byName, Values key, Values row) {
        return made(function == null ? byName.apply(row) : called(key, row));
    }

    private Record made(Values values) {
        try {
            return rows.live(values);
        } catch (RuntimeException | LinkageError e) {
            throw new Conversion.Misfit(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private Values called(Values key, Values row) {
        Map<String, Object> components = map(key);
        components.putAll(map(row));
        String name = rows.type().getName() + "." + NAME;
        try {
            Object made = function.invoke(null, Collections.unmodifiableMap(components));
            Values values = made == null ? null : rows.neutral(made);
            if (values == null || !rows.schema().holds(values)) {
                throw new Conversion.Misfit(name + " returned " + (values == null ? "null" : values));
            }
            return values;
        } catch (InvocationTargetException e) {
            throw new Conversion.Misfit(name + " failed: " + e.getCause());
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw e instanceof Conversion.Misfit misfit ? misfit : new Conversion.Misfit(name + " failed: " + e);
        }
    }

    private static Map<String, Object> map(Values values) {
        Map<String, Object> map = new LinkedHashMap<>();
        values.schema().names().forEach(name -> map.put(name, plain(values.get(name))));
        return map;
    }

    private static Object plain(Object value) {
        return switch (value) {
            case Values values -> Collections.unmodifiableMap(map(values));
            case List<?> list -> {
                List<Object> plain = new ArrayList<>();
                list.forEach(v -> plain.add(plain(v)));
                yield Collections.unmodifiableList(plain);
            }
            case null -> null;
            default -> value;
        };
    }
}

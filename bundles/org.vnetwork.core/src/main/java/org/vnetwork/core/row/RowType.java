package org.vnetwork.core.row;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.vnetwork.model.PortId;
import org.vnetwork.model.Refusal;
import org.vnetwork.table.DataType;

/**
 * A data type: its id and the records that make up its keys and rows, checked.
 *
 * @param id {@code fdb/1}
 */
record RowType(String id, Class<? extends Record> key, Class<? extends Record> row) {
    private static final Pattern ID = Pattern.compile("[a-z][a-z0-9.-]*/[1-9][0-9]*");
    private static final Set<Class<?>> SCALARS = Set.of(int.class, long.class, short.class, byte.class, boolean.class, char.class, double.class, float.class,
            Integer.class, Long.class, Boolean.class, String.class);

    static RowType of(Class<? extends Record> key, Class<? extends Record> row) {
        DataType type = row.getAnnotation(DataType.class);
        if (type == null) {
            throw new Refusal("data type: " + row.getName() + " has no @DataType (expected: an id and version as in @DataType(\"com.acme.qos/1\"))");
        }
        if (!ID.matcher(type.value()).matches()) {
            throw Refusal.value("data type", type.value(), "lower-case id, slash, version from 1");
        }
        check(key, type.value());
        check(row, type.value());
        return new RowType(type.value(), key, row);
    }

    private static void check(Class<?> type, String id) {
        for (RecordComponent component : type.getRecordComponents()) {
            checkType(component.getGenericType(), component.getType(), id + " component " + component.getName());
        }
    }

    private static void checkType(Type generic, Class<?> type, String what) {
        if (SCALARS.contains(type) || type.isEnum()) {
            return;
        }
        if (type.isRecord()) {
            check(type, what);
        } else if (type == List.class && generic instanceof ParameterizedType list && list.getActualTypeArguments()[0] instanceof Class<?> element) {
            checkType(element, element, what);
        } else {
            throw Refusal.value(what, type.getName(), "a primitive, String, enum, record or List of these");
        }
    }

    /** Whether any change of a row may deny what was allowed. */
    boolean isPolicy() {
        return row.getAnnotation(DataType.class).policy();
    }

    /** Accessors of key and row components by name; a name in both means the key's. */
    Map<String, Method> accessors() {
        Map<String, Method> accessors = new HashMap<>();
        for (RecordComponent component : row.getRecordComponents()) {
            accessors.put(component.getName(), component.getAccessor());
        }
        for (RecordComponent component : key.getRecordComponents()) {
            accessors.put(component.getName(), component.getAccessor());
        }
        return accessors;
    }

    /** Accessors of the components of a key or row that name a port. */
    List<Method> ports(Class<? extends Record> part) {
        return Arrays.stream(part.getRecordComponents()).filter(c -> c.getType() == PortId.class).map(RecordComponent::getAccessor).toList();
    }

    static Object value(RecordComponent component, Record row) {
        return invoke(component.getAccessor(), row);
    }

    static Object invoke(Method accessor, Record row) {
        try {
            accessor.setAccessible(true);
            return accessor.invoke(row);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("component " + accessor.getName() + " of " + row.getClass().getName() + " cannot be read", e);
        }
    }
}

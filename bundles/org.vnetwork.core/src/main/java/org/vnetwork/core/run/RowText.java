package org.vnetwork.core.run;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.vnetwork.control.RowDocument;
import org.vnetwork.core.row.RowTable;
import org.vnetwork.core.row.Tables;
import org.vnetwork.model.Mac;
import org.vnetwork.model.PortId;
import org.vnetwork.model.Refusal;

/** Rows that the administrator writes as text: finds the table, makes the records. Loop thread only. */
final class RowText {
    private final Tables tables;
    private final ToIntFunction<String> ports;

    /** {@code ports}: the id of a port of this name; 0 when there is none. */
    RowText(Tables tables, ToIntFunction<String> ports) {
        this.tables = tables;
        this.ports = ports;
    }

    /** The table of a data type's id, with or without its version. */
    static RowTable table(Tables tables, String type) {
        return tables.all().stream().filter(t -> isType(t, type)).findFirst()
                .orElseThrow(() -> Refusal.value("table", type, "one of " + tables.all().stream().map(RowTable::id).collect(Collectors.joining(", "))));
    }

    void apply(RowDocument document, boolean present) {
        if (!present && !isKnown(document.table())) {
            return;
        }
        RowTable table = table(tables, document.table());
        Record key = record(table.keyClass(), document.key(), table.id() + " key");
        if (present) {
            tables.place(table, key, record(table.rowClass(), document.row(), table.id() + " row"));
        } else {
            table.rows().stream().filter(r -> r.key().equals(key)).findFirst().ifPresent(tables::takeAway);
        }
    }

    private boolean isKnown(String type) {
        return tables.all().stream().anyMatch(t -> isType(t, type));
    }

    private static boolean isType(RowTable table, String type) {
        return table.id().equals(type) || table.id().startsWith(type + "/");
    }

    /** Refuses a row that could not be placed. */
    void check(RowDocument document) {
        RowTable table = table(tables, document.table());
        if (table.isConfigured()) {
            throw new Refusal("table: " + table.id() + " (expected: one whose rows can be placed) is the platform's own; port and switch commands change it");
        }
        record(table.keyClass(), document.key(), table.id() + " key");
        record(table.rowClass(), document.row(), table.id() + " row");
    }

    /** Whether there is a row of this key. */
    boolean has(RowDocument document) {
        if (!isKnown(document.table())) {
            return false;
        }
        RowTable table = table(tables, document.table());
        Record key = record(table.keyClass(), document.key(), table.id() + " key");
        return table.rows().stream().anyMatch(r -> r.key().equals(key));
    }

    /** Names that stand in the places of ports. */
    List<String> portsNamed(RowDocument document) {
        if (!isKnown(document.table())) {
            return List.of();
        }
        RowTable table = table(tables, document.table());
        List<String> names = new ArrayList<>(portsNamed(table.keyClass(), document.key()));
        names.addAll(portsNamed(table.rowClass(), document.row()));
        return names;
    }

    private static List<String> portsNamed(Class<? extends Record> type, Map<String, String> texts) {
        return Arrays.stream(type.getRecordComponents()).filter(c -> c.getType() == PortId.class).map(c -> texts.get(c.getName())).filter(Objects::nonNull).toList();
    }

    private Record record(Class<? extends Record> type, Map<String, String> texts, String what) {
        RecordComponent[] components = type.getRecordComponents();
        String names = Arrays.stream(components).map(RecordComponent::getName).collect(Collectors.joining(","));
        if (texts.size() != components.length) {
            throw Refusal.value(what, texts.keySet(), "the components " + names);
        }
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            String text = texts.get(components[i].getName());
            if (text == null) {
                throw Refusal.value(what, texts.keySet(), "the components " + names);
            }
            values[i] = value(components[i], text, what + " component " + components[i].getName());
        }
        try {
            Constructor<? extends Record> constructor = type.getDeclaredConstructor(Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof Refusal refusal ? refusal : new Refusal(what + ": " + e.getCause().getMessage(), e);
        } catch (ReflectiveOperationException e) {
            throw new Refusal(what + ": cannot be made from text (" + e + ")", e);
        }
    }

    private Object value(RecordComponent component, String text, String what) {
        Class<?> type = component.getType();
        if (type == PortId.class) {
            int port = ports.applyAsInt(text);
            if (port == 0) {
                throw Refusal.value(what, text, "the name of a port of this switch");
            }
            return new PortId(port);
        }
        if (type == boolean.class) {
            if (!text.equals("true") && !text.equals("false")) {
                throw Refusal.value(what, text, "true or false");
            }
            return Boolean.valueOf(text);
        }
        if (type == String.class) {
            return text;
        }
        if (type == long.class && component.getName().endsWith("mac")) {
            return Mac.parse(text);
        }
        try {
            if (type == int.class) {
                return Integer.valueOf(text);
            }
            if (type == long.class) {
                return Long.valueOf(text);
            }
        } catch (NumberFormatException e) {
            throw Refusal.value(what, text, "a number");
        }
        throw Refusal.value(what, text, "a component that can be written as text; " + type.getSimpleName() + " cannot");
    }
}

package org.vnetwork.core.run;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.vnetwork.control.RowDocument;
import org.vnetwork.core.row.Row;
import org.vnetwork.core.row.RowTable;
import org.vnetwork.core.row.Tables;
import org.vnetwork.model.Mac;
import org.vnetwork.model.PortId;
import org.vnetwork.model.Refusal;

/** Rows that the administrator writes as text: finds the table, makes the records. Loop thread only. */
final class RowText {
    private final Tables tables;
    private final SwitchPorts ports;

    RowText(Tables tables, SwitchPorts ports) {
        this.tables = tables;
        this.ports = ports;
    }

    /** The table of a data type's id, with or without its version. */
    static RowTable table(Tables tables, String type) {
        return tables.all().stream().filter(t -> t.id().equals(type) || t.id().startsWith(type + "/")).findFirst()
                .orElseThrow(() -> Refusal.value("table", type, "one of " + tables.all().stream().map(RowTable::id).collect(Collectors.joining(", "))));
    }

    void apply(RowDocument document, boolean present) {
        RowTable table = table(tables, document.table());
        Record key = record(table.keyClass(), document.key(), table.id() + " key");
        if (present) {
            tables.place(table, key, record(table.rowClass(), document.row(), table.id() + " row"));
        } else {
            table.rows().stream().filter(r -> r.key().equals(key)).findFirst().ifPresent((Row row) -> tables.removeRow(row));
        }
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
            SwitchPorts.Held port = ports.byName(text);
            if (port == null) {
                throw Refusal.value(what, text, "the name of a port of this switch");
            }
            return new PortId(port.document.id());
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

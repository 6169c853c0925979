package org.vnetwork.core.row;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.vnetwork.control.RowDocument;
import org.vnetwork.model.Refusal;

/** Rows that the administrator writes as text: finds the table, makes key and row, whether or not a bundle is there that uses them. Loop thread only. */
public final class RowText {
    private final Tables tables;
    private final TextValues values;

    /** {@code ports}: the id of a port of this name; 0 when there is none. */
    public RowText(Tables tables, ToIntFunction<String> ports) {
        this.tables = tables;
        this.values = new TextValues(ports);
    }

    /** The table of a data type's id, with or without its version. */
    public static RowTable table(Tables tables, String type) {
        return tables.all().stream().filter(t -> isType(t, type)).findFirst()
                .orElseThrow(() -> Refusal.value("table", type, "one of " + tables.all().stream().map(RowTable::id).collect(Collectors.joining(", "))));
    }

    /** Places a row, or with {@code present} false takes it away. */
    public void apply(RowDocument document, boolean present) {
        if (!present && !isKnown(document.table())) {
            return;
        }
        RowTable table = writable(document.table());
        Values key = key(table, document);
        if (present) {
            tables.place(table, key, row(table, document));
        } else {
            find(table, key).ifPresent(tables::takeAway);
        }
    }

    private Values key(RowTable table, RowDocument document) {
        return values.make(table.keySchema(), table.keyClasses(), document.key(), table.id() + " key");
    }

    private Values row(RowTable table, RowDocument document) {
        return values.make(table.rowSchema(), table.rowClasses(), document.row(), table.id() + " row");
    }

    private static java.util.Optional<Row> find(RowTable table, Values key) {
        return java.util.Optional.ofNullable(table.peek(key)).filter(row -> row.value != null);
    }

    /** A table whose rows an administrator may write. */
    private RowTable writable(String type) {
        RowTable table = table(tables, type);
        if (table.isConfigured()) {
            throw Refusal.value("table", table.id(), "one of an engine or a filter", "the rows of this one are the platform's own");
        }
        return table;
    }

    /** Removes a row, whoever wrote it; refused as {@link #find} refuses. */
    public void remove(RowDocument document) {
        tables.takeAway(find(document));
    }

    /**
     * The row of a key.
     *
     * @throws Refusal when there is none, or the rows of the table are the platform's own
     */
    public Row find(RowDocument document) {
        RowTable table = writable(document.table());
        return find(table, key(table, document))
                .orElseThrow(() -> Refusal.value("row", RowDocument.text(document.key()), "the key of a row of table " + table.id(), "table:show lists them"));
    }

    private boolean isKnown(String type) {
        return tables.all().stream().anyMatch(t -> isType(t, type));
    }

    private static boolean isType(RowTable table, String type) {
        return table.id().equals(type) || table.id().startsWith(type + "/");
    }

    /** Refuses a row that could not be placed. */
    public void check(RowDocument document) {
        RowTable table = writable(document.table());
        key(table, document);
        row(table, document);
    }

    /** Whether there is a row of this key. */
    public boolean has(RowDocument document) {
        if (!isKnown(document.table())) {
            return false;
        }
        RowTable table = table(tables, document.table());
        return find(table, key(table, document)).isPresent();
    }

    /** Names that stand in the places of ports. */
    public List<String> portsNamed(RowDocument document) {
        if (!isKnown(document.table())) {
            return List.of();
        }
        RowTable table = table(tables, document.table());
        List<String> names = new ArrayList<>(portsNamed(table.keySchema(), document.key()));
        names.addAll(portsNamed(table.rowSchema(), document.row()));
        return names;
    }

    private static List<String> portsNamed(Schema schema, Map<String, String> texts) {
        return schema.components().stream().filter(c -> c.kind() == Kind.Scalar.PORT).map(c -> texts.get(c.name())).filter(Objects::nonNull).toList();
    }
}

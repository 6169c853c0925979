package org.vnetwork.core.row;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.vnetwork.model.Refusal;

/** Indexes of one table, one for each component that was asked for. Loop thread only. */
final class Indexes {
    private final RowTable table;
    private final Map<String, RowIndex> indexes = new HashMap<>();

    Indexes(RowTable table) {
        this.table = table;
    }

    private RowIndex of(String component) {
        if (!table.has(component)) {
            throw Refusal.value("component of " + table.id(), component, "one of " + String.join(", ", new TreeSet<>(table.type().components())));
        }
        return indexes.computeIfAbsent(component, c -> new RowIndex(table, c));
    }

    /** What is depended on by asking for a value in a component. */
    Dependency dependency(String component, Object value) {
        return of(component).dependency(value);
    }

    /** Rows with this value in this component. */
    Collection<Row> find(String component, Object value) {
        return of(component).rows(value);
    }

    /** The value of a component in a key and row. */
    Object value(String component, Values key, Values row) {
        return of(component).value(key, row);
    }

    /** As {@link RowIndex#changed}. */
    void changed(Row row, Values before, boolean mayDeny) {
        indexes.values().forEach(index -> index.changed(row, before, mayDeny));
    }

    /** The table has another schema, and all rows are in it. */
    void adapt(Conversion keys, Conversion rows) {
        indexes.values().removeIf(index -> !index.adapt(keys, rows));
    }

    void sweep() {
        indexes.values().forEach(RowIndex::sweep);
    }

    boolean isRead() {
        return indexes.values().stream().anyMatch(RowIndex::isRead);
    }

    void addReaders(Set<Dependency.Reader> readers) {
        indexes.values().forEach(index -> index.addReaders(readers));
    }
}

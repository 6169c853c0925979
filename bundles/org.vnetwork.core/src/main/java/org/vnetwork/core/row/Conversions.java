package org.vnetwork.core.row;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.vnetwork.table.DataType;
import org.vnetwork.table.Table;

/**
 * Rows of one switch that other classes take over, with a way back. Loop thread only.
 *
 * <p>{@link #begin} and {@link RowConversion#work} try it and change nothing, {@link #make} makes it true and keeps the rows before as base, {@link #back} returns to these,
 * {@link #confirm} forgets them. Until it is confirmed, the next process finds the base.
 */
public final class Conversions {
    private final Tables tables;
    private final Map<String, BaseRows> bases = new HashMap<>();

    Conversions(Tables tables) {
        this.tables = tables;
    }

    /**
     * Begins to convert the rows of a type for other classes; null when no such table is there. Nothing is changed.
     *
     * @param key the other class of keys
     * @param row the other class of rows; carries the type's id
     * @throws org.vnetwork.model.Refusal when a class cannot be a key or row
     */
    public RowConversion begin(Class<? extends Record> key, Class<? extends Record> row) {
        DataType type = RowType.of(row);
        RowTable table = tables.find(type.value());
        return table == null ? null : new RowConversion(table, RecordCodec.of(key, type.value()), RecordCodec.of(row, type.value()), type.policy());
    }

    /** As {@link #begin} for the classes of a view; null when the table has their schema. */
    public RowConversion beginFor(Table<?, ?> view) {
        Form form = ((View<?, ?>) view).form();
        return form.isTables() ? null : new RowConversion(form.table(), form.keys(), form.rows(), form.table().type().policy());
    }

    /**
     * Makes a conversion true; rows without a place go.
     *
     * @return how many went
     */
    public int make(RowConversion conversion) {
        bases.computeIfAbsent(conversion.table().id(), id -> new BaseRows(conversion.table()));
        return become(conversion, false);
    }

    /** As {@link #make} without a way back, when {@code confirmed}. */
    int become(RowConversion conversion, boolean confirmed) {
        RowTable table = conversion.table();
        int before = table.count();
        if (confirmed) {
            bases.remove(table.id());
        }
        table.become(conversion.to(), conversion.moved(), confirmed, tables.now());
        return before - table.count();
    }

    /** Data types of which base rows are kept. */
    public Set<String> bases() {
        return Set.copyOf(bases.keySet());
    }

    /**
     * Goes back to the base rows of a type: rows that did not change since are as they were, others come along as far as they have a place.
     *
     * @return how many have none and are gone; 0 when there is no base
     */
    public int back(String type) {
        BaseRows base = bases.remove(type);
        if (base == null) {
            return 0;
        }
        RowTable table = tables.find(type);
        int before = table.count();
        table.become(base.type(), base.back(table), true, tables.now());
        return before - table.count();
    }

    /** Forgets the base rows of a type: what is now is meant. */
    public void confirm(String type) {
        if (bases.remove(type) != null) {
            tables.find(type).confirm();
        }
    }

    void forget(RowTable table) {
        bases.remove(table.id());
    }
}

package org.vnetwork.core.row;

import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Rows of one table by the value of one component.
 *
 * <p>A value is there as long as rows have it or a flow has asked for it, since "none" is an answer too. Loop thread only.
 */
final class RowIndex {
    private final RowTable table;
    private final Method accessor;
    private final Map<Object, Bucket> buckets = new HashMap<>();

    /** The rows with one value; as a dependency: which ones these are. */
    private final class Bucket extends Dependency {
        private final Object value;
        private final Set<Row> rows = new LinkedHashSet<>();

        Bucket(Object value) {
            super(table.id() + "[" + accessor.getName() + "=" + value + ", any]");
            this.value = value;
        }

        @Override
        protected boolean name(ByteBuffer to) {
            return table.names() != null && table.names().value(accessor, value, to);
        }
    }

    /** An index of the rows that are there. */
    RowIndex(RowTable table, Method accessor) {
        this.table = table;
        this.accessor = accessor;
        for (Row row : table.rows()) {
            bucket(value(row.key, row.value)).rows.add(row);
        }
    }

    private Bucket bucket(Object value) {
        return buckets.computeIfAbsent(value, Bucket::new);
    }

    /** What is depended on by asking for a value. */
    Dependency dependency(Object value) {
        return bucket(value);
    }

    /** Rows with this value. */
    Collection<Row> rows(Object value) {
        return bucket(value).rows;
    }

    /** The value in a key and row. */
    Object value(Record key, Record row) {
        return RowType.invoke(accessor, accessor.getDeclaringClass() == key.getClass() ? key : row);
    }

    /** Puts a row that was changed where it belongs now, and tells who asked for what it entered or left; {@code mayDeny}: the change may deny what was allowed. */
    void changed(Row row, Record before, boolean mayDeny) {
        Object old = before == null ? null : value(row.key, before);
        Object now = row.value == null ? null : value(row.key, row.value);
        if (Objects.equals(old, now)) {
            return;
        }
        if (old != null) {
            bucket(old).rows.remove(row);
            bucket(old).changed(mayDeny);
        }
        if (now != null) {
            bucket(now).rows.add(row);
            bucket(now).changed(mayDeny);
        }
    }

    /** Drops values that no row has and that nothing depends on. */
    void sweep() {
        buckets.values().removeIf(b -> b.rows.isEmpty() && b.readers() == 0);
    }

    /** Adds the readers of all values. */
    void addReaders(Set<Dependency.Reader> readers) {
        buckets.values().forEach(b -> readers.addAll(b.all()));
    }
}

package org.vnetwork.core.row;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
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
    private final String component;
    private final Map<Object, Bucket> buckets = new HashMap<>();
    private boolean inKey;
    private int place;

    /** The rows with one value; as a dependency: which ones these are. */
    private final class Bucket extends Dependency {
        private Object value;
        private final Set<Row> rows = new LinkedHashSet<>();

        Bucket(Object value) {
            this.value = value;
        }

        @Override
        public RowTable table() {
            return table;
        }

        @Override
        protected String text() {
            return table.id() + "[" + component + "=" + value + ", any]";
        }

        @Override
        protected boolean name(ByteBuffer to) {
            return table.names() != null && table.names().value(component, value, to);
        }
    }

    /** An index of the rows that are there. */
    RowIndex(RowTable table, String component) {
        this.table = table;
        this.component = component;
        adapt();
        fill();
    }

    /** Finds its component in the table's schema; false when there is none. */
    private boolean adapt() {
        int ofKey = table.keySchema().place(component);
        inKey = ofKey >= 0;
        place = inKey ? ofKey : table.rowSchema().place(component);
        return place >= 0;
    }

    private void fill() {
        table.eachRow(row -> bucket(value(row.key, row.value)).rows.add(row));
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
    Object value(Values key, Values row) {
        return (inKey ? key : row).get(place);
    }

    /** Puts a row that was changed where it belongs now, and tells who asked for what it entered or left; {@code mayDeny}: the change may deny what was allowed. */
    void changed(Row row, Values before, boolean mayDeny) {
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

    /**
     * The table has another schema, and all rows are in it: who asked for a value that has a place in it goes on asking for that one, all others are told.
     *
     * @return false when the component is no more
     */
    boolean adapt(Conversion keys, Conversion rows) {
        List<Bucket> before = new ArrayList<>(buckets.values());
        boolean wasInKey = inKey;
        buckets.clear();
        boolean there = adapt() && inKey == wasInKey;
        Conversion conversion = wasInKey ? keys : rows;
        for (Bucket bucket : before) {
            bucket.rows.clear();
            Object value = there ? converted(conversion, bucket.value) : null;
            if (value == null || buckets.containsKey(value)) {
                bucket.changed(true);
            } else {
                bucket.value = value;
                buckets.put(value, bucket);
            }
        }
        if (there) {
            fill();
        }
        return there;
    }

    private Object converted(Conversion conversion, Object value) {
        try {
            return conversion == null || value == null ? value : conversion.component(component, value);
        } catch (Conversion.Misfit e) {
            return null;
        }
    }

    /** Drops values that no row has and that nothing depends on. */
    void sweep() {
        buckets.values().removeIf(b -> b.rows.isEmpty() && b.readers() == 0);
    }

    /** Whether anything is asked for by a flow. */
    boolean isRead() {
        return buckets.values().stream().anyMatch(b -> b.readers() > 0);
    }

    /** Adds the readers of all values. */
    void addReaders(Set<Dependency.Reader> readers) {
        buckets.values().forEach(b -> readers.addAll(b.all()));
    }
}

package org.vnetwork.core.row;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one decision read, would write and refreshed; nothing of it is visible outside until {@link #commit}.
 *
 * <p>Reads stay recorded when a stage is rolled back: that it failed depended on them. Loop thread only.
 */
public final class Transaction {
    private final Set<Dependency> reads = new LinkedHashSet<>();
    private final List<Write> writes = new ArrayList<>();
    private final Map<Row, Long> refreshes = new LinkedHashMap<>();
    private final Transaction base;
    private boolean touched;

    /** A transaction on the committed rows. */
    Transaction() {
        this(null);
    }

    /** A transaction on the rows as they would be after another one, which is never committed itself. */
    Transaction(Transaction base) {
        this.base = base;
    }

    /** A row put or, with a null value, removed. */
    private record Write(RowTable table, Record key, Record value, long idleNanos) {
        @Override
        public String toString() {
            String place = table.id() + "[" + Texts.of(key) + "]";
            return value == null ? "remove " + place : "put " + place + " = " + Texts.of(value);
        }
    }

    /** Records a read of another kind than rows. */
    public void read(Dependency dependency) {
        reads.add(dependency);
    }

    Record get(RowTable table, Record key) {
        Row row = table.place(key);
        reads.add(row.dependency);
        Write write = pending(table, key);
        return write == null ? row.value : write.value();
    }

    /** The newest write of a key here or in the base. */
    private Write pending(RowTable table, Record key) {
        Write write = written(table, key);
        return write != null || base == null ? write : base.written(table, key);
    }

    List<Record> find(RowTable table, String component, Object value) {
        reads.add(table.dependency(component, value));
        List<Record> keys = new ArrayList<>();
        for (Row row : table.find(component, value)) {
            if (pending(table, row.key) == null) {
                keys.add(row.key);
            }
        }
        if (base != null) {
            addWritten(base.writes, table, component, value, keys);
        }
        addWritten(writes, table, component, value, keys);
        return keys;
    }

    private void addWritten(List<Write> from, RowTable table, String component, Object value, List<Record> keys) {
        for (Write write : from) {
            if (write.table() == table && write.value() != null && write == pending(table, write.key())
                    && value.equals(table.component(component, write.key(), write.value()))) {
                keys.add(write.key());
            }
        }
    }

    void put(RowTable table, Record key, Record value, long idleNanos) {
        Record present = get(table, key);
        Row row = table.place(key);
        boolean sameLife = pending(table, key) != null || row.idleNanos == idleNanos;
        if (value.equals(present) && sameLife) {
            if (idleNanos != Row.NEVER && pending(table, key) == null) {
                refreshes.put(row, row.version);
            }
            return;
        }
        writes.add(new Write(table, key, value, idleNanos));
        touched = true;
    }

    void remove(RowTable table, Record key) {
        if (get(table, key) != null) {
            writes.add(new Write(table, key, null, Row.NEVER));
            touched = true;
        }
    }

    private Write written(RowTable table, Record key) {
        for (int i = writes.size() - 1; i >= 0; i--) {
            Write write = writes.get(i);
            if (write.table() == table && write.key().equals(key)) {
                return write;
            }
        }
        return null;
    }

    /** A point to roll back to. */
    public int savepoint() {
        return writes.size();
    }

    /** Undoes the writes since a savepoint. */
    public void rollback(int savepoint) {
        writes.subList(savepoint, writes.size()).clear();
        touched = !writes.isEmpty();
    }

    /** Whether there is anything to commit besides refreshes. */
    public boolean wrote() {
        return touched;
    }

    /** What was read, in order. */
    public Collection<Dependency> reads() {
        return reads;
    }

    /** Rows that were put again as they were, with the versions that this was true of. */
    public Map<Row, Long> refreshes() {
        return refreshes;
    }

    /** Writes as text, in order. */
    public List<String> writes() {
        return writes.stream().map(Write::toString).toList();
    }

    /** Makes the writes and refreshes real, in order. */
    public void commit(long now) {
        for (Write write : writes) {
            write.table().apply(write.key(), write.value(), write.idleNanos(), now);
        }
        refreshes.forEach((row, version) -> row.refresh(version, now));
    }
}

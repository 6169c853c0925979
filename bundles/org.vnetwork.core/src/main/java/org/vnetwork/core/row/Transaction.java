package org.vnetwork.core.row;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.vnetwork.model.Refusal;

/**
 * What one decision read, would write and refreshed; nothing of it is visible outside until {@link #commit}.
 *
 * <p>Reads stay recorded when a stage is rolled back: that it failed depended on them. Loop thread only.
 */
public final class Transaction {
    /** Rows that one engine or filter may write in one decision. */
    static final int MOST_WRITES = 4_096;
    /** While they are few, a set would cost more than looking through them; a flood reads a row of each port. */
    private static final int FEW = 32;

    private final List<Dependency> reads = new ArrayList<>();
    /** The reads once more, when they are many; else empty. */
    private final Set<Dependency> manyReads = new HashSet<>();
    private final List<Write> writes = new ArrayList<>();
    private final Map<Place, Write> newest = new HashMap<>();
    private final Map<Row, Long> refreshes = new LinkedHashMap<>();
    private final List<Runnable> refusals = new ArrayList<>();
    private final Transaction base;
    /** How many writes there were when the stage began that runs now. */
    private int writesBefore;

    /** A transaction on the committed rows. */
    Transaction() {
        this(null);
    }

    /** A transaction on the rows as they would be after another one, which is never committed itself. */
    Transaction(Transaction base) {
        this.base = base;
    }

    /** Where a write goes; tables are compared by identity. */
    private record Place(RowTable table, Record key) {
    }

    /** A row put or, with a null value, removed. */
    private record Write(RowTable table, Record key, Record value, long idleNanos) {
        @Override
        public String toString() {
            String place = table.id() + "[" + Texts.of(key) + "]";
            String text = value == null ? "" : Texts.of(value);
            return (value == null ? "remove " : "put ") + place + (text.isEmpty() ? "" : " = " + text);
        }
    }

    /** Records a read of another kind than rows. */
    public void read(Dependency dependency) {
        if (reads.size() < FEW) {
            if (!reads.contains(dependency)) {
                reads.add(dependency);
            }
            return;
        }
        if (manyReads.isEmpty()) {
            manyReads.addAll(reads);
        }
        if (manyReads.add(dependency)) {
            reads.add(dependency);
        }
    }

    Record get(RowTable table, Record key) {
        Row row = table.place(key);
        read(row);
        Write write = pending(table, key);
        return write == null ? row.value : write.value();
    }

    /** The newest write of a key here or in the base. */
    private Write pending(RowTable table, Record key) {
        Write write = written(table, key);
        return write != null || base == null ? write : base.written(table, key);
    }

    List<Record> find(RowTable table, String component, Object value) {
        read(table.dependency(component, value));
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

    /** How many keys {@link #find} would list, without listing them. */
    int count(RowTable table, String component, Object value) {
        read(table.dependency(component, value));
        Collection<Row> committed = table.find(component, value);
        int count = committed.size();
        for (Record key : writtenKeys(table)) {
            Row row = table.peek(key);
            Write now = pending(table, key);
            count -= row != null && committed.contains(row) ? 1 : 0;
            count += now.value() != null && value.equals(table.component(component, key, now.value())) ? 1 : 0;
        }
        return count;
    }

    private Set<Record> writtenKeys(RowTable table) {
        Set<Record> keys = base == null ? new LinkedHashSet<>() : base.writtenKeys(table);
        writes.stream().filter(w -> w.table() == table).forEach(w -> keys.add(w.key()));
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
        Dependency closed = table.closed(key, value, idleNanos);
        if (closed != null) {
            read(closed);
            refusals.add(() -> table.refused(closed, key, value));
            return;
        }
        writeWithin(new Write(table, key, value, idleNanos));
    }

    void remove(RowTable table, Record key) {
        if (get(table, key) != null) {
            writeWithin(new Write(table, key, null, Row.NEVER));
        }
    }

    /** A write of a stage, which is refused beyond its share: others wait for the decision, and a row that is not committed costs memory all the same. */
    private void writeWithin(Write write) {
        if (writes.size() - writesBefore >= MOST_WRITES) {
            throw new Refusal("a decision may write 4,096 rows at most by one engine or filter: " + write + " is one too many");
        }
        write(write);
    }

    private Write written(RowTable table, Record key) {
        return newest.isEmpty() ? null : newest.get(new Place(table, key));
    }

    private void write(Write write) {
        writes.add(write);
        newest.put(new Place(write.table(), write.key()), write);
    }

    /** Takes over what another transaction wrote, as if it had been written here; for overlays that grow decision by decision. */
    public void absorb(Transaction other) {
        other.writes.forEach(this::write);
    }

    /** A point to roll back to: how much had been written, refreshed and refused. */
    public record Savepoint(int writes, int refreshes, int refusals) {
    }

    /** A point to roll back to, where a stage begins. */
    public Savepoint savepoint() {
        writesBefore = writes.size();
        return new Savepoint(writes.size(), refreshes.size(), refusals.size());
    }

    /** Undoes the writes and refreshes since a savepoint, and counts no refusal since. */
    public void rollback(Savepoint savepoint) {
        writes.subList(savepoint.writes(), writes.size()).clear();
        refusals.subList(savepoint.refusals(), refusals.size()).clear();
        newest.clear();
        writes.forEach(w -> newest.put(new Place(w.table(), w.key()), w));
        List.copyOf(refreshes.keySet()).stream().skip(savepoint.refreshes()).forEach(refreshes::remove);
    }

    /** Whether there is anything to commit besides refreshes. */
    public boolean wrote() {
        return !writes.isEmpty();
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
        refusals.forEach(Runnable::run);
    }
}

package org.vnetwork.core.row;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    private record Place(RowTable table, Values key) {
    }

    /** A row put or, with a null value, removed: as the table would keep it, and as the form that wrote it has it. */
    private record Write(RowTable table, Values key, Values value, long idleNanos, Form form, Record formKey, Record formValue) {
        Record keyIn(Form asked) {
            return asked == form ? formKey : asked.keyRecord(key);
        }

        Record valueIn(Form asked) {
            return value == null ? null : asked == form ? formValue : asked.record(key, value);
        }

        private void commit(long now) {
            boolean same = key.schema() == table.keySchema() && (value == null || value.schema() == table.rowSchema());
            Values tableKey = same ? key : form.neutralKey(formKey);
            Values tableValue = same || value == null ? value : form.neutral(formValue);
            if (table.apply(tableKey, tableValue, idleNanos, now) && tableValue != null && form.isTables()) {
                form.live(formKey).is(formValue);
            }
        }

        @Override
        public String toString() {
            String place = table.id() + "[" + Texts.of(key, table.keyClasses()) + "]";
            String text = value == null ? "" : Texts.of(value, table.rowClasses());
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

    Record get(Form form, Record key) {
        return get(form, form.live(key));
    }

    private Record get(Form form, Live live) {
        read(live.row);
        Write write = pending(form.table(), live.row.key);
        return write == null ? live.value() : write.valueIn(form);
    }

    /** The newest write of a key here or in the base. */
    private Write pending(RowTable table, Values key) {
        Write write = written(table, key);
        return write != null || base == null ? write : base.written(table, key);
    }

    List<Record> find(Form form, String component, Object value) {
        RowTable table = form.table();
        Object own = form.asked(component, value);
        if (!table.has(component)) {
            return findUnknown(form, component, own);
        }
        Object asked = form.tables(component, own);
        List<Record> keys = new ArrayList<>();
        if (asked == Form.NOBODYS) {
            return keys;
        }
        read(table.indexes().dependency(component, asked));
        for (Row row : table.indexes().find(component, asked)) {
            if (pending(table, row.key) == null) {
                keys.add(form.of(row).key);
            }
        }
        for (Write write : allWrites()) {
            if (counts(write, table) && Objects.equals(asked, table.indexes().value(component, write.key(), write.value()))) {
                keys.add(write.keyIn(form));
            }
        }
        return keys;
    }

    /** Keys by a component that the form has and the table does not: every row has what the form makes of it. */
    private List<Record> findUnknown(Form form, String component, Object own) {
        RowTable table = form.table();
        read(table.any());
        List<Record> keys = new ArrayList<>();
        table.eachRow(row -> {
            Live live = form.of(row);
            if (pending(table, row.key) == null && Objects.equals(own, form.component(component, live.key, live.value()))) {
                keys.add(live.key);
            }
        });
        for (Write write : allWrites()) {
            if (counts(write, table) && Objects.equals(own, form.component(component, write.keyIn(form), write.valueIn(form)))) {
                keys.add(write.keyIn(form));
            }
        }
        return keys;
    }

    /** Whether a write is the newest of a row of this table that is there. */
    private boolean counts(Write write, RowTable table) {
        return write.table() == table && write.value() != null && write == pending(table, write.key());
    }

    private List<Write> allWrites() {
        if (base == null) {
            return writes;
        }
        List<Write> all = new ArrayList<>(base.writes);
        all.addAll(writes);
        return all;
    }

    /** How many keys {@link #find} would list, without listing them. */
    int count(Form form, String component, Object value) {
        RowTable table = form.table();
        if (!table.has(component)) {
            return find(form, component, value).size();
        }
        Object asked = form.tables(component, form.asked(component, value));
        if (asked == Form.NOBODYS) {
            return 0;
        }
        read(table.indexes().dependency(component, asked));
        Collection<Row> committed = table.indexes().find(component, asked);
        int count = committed.size();
        for (Values key : writtenKeys(table)) {
            Row row = table.peek(key);
            Write now = pending(table, key);
            count -= row != null && committed.contains(row) ? 1 : 0;
            count += now.value() != null && Objects.equals(asked, table.indexes().value(component, key, now.value())) ? 1 : 0;
        }
        return count;
    }

    private Set<Values> writtenKeys(RowTable table) {
        Set<Values> keys = base == null ? new LinkedHashSet<>() : base.writtenKeys(table);
        writes.stream().filter(w -> w.table() == table).forEach(w -> keys.add(w.key()));
        return keys;
    }

    void put(Form form, Record key, Record value, long idleNanos) {
        Live live = form.live(key);
        Row row = live.row;
        Record present = get(form, live);
        boolean fresh = pending(form.table(), row.key) == null;
        if (value.equals(present) && (!fresh || row.idleNanos == idleNanos)) {
            if (idleNanos != Row.NEVER && fresh) {
                refreshes.put(row, row.version);
            }
            return;
        }
        Values neutral = form.neutral(value);
        Dependency closed = form.table().closed(row.key, neutral, idleNanos);
        if (closed != null) {
            read(closed);
            refusals.add(() -> form.table().refused(closed, row.key, neutral));
            return;
        }
        writeWithin(new Write(form.table(), row.key, neutral, idleNanos, form, live.key, value));
    }

    void remove(Form form, Record key) {
        Live live = form.live(key);
        if (get(form, live) != null) {
            writeWithin(new Write(form.table(), live.row.key, null, Row.NEVER, form, live.key, null));
        }
    }

    /** A write of a stage, which is refused beyond its share: others wait for the decision, and a row that is not committed costs memory all the same. */
    private void writeWithin(Write write) {
        if (writes.size() - writesBefore >= MOST_WRITES) {
            throw new Refusal("a decision may write 4,096 rows at most by one engine or filter: " + write + " is one too many");
        }
        write(write);
    }

    private Write written(RowTable table, Values key) {
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
            write.commit(now);
        }
        refreshes.forEach((row, version) -> row.refresh(version, now));
        refusals.forEach(Runnable::run);
    }
}

package org.vnetwork.core.row;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.vnetwork.model.Refusal;
import org.vnetwork.table.Table;

/**
 * All tables of one switch, and the decision that is running on them.
 *
 * <p>Inside a decision the views read and write its transaction; outside, a write takes effect at once. Loop thread only.
 */
public final class Tables {
    private static final Duration SHORTEST_IDLE = Duration.ofSeconds(1);

    private final Map<String, RowTable> tables = new LinkedHashMap<>();
    private final RowBounds bounds = new RowBounds();
    private final Denials denials = new Denials();
    private final Notices notices = new Notices();
    private final LongSupplier clock;
    private RowJournal journal;
    private volatile Thread owner;
    private Transaction current;

    /** Tables whose rows age by this clock, in nanoseconds. */
    public Tables(LongSupplier clock) {
        this.clock = clock;
    }

    /** Has views refuse any thread but this one; without this they take any. */
    public void confine(Thread only) {
        owner = only;
    }

    /** Has the rows of tables that come from now on kept in a journal. */
    public void keepIn(RowJournal keeper) {
        journal = keeper;
    }

    /** Sets the most learned rows of one table that name one port, and the most moves of one row in ten seconds. */
    public void bound(int rowsOfPort, int moves) {
        bounds.set(rowsOfPort, moves);
        tables.values().forEach(t -> t.ports().rebound());
    }

    /** Sets who is told of rows that move too often. */
    public void listen(RowBounds.MoveListener listener) {
        bounds.listen(listener);
    }

    /** Tells of changes that may deny. */
    public Denials denials() {
        return denials;
    }

    /** What listeners are still to be told. */
    public Notices notices() {
        return notices;
    }

    /** All tables, in order of first use. */
    public Collection<RowTable> all() {
        return tables.values();
    }

    /** The table of a data type, made when it is not there yet. */
    public RowTable table(Class<? extends Record> key, Class<? extends Record> row) {
        RowType type = RowType.of(key, row);
        RowTable table = tables.get(type.id());
        if (table == null) {
            table = new RowTable(type, bounds, denials, notices);
            tables.put(type.id(), table);
            if (journal != null) {
                table.keepIn(journal);
            }
        }
        if (table.keyClass() != key || table.rowClass() != row) {
            throw Refusal.value("data type " + type.id(), row.getName(), "the records it was first used with: " + table.keyClass().getName() + ", " + table.rowClass().getName());
        }
        return table;
    }

    /** A view of a table for the platform, which may write all of them. */
    public <K extends Record, V extends Record> Table<K, V> view(Class<K> key, Class<V> row) {
        return new View<>(table(key, row), key, row, true, this::confined);
    }

    /** A view of a table for a plugin, which only reads those of the platform; {@code access}: how the plugin gets at the rows. */
    public <K extends Record, V extends Record> Table<K, V> pluginView(Class<K> key, Class<V> row, Access access) {
        RowTable table = table(key, row);
        return new View<>(table, key, row, !table.isConfigured(), access);
    }

    /** How the holder of a view gets at the rows. */
    @FunctionalInterface
    public interface Access {
        /** Does work in the transaction that is right for the holder now. */
        Object in(Function<Transaction, Object> work);
    }

    /** Ids of the data types in use. */
    public Set<String> types() {
        return Set.copyOf(tables.keySet());
    }

    /** Forgets the empty tables of other types than these, which nobody but a preview ever used. */
    public void keepOnly(Set<String> types) {
        tables.values().removeIf(t -> !types.contains(t.id()) && t.count() == 0);
    }

    /** The decision that is running, or null. */
    public Transaction current() {
        return current;
    }

    /** Begins a decision. */
    public Transaction begin() {
        return begin(null);
    }

    /** Begins a decision on the rows as they would be after another one that is not committed. */
    public Transaction begin(Transaction base) {
        if (current != null) {
            throw new IllegalStateException("a decision is running already");
        }
        current = new Transaction(base);
        return current;
    }

    /** Ends a decision, if it is the one that is running; what it wrote is gone unless it was committed. */
    public void end(Transaction ended) {
        if (current == ended) {
            current = null;
        }
    }

    /** Ends the decision that is running, whoever began it. */
    public void end() {
        current = null;
    }

    /** A transaction outside of decisions, which the caller commits, or not. */
    public Transaction aside() {
        return new Transaction();
    }

    /** Whether a decision is running. */
    public boolean deciding() {
        return current != null;
    }

    /** Removes a row, whatever its table. */
    public void removeRow(Row row) {
        row.table.apply(row.key, null, Row.NEVER, clock.getAsLong());
    }

    /** Removes a row that the administrator takes away. */
    public void takeAway(Row row) {
        row.table.takeAway(row.key, clock.getAsLong());
    }

    /** Puts a row that stays, whatever its table; for rows that the administrator places. */
    public void place(RowTable table, Record key, Record row) {
        if (!table.place(key, row, clock.getAsLong())) {
            throw new Refusal("row " + table.id() + "[" + Texts.of(key) + "]: the table is full (expected: fewer than " + RowTable.LIMIT + " rows); table:remove makes room, and limits keep learned rows few");
        }
    }

    /** Removes rows whose time was over before {@code nanos}. */
    public int expire(long nanos) {
        int expired = 0;
        for (RowTable table : tables.values()) {
            List<Row> due = table.rows().stream().filter(r -> r.isDue(nanos)).toList();
            due.forEach(r -> table.apply(r.key, null, Row.NEVER, nanos));
            expired += due.size();
            table.ports().expire(nanos);
            table.sweep();
        }
        return expired;
    }

    /** Throws IllegalStateException on any thread but the one that the tables are confined to. */
    public void checkThread() {
        if (owner != null && Thread.currentThread() != owner) {
            throw new IllegalStateException("used on thread " + Thread.currentThread().getName() + " (expected: the switch's own, " + owner.getName()
                    + ", on which decisions, timers and listeners run)");
        }
    }

    private Object confined(Function<Transaction, Object> work) {
        checkThread();
        return in(work);
    }

    /** Does work in the decision that is running, else in a transaction of its own, which is committed at once. */
    public Object in(Function<Transaction, Object> work) {
        if (current != null) {
            return work.apply(current);
        }
        Transaction now = new Transaction();
        Object result = work.apply(now);
        now.commit(clock.getAsLong());
        return result;
    }

    private final class View<K extends Record, V extends Record> implements Table<K, V> {
        private final RowTable table;
        private final Class<K> keyClass;
        private final Class<V> rowClass;

        private final boolean writes;
        private final Access access;

        View(RowTable table, Class<K> keyClass, Class<V> rowClass, boolean writes, Access access) {
            this.writes = writes;
            this.access = access;
            this.table = table;
            this.keyClass = keyClass;
            this.rowClass = rowClass;
        }

        @Override
        public V get(K key) {
            return rowClass.cast(access.in(t -> t.get(table, key)));
        }

        @Override
        public List<K> find(String component, Object value) {
            return ((List<?>) access.in(t -> t.find(table, component, value))).stream().map(keyClass::cast).toList();
        }

        @Override
        public int count(String component, Object value) {
            return (Integer) access.in(t -> t.count(table, component, value));
        }

        @Override
        public void put(K key, V row) {
            write(key, row, Row.NEVER);
        }

        @Override
        public void put(K key, V row, Duration idle) {
            if (idle.compareTo(SHORTEST_IDLE) < 0) {
                throw Refusal.value("idle time of a row", idle, "1 s or more");
            }
            write(key, row, idle.toNanos());
        }

        private void checkWrites() {
            if (!writes) {
                throw new Refusal("data type " + table.id() + " is the platform's own (expected: one that plugins write)");
            }
        }

        private void write(K key, V row, long idleNanos) {
            java.util.Objects.requireNonNull(row, "row");
            checkWrites();
            access.in(t -> {
                t.put(table, key, row, idleNanos);
                return null;
            });
        }

        @Override
        public void remove(K key) {
            checkWrites();
            access.in(t -> {
                t.remove(table, key);
                return null;
            });
        }
    }

    /** The table behind a view. */
    public static RowTable behind(Table<?, ?> view) {
        return ((Tables.View<?, ?>) view).table;
    }
}

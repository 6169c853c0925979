package org.vnetwork.core.row;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.vnetwork.model.Refusal;
import org.vnetwork.table.DataType;
import org.vnetwork.table.Table;

/**
 * All tables of one switch, and the decision that is running on them.
 *
 * <p>Inside a decision the views read and write its transaction; outside, a write takes effect at once. Loop thread only.
 */
public final class Tables {
    private static final String PLATFORM = "org.vnetwork.core";

    private final Map<String, RowTable> tables = new LinkedHashMap<>();
    private final RowBounds bounds = new RowBounds();
    private final Denials denials = new Denials();
    private final Notices notices = new Notices();
    private final LongSupplier clock;
    private final Owners owners = new Owners();
    private final Conversions conversions = new Conversions(this);
    private final Consumer<String> told;
    private RowJournal journal;
    private volatile Thread owner;
    private Transaction current;

    /** Tables whose rows age by this clock, in nanoseconds. */
    public Tables(LongSupplier clock) {
        this(clock, line -> {
        });
    }

    /** As {@link #Tables(LongSupplier)}; {@code told} takes a line for the administrator. */
    public Tables(LongSupplier clock, Consumer<String> told) {
        this.clock = clock;
        this.told = told;
    }

    /** Has views refuse any thread but this one; without this they take any. */
    public void confine(Thread only) {
        owner = only;
    }

    /** Has the rows of tables kept in a journal, and makes the tables that are in there. */
    public void keepIn(RowJournal keeper) {
        journal = keeper;
        keeper.restore(this);
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

    /** The table of a data type of the platform, made when it is not there yet. */
    public RowTable table(Class<? extends Record> key, Class<? extends Record> row) {
        Form form = form(key, row, PLATFORM, false);
        form.use(1);
        return form.table();
    }

    /** A view of a table for the platform, which may write all of them; it is for good. */
    public <K extends Record, V extends Record> Table<K, V> view(Class<K> key, Class<V> row) {
        Form form = form(key, row, PLATFORM, false);
        form.use(1);
        return new View<>(form, key, row, "", this::confined);
    }

    /**
     * A view of a table for a plugin, until {@link #release}. It writes tables of its own bundle and shared ones, and reads all.
     *
     * @param bundle symbolic name of the plugin's bundle
     * @param access how the plugin gets at the rows
     * @throws Refusal when the id is another bundle's, or rows in use would be lost by the classes' schema
     */
    public <K extends Record, V extends Record> Table<K, V> pluginView(Class<K> key, Class<V> row, String bundle, Access access) {
        return pluginView(key, row, bundle, access, false);
    }

    /** As {@link #pluginView(Class, Class, String, Access)} for a plugin that is only tried: the table's schema stays what it is. */
    public <K extends Record, V extends Record> Table<K, V> guestView(Class<K> key, Class<V> row, String bundle, Access access) {
        return pluginView(key, row, bundle, access, true);
    }

    private <K extends Record, V extends Record> Table<K, V> pluginView(Class<K> key, Class<V> row, String bundle, Access access, boolean guest) {
        Form form = form(key, row, bundle, guest);
        form.use(1);
        RowTable table = form.table();
        String owner = owners.owner(table.id());
        String why = table.isConfigured() ? "is the platform's own (expected: one that plugins write)"
                : owner.isEmpty() || owner.equals(bundle) ? "" : "belongs to bundle " + owner + "; " + bundle + " only reads it (expected: a type of its own, or a shared one)";
        return new View<>(form, key, row, why, access);
    }

    private Form form(Class<? extends Record> key, Class<? extends Record> row, String bundle, boolean guest) {
        DataType type = RowType.of(row);
        RowTable table = tables.get(type.value());
        Form form = table == null ? null : table.forms().find(key, row);
        if (form != null) {
            return form;
        }
        owners.check(type.value(), row, bundle);
        RecordCodec keys = RecordCodec.of(key, type.value());
        RecordCodec rows = RecordCodec.of(row, type.value());
        RowType schema = new RowType(type.value(), type.policy(), keys.schema(), rows.schema());
        if (table == null) {
            owners.own(type.value(), row, bundle);
            table = make(schema);
            if (journal != null) {
                journal.adopt(table, owners.owner(table.id()));
            }
        } else if (!guest && !table.type().isLike(schema)) {
            takeOver(new RowConversion(table, keys, rows, type.policy()).work());
        }
        table.setPolicy(type.policy());
        return table.forms().add(keys, rows);
    }

    /** The table becomes what classes that come have; what cannot go along is left out when nobody uses the table, as rows of another process, and else refuses them. */
    public void takeOver(RowConversion conversion) {
        ConversionReport report = conversion.report();
        checkTakeOver(conversion);
        if (!report.isWhole()) {
            told.accept(report + "; " + report.lost() + " rows are left out");
        }
        conversions.become(conversion, true);
    }

    /** Refuses a conversion by which rows would be lost that others use; it is worked out. */
    public void checkTakeOver(RowConversion conversion) {
        if (!conversion.report().isWhole() && conversion.table().forms().areOfOthers(conversion)) {
            throw new Refusal(conversion.report() + " (expected: all rows)");
        }
    }

    private RowTable make(RowType type) {
        RowTable table = new RowTable(type, bounds, denials, notices);
        tables.put(type.id(), table);
        return table;
    }

    /** A table of the process before, or of a file. */
    RowTable restored(RowType type, String owner) {
        owners.own(type.id(), owner);
        return make(type);
    }

    /** The table of a type, made when it is not there yet; rows of a file may come before the bundle. */
    RowTable imported(RowType type, String owner) {
        RowTable table = tables.get(type.id());
        if (table == null) {
            table = restored(type, owner);
            if (journal != null) {
                journal.adopt(table, owner);
            }
        }
        return table;
    }

    /** The rows of a table as they are now, for a file. */
    public RowFile file(RowTable table) {
        return RowFile.of(table, owners.owner(table.id()));
    }

    /** Symbolic name of the bundle that a data type belongs to; empty for one that all share. */
    public String owner(RowTable table) {
        return owners.owner(table.id());
    }

    /** Ends a view of a plugin; with the last of its classes, all that is known of these goes, and with the last of a table that has no rows and no readers the table. */
    public void release(Table<?, ?> view) {
        View<?, ?> given = (View<?, ?>) view;
        if (given.close() && given.form().use(-1) == 0) {
            given.table().listeners().end(given.form());
            given.table().forms().drop(given.form());
            forget(given.table());
        }
    }

    private void forget(RowTable table) {
        table.sweep();
        if (table.isOver()) {
            tables.remove(table.id());
            owners.disown(table.id());
            conversions.forget(table);
        }
    }

    /** Rows that other classes take over, with a way back. */
    public Conversions conversions() {
        return conversions;
    }

    RowTable find(String type) {
        return tables.get(type);
    }

    long now() {
        return clock.getAsLong();
    }

    /** A digest of the rows of a table, whatever their order. */
    public static String digest(RowTable table) {
        return RowConversion.digest(table);
    }

    /** Has a listener told of changes that are made through any view; ended by {@link #unlisten}. */
    public static void listen(Table<?, ?> view, String owner, BiConsumer<Record, Record> listener) {
        View<?, ?> given = (View<?, ?>) view;
        given.table().listeners().add(owner, given.form(), listener);
    }

    /** Ends {@link #listen}. */
    public static void unlisten(Table<?, ?> view, BiConsumer<Record, Record> listener) {
        ((View<?, ?>) view).table().listeners().remove(listener);
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

    /** How the holder of a view gets at the rows. */
    @FunctionalInterface
    public interface Access {
        /** Does work in the transaction that is right for the holder now. */
        Object in(Function<Transaction, Object> work);
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

    /** Says that something which the row of a key stands for may deny now; {@code view} is of its table. */
    public <K extends Record> void mayDeny(Table<K, ?> view, K key) {
        View<?, ?> given = (View<?, ?>) view;
        given.table().mayDeny(given.form().neutralKey(key));
    }

    /** Puts a row that stays, whatever its table; for rows that the administrator places. */
    void place(RowTable table, Values key, Values row) {
        if (!table.place(key, row, clock.getAsLong())) {
            throw new Refusal("row " + table.id() + "[" + Texts.of(key, table.keyClasses()) + "]: the table is full (expected: fewer than " + RowTable.LIMIT + " rows); table:remove makes room, and limits keep learned rows few");
        }
    }

    /** Removes rows whose time was over before {@code nanos}. */
    public int expire(long nanos) {
        int expired = 0;
        for (RowTable table : List.copyOf(tables.values())) {
            List<Row> due = table.rows().stream().filter(r -> r.isDue(nanos)).toList();
            due.forEach(r -> table.apply(r.key, null, Row.NEVER, nanos));
            expired += due.size();
            table.ports().expire(nanos);
            forget(table);
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

    /** The table behind a view. */
    public static RowTable behind(Table<?, ?> view) {
        return ((View<?, ?>) view).table();
    }
}

package org.vnetwork.core.row;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.vnetwork.control.ColumnView;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.model.PortId;

/**
 * Committed rows of one data type in one switch, with an index for each component that was asked for.
 *
 * <p>Keys and rows are neutral: the table goes on when the bundles that use it go, or bring other classes for it. A change tells the readers of the row and of the index values
 * that it entered or left. Loop thread only.
 */
public final class RowTable {
    /** Most rows of a table. */
    public static final int LIMIT = 65_536;

    private final String id;
    private final Forms forms = new Forms(this);
    private final Map<Values, Row> rows = new LinkedHashMap<>();
    private final Indexes indexes = new Indexes(this);
    private final Listeners listeners;
    private final PortBound ports;
    private final Whole room = new Whole(this, true);
    private final Whole any = new Whole(this, false);
    private final Denials denials;
    private Schema keySchema;
    private Schema rowSchema;
    private boolean policy;
    private int present;
    private long refused;
    private boolean configured;
    private RowJournal journal;
    private ReadNames names;

    RowTable(RowType type, RowBounds bounds, Denials denials, Notices notices) {
        this.id = type.id();
        this.keySchema = type.key();
        this.rowSchema = type.row();
        this.policy = type.policy();
        this.denials = denials;
        this.listeners = new Listeners(notices);
        this.ports = new PortBound(this, bounds);
    }

    /** Says that all rows are the platform's own, as those that come from the configuration: nobody else writes them, they are not journaled, and every change of one may deny what was allowed. */
    public void setConfigured() {
        configured = true;
        journal = null;
    }

    /** Has the rows kept in a journal from now on. */
    void keepIn(RowJournal keeper) {
        journal = keeper;
    }

    /** Has what is read of the table named in a journal. */
    void setNames(ReadNames given) {
        names = given;
    }

    /** Names of what can be read; null without a journal. */
    ReadNames names() {
        return names;
    }

    Dependency room() {
        return room;
    }

    /** What is depended on by asking for all rows. */
    Dependency any() {
        return any;
    }

    /** Whether all rows are the platform's own, which nobody else writes. */
    public boolean isConfigured() {
        return configured;
    }

    /** Id and version of the data type. */
    public String id() {
        return id;
    }

    Schema keySchema() {
        return keySchema;
    }

    Schema rowSchema() {
        return rowSchema;
    }

    /** What it is made of, without its rows. */
    RowType type() {
        return new RowType(id, policy, keySchema, rowSchema);
    }

    /** Has it say of itself whether its rows are a policy, as a form does. */
    void setPolicy(boolean may) {
        policy |= may;
    }

    Forms forms() {
        return forms;
    }

    /** What keys and rows consist of; {@code portNames} are all that a port can be. */
    public List<ColumnView> columns(List<String> portNames) {
        return Stream.concat(keySchema.columns(true, portNames), rowSchema.columns(false, portNames)).toList();
    }

    /** Whether any bundle uses it now. */
    public boolean inUse() {
        return !forms.isEmpty();
    }

    RecordCodec keyClasses() {
        return forms.keys();
    }

    RecordCodec rowClasses() {
        return forms.rows();
    }

    /** Rows that are there. */
    public int count() {
        return present;
    }

    /** Rows refused because the table was full, or a port had its share or its moves. */
    public long refused() {
        return refused;
    }

    /** Learned rows that name a port. */
    public int rows(PortId port) {
        return ports.rows(port);
    }

    /** Rows that name one of these ports and do not stay for good; found without a look at any row when there are none. */
    public List<Row> learned(Set<PortId> about) {
        if (about.stream().allMatch(port -> ports.rows(port) == 0)) {
            return List.of();
        }
        return rows.values().stream().filter(row -> ports.isAbout(row, about)).toList();
    }

    /** Learned rows refused because the port had its share. */
    public long refused(PortId port) {
        return ports.refused(port);
    }

    /** How often a row had moved too often when it came to a port, and stayed there for a while. */
    public long held(PortId port) {
        return ports.held(port);
    }

    /** Forgets what was counted for a port that is gone. */
    public void forget(PortId port) {
        ports.forget(port);
    }

    PortBound ports() {
        return ports;
    }

    /** Why a row would not be taken now, or null; what is decided by that depends on it. */
    Dependency closed(Values key, Values value, long idleNanos) {
        Row row = rows.get(key);
        if (present >= LIMIT && (row == null || row.value == null)) {
            return room;
        }
        return ports.closed(row, key, value, idleNanos);
    }

    /** Counts a row that was not taken. */
    void refused(Dependency why, Values key, Values value) {
        refused++;
        if (why != room) {
            ports.refused(why, key, value);
        }
    }

    /** Rows that are there, in order of arrival. */
    public List<Row> rows() {
        return rows.values().stream().filter(r -> r.value != null).toList();
    }

    void eachPlace(Consumer<Row> work) {
        rows.values().forEach(work);
    }

    void eachRow(Consumer<Row> work) {
        for (Row row : rows.values()) {
            if (row.value != null) {
                work.accept(row);
            }
        }
    }

    Listeners listeners() {
        return listeners;
    }

    /** The place of a key, made when it is not there yet, so that its absence can be depended on. */
    Row place(Values key) {
        return rows.computeIfAbsent(key, k -> new Row(this, k));
    }

    /** The place of a key, or null. */
    Row peek(Values key) {
        return rows.get(key);
    }

    /** Its rows by values of components. */
    Indexes indexes() {
        return indexes;
    }

    /** Whether keys or rows have a component of this name. */
    boolean has(String component) {
        return keySchema.place(component) >= 0 || rowSchema.place(component) >= 0;
    }

    /** What a row stands for may deny now, although the row is as it was: tells its readers. */
    void mayDeny(Values key) {
        Row row = rows.get(key);
        if (row != null) {
            row.changed(true);
        }
        denials.mayDeny();
    }

    /** Puts a row that the administrator places: it comes from the configuration again, not from the journal, and may deny what was allowed. False when the table is full. */
    boolean place(Values key, Values value, long now) {
        return apply(key, value, Row.NEVER, now, true);
    }

    /** Removes a row that the administrator takes away; it may be a plugin's by now, and its going may deny all the same. */
    void takeAway(Values key, long now) {
        apply(key, null, Row.NEVER, now, true);
    }

    /** Puts (value not null) or removes a row and tells its readers; false when the table did not take it, which is counted. */
    boolean apply(Values key, Values value, long idleNanos, long now) {
        return apply(key, value, idleNanos, now, false);
    }

    private boolean apply(Values key, Values value, long idleNanos, long now, boolean administrator) {
        Row row = place(key);
        Dependency closed = value == null ? null : closed(key, value, idleNanos);
        if (closed != null) {
            refused(closed, key, value);
            forgetUnread(row);
            return false;
        }
        Values before = row.value;
        if (before == null && value == null) {
            forgetUnread(row);
            return true;
        }
        long idleBefore = row.idleNanos;
        boolean mayDeny = configured || policy || administrator || row.placed;
        if (before == null) {
            // The place may be older, from when its absence was read; it is the arrival that counts.
            rows.remove(key);
            rows.put(key, row);
        }
        row.value = value;
        row.idleNanos = idleNanos;
        row.touchedNanos = now;
        row.placed = administrator && value != null;
        row.version++;
        if (journal != null) {
            journal.changed(row);
        }
        present += (value == null ? 0 : 1) - (before == null ? 0 : 1);
        ports.changed(row, before, idleBefore, now);
        tell(row, before, mayDeny);
        forgetUnread(row);
        return true;
    }

    private void tell(Row row, Values before, boolean mayDeny) {
        if (row.value == null && present == LIMIT - 1) {
            room.tell(false);
        }
        indexes.changed(row, before, mayDeny);
        row.changed(mayDeny);
        any.tell(mayDeny);
        if (mayDeny) {
            denials.mayDeny();
        }
        listeners.changed(row);
    }

    /** Puts a row of the process before, which nobody has read yet. */
    void restore(Row row, Values value, long idleNanos, long touchedNanos) {
        Values before = row.value;
        long idleBefore = row.idleNanos;
        present += before == null ? 1 : 0;
        row.value = value;
        row.idleNanos = idleNanos;
        row.touchedNanos = touchedNanos;
        row.version++;
        ports.changed(row, before, idleBefore, touchedNanos);
    }

    void touched(Row row) {
        if (journal != null) {
            journal.touched(row);
        }
    }

    /** Drops places and index values that hold nothing and that nothing depends on. */
    void sweep() {
        rows.values().removeIf(this::isUnread);
        indexes.sweep();
    }

    /** Whether nothing is in it, nobody uses it and nothing depends on it. */
    boolean isOver() {
        return rows.isEmpty() && forms.isEmpty() && !configured && room.readers() + any.readers() == 0 && !indexes.isRead() && !ports.isRead();
    }

    /** Flows that read anything of this table. */
    public int readers() {
        Set<Dependency.Reader> readers = new HashSet<>();
        rows.values().forEach(r -> readers.addAll(r.all()));
        indexes.addReaders(readers);
        return readers.size();
    }

    private boolean isUnread(Row row) {
        return row.value == null && row.readers() == 0 && forms.forget(row);
    }

    private void forgetUnread(Row row) {
        if (isUnread(row)) {
            rows.remove(row.key);
        }
    }

    /**
     * Gives the table another schema. Rows stay what they are to their readers; those that have no place in it go.
     *
     * @param to the schema
     * @param moved for each row that is to stay: its key and row in the new schema
     * @param confirmed as {@link RowJournal#became} has it
     */
    void become(RowType to, Map<Row, Moved> moved, boolean confirmed, long now) {
        Conversion keys = Conversion.between(keySchema, to.key());
        Conversion values = Conversion.between(rowSchema, to.row());
        List<Integer> lost = new ArrayList<>();
        rows().stream().filter(row -> !moved.containsKey(row)).forEach(row -> {
            lost.add(row.valueAt);
            row.valueAt = Journal.NOWHERE;
            apply(row.key, null, Row.NEVER, now);
        });
        List<Row> all = List.copyOf(rows.values());
        rows.clear();
        keySchema = to.key();
        rowSchema = to.row();
        for (Row row : all) {
            Moved is = moved.get(row);
            Values key = is != null ? is.key() : Moved.key(keys, row.key);
            if (key == null || rows.containsKey(key)) {
                // Nobody can ask for it any more.
                row.changed(true);
                continue;
            }
            row.key = key;
            row.value = is == null ? null : is.value();
            row.forgetLives();
            rows.put(key, row);
        }
        forms.adapt();
        ports.adapt();
        indexes.adapt(keys, values);
        any.tell(true);
        if (journal != null) {
            journal.became(this, lost, confirmed);
        }
    }

    /** Has the next process find the table as it is. */
    void confirm() {
        if (journal != null) {
            journal.confirm(this);
        }
    }
}

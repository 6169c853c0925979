package org.vnetwork.core.row;

import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.vnetwork.model.PortId;
import org.vnetwork.model.Refusal;

/**
 * Committed rows of one data type in one switch, with an index for each component that was asked for.
 *
 * <p>A change tells the readers of the row and of the index values that it entered or left. Loop thread only.
 */
public final class RowTable {
    /** Most rows of a table. */
    public static final int LIMIT = 65_536;

    private final RowType type;
    private final Map<Record, Row> rows = new LinkedHashMap<>();
    private final Map<String, RowIndex> indexes = new HashMap<>();
    private final Map<BiConsumer<Record, Record>, String> listeners = new LinkedHashMap<>();
    private final Notices notices;
    private int present;
    private long refused;
    private final PortBound ports;
    private final Room room;
    private final Denials denials;
    private final boolean policy;
    private boolean configured;
    private RowJournal journal;
    private ReadNames names;

    /** Whether there is room for one more row. */
    private final class Room extends Dependency {
        Room() {
            super(id() + "[room]");
        }

        @Override
        protected boolean name(ByteBuffer to) {
            return names != null && names.room(to);
        }
    }

    RowTable(RowType type, RowBounds bounds, Denials denials, Notices notices) {
        this.type = type;
        this.notices = notices;
        this.denials = denials;
        this.policy = type.isPolicy();
        this.ports = new PortBound(this, type, bounds);
        this.room = new Room();
    }

    /** Says that all rows are the platform's own, as those that come from the configuration: nobody else writes them, they are not journaled, and every change of one may deny what was allowed. */
    public void setConfigured() {
        configured = true;
        journal = null;
    }

    /** Has the rows kept in a journal, and takes what is in there. */
    void keepIn(RowJournal keeper) {
        keeper.adopt(this);
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

    /** Whether all rows are the platform's own, which nobody else writes. */
    public boolean isConfigured() {
        return configured;
    }

    /** Id and version of the data type. */
    public String id() {
        return type.id();
    }

    /** The record class of keys. */
    public Class<? extends Record> keyClass() {
        return type.key();
    }

    /** The record class of rows. */
    public Class<? extends Record> rowClass() {
        return type.row();
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
    Dependency closed(Record key, Record value, long idleNanos) {
        Row row = rows.get(key);
        if (present >= LIMIT && (row == null || row.value == null)) {
            return room;
        }
        return ports.closed(row, key, value, idleNanos);
    }

    /** Counts a row that was not taken. */
    void refused(Dependency why, Record key, Record value) {
        refused++;
        if (why != room) {
            ports.refused(why, key, value);
        }
    }

    /** Rows that are there, in order of arrival. */
    public List<Row> rows() {
        return rows.values().stream().filter(r -> r.value != null).toList();
    }

    /** Has a notice wait for a listener after each change, with key and row, or null for a row that went; failures name {@code owner}. */
    public void listen(String owner, BiConsumer<Record, Record> listener) {
        listeners.put(listener, owner);
    }

    /** Ends {@link #listen}; what waits for the listener is dropped. */
    public void unlisten(BiConsumer<Record, Record> listener) {
        listeners.remove(listener);
        notices.drop(listener);
    }

    /** The place of a key, made when it is not there yet, so that its absence can be depended on. */
    public Row place(Record key) {
        return rows.computeIfAbsent(key, k -> new Row(this, k));
    }

    /** The place of a key, or null. */
    Row peek(Record key) {
        return rows.get(key);
    }

    /** What is depended on by asking for a value in a component. */
    Dependency dependency(String component, Object value) {
        return index(component).dependency(value);
    }

    /** Rows with this value in this component. */
    Collection<Row> find(String component, Object value) {
        return index(component).rows(value);
    }

    /** The value of a component in a key and row of this type. */
    Object component(String component, Record key, Record row) {
        return index(component).value(key, row);
    }

    /** The value of a component of a row that is there. */
    public Object value(String component, Row row) {
        return component(component, row.key, row.value);
    }

    /** Puts a row that the administrator places: it comes from the configuration again, not from the journal, and may deny what was allowed. False when the table is full; what fails leaves what was there. */
    boolean place(Record key, Record value, long now) {
        Row old = rows.get(key);
        Record valueBefore = old == null ? null : old.value;
        long idleBefore = old == null ? Row.NEVER : old.idleNanos;
        long touchedBefore = old == null ? now : old.touchedNanos;
        boolean placedBefore = old != null && old.placed;
        try {
            return apply(key, value, Row.NEVER, now, true);
        } catch (RuntimeException | Error e) {
            try {
                apply(key, valueBefore, idleBefore, touchedBefore, placedBefore);
            } catch (RuntimeException | Error again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    /** What a row stands for may deny now, although the row is as it was: tells its readers. */
    public void mayDeny(Record key) {
        Row row = rows.get(key);
        if (row != null) {
            row.changed(true);
        }
        denials.mayDeny();
    }

    /** Removes a row that the administrator takes away; it may be a plugin's by now, and its going may deny all the same. */
    void takeAway(Record key, long now) {
        apply(key, null, Row.NEVER, now, true);
    }

    /** Puts (value not null) or removes a row and tells its readers; false when the table did not take it, which is counted. */
    boolean apply(Record key, Record value, long idleNanos, long now) {
        return apply(key, value, idleNanos, now, false);
    }

    private boolean apply(Record key, Record value, long idleNanos, long now, boolean administrator) {
        Row row = place(key);
        Dependency closed = value == null ? null : closed(key, value, idleNanos);
        if (closed != null) {
            refused(closed, key, value);
            forgetUnread(row);
            return false;
        }
        Record before = row.value;
        long idleBefore = row.idleNanos;
        boolean mayDeny = configured || policy || administrator || row.placed;
        if (before == null && value == null) {
            forgetUnread(row);
            return true;
        }
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
        if (value == null && present == LIMIT - 1) {
            room.changed(false);
        }
        indexes.values().forEach(i -> i.changed(row, before, mayDeny));
        row.changed(mayDeny);
        if (mayDeny) {
            denials.mayDeny();
        }
        listeners.forEach((listener, owner) -> notices.add(this, owner, listener, key, value));
        forgetUnread(row);
        return true;
    }

    /** Puts a row of the process before, which nobody has read yet. */
    void restore(Row row, Record value, long idleNanos, long touchedNanos) {
        Record before = row.value;
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
        rows.values().removeIf(r -> r.value == null && r.readers() == 0);
        indexes.values().forEach(RowIndex::sweep);
    }

    /** Flows that read anything of this table. */
    public int readers() {
        Set<Dependency.Reader> readers = new HashSet<>();
        rows.values().forEach(r -> readers.addAll(r.all()));
        indexes.values().forEach(i -> i.addReaders(readers));
        return readers.size();
    }

    private void forgetUnread(Row row) {
        if (row.value == null && row.readers() == 0) {
            rows.remove(row.key);
        }
    }

    private RowIndex index(String component) {
        return indexes.computeIfAbsent(component, c -> new RowIndex(this, accessor(c)));
    }

    /** The accessor of a component in keys or rows. */
    Method accessor(String component) {
        Method accessor = type.accessors().get(component);
        if (accessor == null) {
            throw Refusal.value("component of " + id(), component, "one of " + String.join(", ", new TreeSet<>(type.accessors().keySet())));
        }
        return accessor;
    }
}

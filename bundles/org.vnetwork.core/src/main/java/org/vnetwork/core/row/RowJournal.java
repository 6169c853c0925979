package org.vnetwork.core.row;

import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.vnetwork.core.journal.Journal;

/**
 * Keeps rows in the journal as they change, and gives those of the process before back to their tables.
 *
 * <p>A data type has a number for each schema that its table had, and one of these is the current one: the next process takes the rows under that number. So a table that becomes another
 * is, for the next process, wholly the one or wholly the other. Loop thread only.
 */
public final class RowJournal {
    private final Journal journal;
    private final Consumer<String> told;
    private final ByteBuffer buffer = Journal.buffer();
    private final RowOctets octets = new RowOctets();
    private final Map<Integer, Numbered> byNumber = new LinkedHashMap<>();
    private final Map<RowTable, Numbered> current = new HashMap<>();
    private final Map<String, RowTable> tables = new HashMap<>();
    /** Records of rows as they were before their table became another, until that is confirmed. */
    private final Map<RowTable, List<Integer>> before = new HashMap<>();
    private int nextNumber;
    private long sequence;
    private long turn;
    private int restored;

    /** A schema of a type, its place in the journal, and the rows found under it. */
    private static final class Numbered {
        private final int number;
        private final RowType type;
        private final String owner;
        private final List<Journal.Found> rows = new ArrayList<>();
        private int at;
        /** The highest of a type is the current one. */
        private long turn;

        Numbered(int number, RowType type, String owner, int at, long turn) {
            this.number = number;
            this.type = type;
            this.owner = owner;
            this.at = at;
            this.turn = turn;
        }
    }

    /**
     * A journal of rows.
     *
     * @param told takes a line for the administrator
     */
    public RowJournal(Journal journal, Consumer<String> told) {
        this.journal = journal;
        this.told = told;
        for (Journal.Found found : journal.take(Journal.Kind.TYPE)) {
            int number = found.octets().getInt();
            reserve(number);
            try {
                RowOctets.Typed typed = RowOctets.type(found.octets());
                byNumber.put(number, new Numbered(number, typed.type(), typed.owner(), found.at(), found.a()));
                turn = Math.max(turn, found.a());
            } catch (IllegalArgumentException e) {
                told.accept("a data type of the process before is left out, with its rows: " + e.getMessage());
                journal.free(found.at());
            }
        }
        for (Journal.Found found : journal.take(Journal.Kind.ROW)) {
            Numbered type = byNumber.get(found.octets().getInt());
            if (type == null) {
                journal.free(found.at());
            } else {
                type.rows.add(found);
                sequence = Math.max(sequence, found.b() + 1);
            }
        }
    }

    /** Rows given back so far. */
    public int restored() {
        return restored;
    }

    /** Makes the tables of the process before, with their rows; whether or not a bundle is there that uses them. */
    void restore(Tables all) {
        Map<String, Numbered> newest = new LinkedHashMap<>();
        byNumber.values().forEach(n -> newest.merge(n.type.id(), n, (a, b) -> b.turn > a.turn ? b : a));
        for (Numbered numbered : newest.values()) {
            RowTable table = all.restored(numbered.type, numbered.owner);
            adopt(table, numbered);
            numbered.rows.forEach(found -> restore(table, found));
            numbered.rows.clear();
        }
        byNumber.values().forEach(old -> {
            old.rows.forEach(found -> journal.free(found.at()));
            old.rows.clear();
        });
    }

    /** Takes up a table that the process before did not know. */
    void adopt(RowTable table, String owner) {
        Numbered numbered = number(table.type(), owner);
        numbered.turn = ++turn;
        journal.set(numbered.at, numbered.turn, 0);
        adopt(table, numbered);
    }

    private void adopt(RowTable table, Numbered numbered) {
        current.put(table, numbered);
        tables.put(table.id(), table);
        table.setNames(new ReadNames(numbered.number, numbered.type.key(), numbered.type.row(), octets));
        table.keepIn(this);
    }

    private Numbered number(RowType type, String owner) {
        for (Numbered numbered : byNumber.values()) {
            if (numbered.type.id().equals(type.id()) && numbered.type.isLike(type)) {
                return numbered;
            }
        }
        Numbered made = new Numbered(nextNumber++, type, owner, Journal.NOWHERE, 0);
        byNumber.put(made.number, made);
        return made;
    }

    /** Whether the journal has the type, now at the latest; without it the next process knows nothing by its number. */
    private boolean keeps(Numbered numbered) {
        if (numbered.at == Journal.NOWHERE) {
            try {
                octets.write(numbered.type, numbered.owner, buffer.clear().putInt(numbered.number));
                numbered.at = journal.put(Journal.Kind.TYPE, buffer.flip(), numbered.turn, 0);
            } catch (BufferOverflowException e) {
                return false;
            }
        }
        return numbered.at != Journal.NOWHERE;
    }

    /** Whether the next process will know the type of this number: only then a name with it says anything. */
    boolean keeps(int number) {
        Numbered numbered = byNumber.get(number);
        return numbered != null && keeps(numbered);
    }

    /** Gives no new type this number or a lower one: names with it are about. */
    void reserve(int number) {
        nextNumber = Math.max(nextNumber, number + 1);
    }

    /** What a name stands for, behind the number of its type; null when no such type is known. */
    Dependency find(int type, ByteBuffer name) {
        Numbered numbered = byNumber.get(type);
        RowTable table = numbered == null ? null : tables.get(numbered.type.id());
        return table == null ? null : new ReadNames(type, numbered.type.key(), numbered.type.row(), octets).find(table, name);
    }

    private void restore(RowTable table, Journal.Found found) {
        try {
            long idleNanos = found.octets().getLong();
            Values key = octets.read(table.keySchema(), found.octets());
            Values value = octets.read(table.rowSchema(), found.octets());
            Row row = table.place(key);
            if (row.value == null) {
                restored++;
            } else if (row.sequence > found.b()) {
                journal.free(found.at());
                return;
            } else {
                journal.free(row.valueAt);
            }
            table.restore(row, value, idleNanos, found.a());
            row.valueAt = found.at();
            row.sequence = found.b();
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            journal.free(found.at());
            told.accept("data type " + table.id() + ": a row of the process before is left out: " + e.getMessage());
        }
    }

    /** Keeps a row as it is now, or forgets one that is gone. */
    void changed(Row row) {
        int old = row.valueAt;
        put(row);
        // NB: the new one is there before the old one goes: killed in between, the later of the two counts.
        journal.free(old);
    }

    private void put(Row row) {
        row.valueAt = Journal.NOWHERE;
        Numbered numbered = current.get(row.table);
        if (numbered != null && row.value != null && !row.placed && keeps(numbered)) {
            try {
                buffer.clear().putInt(numbered.number).putLong(row.idleNanos);
                octets.write(row.key, buffer);
                octets.write(row.value, buffer);
                row.sequence = sequence++;
                row.valueAt = journal.put(Journal.Kind.ROW, buffer.flip(), row.touchedNanos, row.sequence);
            } catch (BufferOverflowException e) {
                told.accept("row " + row + ": is too large for the journal (expected: " + Journal.LARGEST + " octets at most); after a crash it is gone");
            }
        }
    }

    /**
     * A table has become another: keeps all of it as it is now.
     *
     * @param lost records of rows that had no place in it
     * @param confirmed whether the next process is to find it so; else it finds what was before, until {@link #confirm}
     */
    void became(RowTable table, List<Integer> lost, boolean confirmed) {
        Numbered was = current.get(table);
        Numbered is = number(table.type(), was.owner);
        current.put(table, is);
        table.setNames(new ReadNames(is.number, is.type.key(), is.type.row(), octets));
        List<Integer> old = before.computeIfAbsent(table, t -> new ArrayList<>());
        old.addAll(lost);
        table.eachRow(row -> {
            old.add(row.valueAt);
            put(row);
        });
        if (confirmed) {
            confirm(table);
        }
    }

    /** Has the next process find a table as it is now. */
    void confirm(RowTable table) {
        Numbered numbered = current.get(table);
        if (numbered != null) {
            numbered.turn = ++turn;
            if (numbered.at != Journal.NOWHERE) {
                journal.set(numbered.at, numbered.turn, 0);
            }
        }
        List<Integer> old = before.remove(table);
        if (old != null) {
            old.forEach(journal::free);
        }
    }

    /** Keeps the time at which a row was seen last. */
    void touched(Row row) {
        journal.set(row.valueAt, row.touchedNanos, row.sequence);
    }
}

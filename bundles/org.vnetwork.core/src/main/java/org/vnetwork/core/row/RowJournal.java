package org.vnetwork.core.row;

import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.vnetwork.core.journal.Journal;

/**
 * Keeps rows in the journal as they change, and gives those of the process before back to their tables.
 *
 * <p>Rows of a data type that nobody uses yet stay in the journal until somebody does. Loop thread only.
 */
public final class RowJournal {
    private final Journal journal;
    private final Consumer<String> told;
    private final ByteBuffer buffer = Journal.buffer();
    /** Types by id; those of the process before keep their numbers. */
    private final Map<String, Type> types = new HashMap<>();
    private final Map<RowTable, Codecs> codecs = new HashMap<>();
    private final Map<Integer, RowTable> tables = new HashMap<>();
    private final Map<Integer, Type> byNumber = new HashMap<>();
    private int nextNumber;
    private long sequence;
    private int restored;

    /** A type, its place in the journal, and the rows found of it. */
    private static final class Type {
        private final int number;
        private final String id;
        private final String schema;
        private final List<Journal.Found> rows = new ArrayList<>();
        private int at;

        Type(int number, String id, String schema, int at) {
            this.number = number;
            this.id = id;
            this.schema = schema;
            this.at = at;
        }
    }

    private record Codecs(Type type, RowCodec key, RowCodec row) {
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
            String[] text = StandardCharsets.UTF_8.decode(found.octets()).toString().split(" ", 2);
            add(new Type(number, text[0], text[1], found.at()));
            reserve(number);
        }
        for (Journal.Found found : journal.take(Journal.Kind.ROW)) {
            Type type = byNumber.get(found.octets().getInt());
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

    /** Takes up a table: what the process before knew of it comes back. */
    void adopt(RowTable table) {
        RowCodec key = RowCodec.of(table.keyClass());
        RowCodec row = RowCodec.of(table.rowClass());
        String schema = key.schema() + " " + row.schema();
        Type known = types.get(table.id());
        if (known != null && !known.schema.equals(schema)) {
            if (!known.rows.isEmpty()) {
                told.accept("data type " + table.id() + ": " + known.rows.size() + " rows of the process before are left out, since its components were " + known.schema
                        + " and are " + schema + " now (expected: another version number for other components)");
            }
            known.rows.forEach(r -> journal.free(r.at()));
            journal.free(known.at);
            byNumber.remove(known.number);
            known = null;
        }
        if (known == null) {
            known = new Type(nextNumber++, table.id(), schema, Journal.NOWHERE);
            add(known);
            keeps(known);
        }
        codecs.put(table, new Codecs(known, key, row));
        tables.put(known.number, table);
        table.setNames(new ReadNames(known.number, key));
        known.rows.forEach(found -> restore(table, found));
        known.rows.clear();
    }

    private void add(Type type) {
        types.put(type.id, type);
        byNumber.put(type.number, type);
    }

    /** Whether the journal has the type, now at the latest; without it the next process knows nothing by its number. */
    private boolean keeps(Type type) {
        if (type.at == Journal.NOWHERE) {
            buffer.clear().putInt(type.number).put((type.id + " " + type.schema).getBytes(StandardCharsets.UTF_8));
            type.at = journal.put(Journal.Kind.TYPE, buffer.flip(), 0, 0);
        }
        return type.at != Journal.NOWHERE;
    }

    /** Whether the next process will know the type of this number: only then a name with it says anything. */
    boolean keeps(int number) {
        Type type = byNumber.get(number);
        return type != null && keeps(type);
    }

    /** Gives no new type this number or a lower one: names with it are about. */
    void reserve(int number) {
        nextNumber = Math.max(nextNumber, number + 1);
    }

    /** What a name stands for, behind the number of its type; something that nobody can change yet when that type is not in use, null when no such type is known. */
    Dependency find(int type, ByteBuffer name) {
        RowTable table = tables.get(type);
        if (table == null) {
            return byNumber.containsKey(type) ? new Unused(type) : null;
        }
        return table.names().find(table, name);
    }

    /** Something of a data type that nobody uses yet. */
    private static final class Unused extends Dependency {
        Unused(int type) {
            super("data type " + type + " of the process before[not in use]");
        }

        @Override
        public boolean mayDeny() {
            return true;
        }
    }

    private void restore(RowTable table, Journal.Found found) {
        Codecs codec = codecs.get(table);
        try {
            long idleNanos = found.octets().getLong();
            Record key = (Record) codec.key().read(found.octets());
            Record value = (Record) codec.row().read(found.octets());
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
        Codecs codec = codecs.get(row.table);
        int before = row.valueAt;
        row.valueAt = Journal.NOWHERE;
        if (codec != null && row.value != null && !row.placed && keeps(codec.type())) {
            try {
                buffer.clear().putInt(codec.type().number).putLong(row.idleNanos);
                codec.key().write(row.key, buffer);
                codec.row().write(row.value, buffer);
                row.sequence = sequence++;
                row.valueAt = journal.put(Journal.Kind.ROW, buffer.flip(), row.touchedNanos, row.sequence);
            } catch (BufferOverflowException e) {
                told.accept("row " + row + ": is too large for the journal (expected: " + Journal.LARGEST + " octets at most); after a crash it is gone");
            }
        }
        // NB: the new one is there before the old one goes: killed in between, the later of the two counts.
        journal.free(before);
    }

    /** Keeps the time at which a row was seen last. */
    void touched(Row row) {
        journal.set(row.valueAt, row.touchedNanos, row.sequence);
    }
}

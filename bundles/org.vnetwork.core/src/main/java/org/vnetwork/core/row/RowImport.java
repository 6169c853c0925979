package org.vnetwork.core.row;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.vnetwork.model.Refusal;

/** Puts the rows of a file into their table: all is checked before anything is changed. Loop thread only. */
public final class RowImport {
    private final Tables tables;
    private final RowFile file;
    private final List<RowFile.Entry> entries = new ArrayList<>();

    /** What becomes of the rows of a file. */
    public record Counts(int added, int changed, int same) {
        @Override
        public String toString() {
            return added + " rows are new, " + changed + " are others, " + same + " are as they were";
        }
    }

    /**
     * Checks a file against the table of its type.
     *
     * @param type that is asked for, with or without version
     * @throws Refusal when a row cannot be put
     */
    public RowImport(Tables tables, RowFile file, String type) {
        this.tables = tables;
        this.file = file;
        if (!file.type().id().equals(type) && !file.type().id().startsWith(type + "/")) {
            throw Refusal.value("table", type, "that of the file, " + file.type().id());
        }
        RowTable table = table();
        if (table != null && table.isConfigured()) {
            throw Refusal.value("table", table.id(), "one of an engine or a filter", "the rows of this one are the platform's own");
        }
        if (table != null && !tables.owner(table).equals(file.owner())) {
            throw new Refusal("table " + table.id() + ": it belongs to " + name(tables.owner(table)) + ", and that of the file to " + name(file.owner()) + " (expected: the same)");
        }
        convert(table);
        int more = counts().added();
        int count = table == null ? 0 : table.count();
        if (count + more > RowTable.LIMIT) {
            throw new Refusal("table " + file.type().id() + ": " + more + " more rows than the " + count + " that it has (expected: at most " + RowTable.LIMIT + " together)");
        }
    }

    private static String name(String owner) {
        return owner.isEmpty() ? "all bundles" : "bundle " + owner;
    }

    private RowTable table() {
        return tables.find(file.type().id());
    }

    private void convert(RowTable table) {
        if (table == null) {
            entries.addAll(file.rows());
            return;
        }
        Conversion keys = Conversion.between(file.type().key(), table.keySchema());
        Conversion rows = Conversion.between(file.type().row(), table.rowSchema());
        Set<Values> taken = new HashSet<>();
        for (int i = 0; i < file.rows().size(); i++) {
            RowFile.Entry entry = file.rows().get(i);
            String what = "row " + entry.key() + " in line " + (i + 2);
            try {
                Values key = keys == null ? entry.key() : keys.apply(entry.key());
                entries.add(new RowFile.Entry(key, rows == null ? entry.row() : rows.apply(entry.row()), entry.idleMillis()));
                if (!taken.add(key)) {
                    throw new Conversion.Misfit("another row has the same key in this table");
                }
            } catch (Conversion.Misfit e) {
                throw new Refusal(what + ": " + e.getMessage(), e);
            }
            if (table.keyClasses() != null) {
                TextValues.check(table.keyClasses(), entries.getLast().key(), what + " key");
                TextValues.check(table.rowClasses(), entries.getLast().row(), what);
            }
        }
    }

    /** What {@link #run} would do. */
    public Counts counts() {
        int added = 0;
        int same = 0;
        for (RowFile.Entry entry : entries) {
            Row row = table() == null ? null : table().peek(entry.key());
            added += row == null || row.value == null ? 1 : 0;
            same += row != null && entry.row().equals(row.value) && row.idleNanos == nanos(entry) ? 1 : 0;
        }
        return new Counts(added, entries.size() - added - same, same);
    }

    private static long nanos(RowFile.Entry entry) {
        return entry.idleMillis() < 0 ? Row.NEVER : entry.idleMillis() * 1_000_000;
    }

    /** Puts the rows; those that a port has no room for are counted as refused. How many were refused. */
    public int run() {
        RowTable table = tables.imported(file.type(), file.owner());
        int refused = 0;
        for (RowFile.Entry entry : entries) {
            Row row = table.peek(entry.key());
            boolean same = row != null && entry.row().equals(row.value) && row.idleNanos == nanos(entry);
            refused += same || table.apply(entry.key(), entry.row(), nanos(entry), tables.now()) ? 0 : 1;
        }
        return refused;
    }
}

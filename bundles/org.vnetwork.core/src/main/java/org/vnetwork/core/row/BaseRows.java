package org.vnetwork.core.row;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The rows of one table as they were before it became another: neutral, so that no class is held. Loop thread only. */
final class BaseRows {
    private final RowType type;
    private final Map<Row, Kept> rows = new HashMap<>();

    /** A row before, and its version when the table became another. */
    private record Kept(Moved was, long version) {
    }

    BaseRows(RowTable table) {
        type = table.type();
        table.eachRow(row -> rows.put(row, new Kept(new Moved(row.key, row.value), row.version)));
    }

    RowType type() {
        return type;
    }

    /** What a table would be again: rows that did not change since as they were, others by names as far as they have a place. */
    Map<Row, Moved> back(RowTable table) {
        Conversion keys = Conversion.between(table.keySchema(), type.key());
        Conversion values = Conversion.between(table.rowSchema(), type.row());
        Map<Row, Moved> back = new HashMap<>();
        Set<Values> taken = new HashSet<>();
        table.eachRow(row -> {
            Kept kept = rows.get(row);
            if (kept != null && kept.version() == row.version) {
                back.put(row, kept.was());
                taken.add(kept.was().key());
            }
        });
        table.eachRow(row -> {
            Values key = back.containsKey(row) ? null : Moved.key(keys, row.key);
            Values value = key == null ? null : Moved.key(values, row.value);
            if (value != null && taken.add(key)) {
                back.put(row, new Moved(key, value));
            }
        });
        return back;
    }
}

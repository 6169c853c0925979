package org.vnetwork.core.row;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * What is in the tables of a switch at one time. Made on its loop, which takes references alone, since rows are immutable; what is made of it belongs to whoever does.
 *
 * <p>Readers, listeners and the journal stay behind.
 */
public final class TablesCopy {
    private final List<Each> tables = new ArrayList<>();

    private record Each(RowType type, String owner, boolean configured, List<Copied> rows) {
    }

    private record Copied(Values key, Values value, long idleNanos, long touchedNanos) {
    }

    /** On the loop. */
    public TablesCopy(Tables of) {
        for (RowTable table : of.all()) {
            List<Copied> rows = new ArrayList<>(table.count());
            table.eachRow(row -> rows.add(new Copied(row.key, row.value, row.idleNanos, row.touchedNanos)));
            tables.add(new Each(table.type(), of.owner(table), table.isConfigured(), rows));
        }
    }

    /** Tables with these rows, for one thread. */
    public Tables tables(LongSupplier clock) {
        Tables made = new Tables(clock);
        for (Each each : tables) {
            RowTable table = made.restored(each.type, each.owner);
            if (each.configured) {
                table.setConfigured();
            }
            each.rows.forEach(row -> table.restore(table.place(row.key), row.value, row.idleNanos, row.touchedNanos));
        }
        return made;
    }
}

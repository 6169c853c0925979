package org.vnetwork.core.row;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rows of one table as other classes would have them: first tried on a copy, on any thread, then made true on the loop.
 *
 * <p>Since rows are immutable the copy is one of references. Rows that changed since are converted again when it is made true. Upgrade functions of plugins run in {@link #work} and
 * {@link #moved}.
 */
public final class RowConversion {
    private static final int EXAMPLES = 5;

    private final RowTable table;
    private final RecordCodec keys;
    private final RecordCodec rows;
    private final Upgrade upgrade;
    private final Conversion keyConversion;
    private final Conversion rowConversion;
    private final RowType to;
    private final List<Copied> copy = new ArrayList<>();
    private final Map<Row, Done> done = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    private long before;
    private long after;

    /** A row as it was when the conversion began. */
    private record Copied(Row row, Values key, Values value, long version) {
    }

    /** A row that was converted, and the version that this is true of. */
    private record Done(Moved moved, long version) {
    }

    /** On the loop. */
    RowConversion(RowTable table, RecordCodec keys, RecordCodec rows, boolean policy) {
        this.table = table;
        this.keys = keys;
        this.rows = rows;
        this.upgrade = new Upgrade(rows);
        this.keyConversion = Conversion.between(table.keySchema(), keys.schema());
        this.rowConversion = Conversion.between(table.rowSchema(), rows.schema());
        this.to = new RowType(table.id(), policy, keys.schema(), rows.schema());
        table.eachRow(row -> copy.add(new Copied(row, row.key, row.value, row.version)));
    }

    RowTable table() {
        return table;
    }

    boolean isFor(Form form) {
        return form.is(keys.type(), rows.type());
    }

    RowType to() {
        return to;
    }

    /** Converts the copy; any thread, once. */
    public RowConversion work() {
        Set<Values> taken = new HashSet<>();
        for (Copied row : copy) {
            before += digest(row.key(), row.value());
            try {
                Moved moved = convert(row.key(), row.value());
                if (!taken.add(moved.key())) {
                    throw new Conversion.Misfit("another row has the same key then");
                }
                done.put(row.row(), new Done(moved, row.version()));
                after += digest(moved.key(), moved.value());
            } catch (Conversion.Misfit e) {
                if (problems.size() < EXAMPLES) {
                    problems.add(table.id() + "[" + row.key() + "]: " + e.getMessage());
                }
            }
        }
        return this;
    }

    private Moved convert(Values key, Values value) {
        Values newKey = keyConversion == null ? key : keyConversion.apply(key);
        if (keyConversion != null) {
            made(newKey);
        }
        return new Moved(newKey, rowConversion == null ? value : upgrade.values(rowConversion, key, value));
    }

    private void made(Values key) {
        try {
            keys.live(key);
        } catch (RuntimeException e) {
            throw new Conversion.Misfit(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    /** What {@link #work} found. */
    public ConversionReport report() {
        Set<String> preset = new LinkedHashSet<>();
        Set<String> dropped = new LinkedHashSet<>();
        for (Conversion conversion : new Conversion[] {keyConversion, rowConversion}) {
            if (conversion != null) {
                preset.addAll(conversion.preset());
                dropped.addAll(conversion.dropped());
            }
        }
        return new ConversionReport(table.id(), copy.size(), done.size(), List.copyOf(preset), List.copyOf(dropped), List.copyOf(problems), text(before), text(after));
    }

    /** Every row of now that has a place, on the loop. */
    Map<Row, Moved> moved() {
        Map<Row, Moved> all = new HashMap<>();
        Set<Values> taken = new HashSet<>();
        table.eachRow(row -> {
            Done known = done.get(row);
            Moved moved = known != null && known.version() == row.version ? known.moved() : tried(row);
            if (moved != null && taken.add(moved.key())) {
                all.put(row, moved);
            }
        });
        return all;
    }

    private Moved tried(Row row) {
        try {
            return convert(row.key, row.value);
        } catch (Conversion.Misfit e) {
            return null;
        }
    }

    /** A digest of the rows that are there, whatever their order. */
    static String digest(RowTable table) {
        long[] sum = new long[1];
        table.eachRow(row -> sum[0] += digest(row.key, row.value));
        return text(sum[0]);
    }

    private static String text(long digest) {
        return String.format("%016x", digest);
    }

    /** FNV-1a over the text; sums of these do not depend on an order. */
    private static long digest(Values key, Values value) {
        long hash = 0xcbf29ce484222325L;
        for (byte octet : (key + " = " + value).getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ octet & 0xff) * 0x100000001b3L;
        }
        return hash;
    }
}

package org.vnetwork.core.row;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.vnetwork.model.Refusal;

/**
 * A table as the classes of one generation see it: the one place that holds these classes and records of them.
 *
 * <p>A form whose schema is another than the table's converts by component names, both ways. Loop thread only.
 */
final class Form {
    /** Stands for a value that no row can have. */
    static final Object NOBODYS = new Object();

    private final RowTable table;
    private final RecordCodec keys;
    private final RecordCodec rows;
    private final Upgrade upgrade;
    /** Where rows keep their {@link Live} of this form. */
    private final int slot;
    private final Map<Record, Live> lives = new HashMap<>();
    private Conversion keyIn;
    private Conversion keyOut;
    private Conversion rowIn;
    private Conversion rowOut;
    private int users;

    Form(RowTable table, RecordCodec keys, RecordCodec rows, int slot) {
        this.table = table;
        this.keys = keys;
        this.rows = rows;
        this.slot = slot;
        this.upgrade = new Upgrade(rows);
        adapt();
    }

    RowTable table() {
        return table;
    }

    RecordCodec keys() {
        return keys;
    }

    RecordCodec rows() {
        return rows;
    }

    boolean is(Class<?> key, Class<?> row) {
        return keys.type() == key && rows.type() == row;
    }

    /** Whether its schema is the table's, so that nothing is lost on the way. */
    boolean isTables() {
        return keyIn == null && rowIn == null;
    }

    /** Counts one more, or one less, who uses it; how many that are. */
    int use(int more) {
        users += more;
        return users;
    }

    int slot() {
        return slot;
    }

    /** The table's schema is another, or the form is new; no row has a record of it. */
    void adapt() {
        lives.clear();
        keyIn = Conversion.between(keys.schema(), table.keySchema());
        keyOut = Conversion.between(table.keySchema(), keys.schema());
        rowIn = Conversion.between(rows.schema(), table.rowSchema());
        rowOut = Conversion.between(table.rowSchema(), rows.schema());
    }

    /** The place of a key, with what is there. */
    Live live(Record key) {
        Live live = lives.get(key);
        return live != null ? live : of(table.place(neutralKey(key)), key);
    }

    /** A row as this form sees it. */
    Live of(Row row) {
        Live live = row.live(slot);
        return live != null ? live : of(row, keyRecord(row.key));
    }

    private Live of(Row row, Record key) {
        Live live = row.live(slot);
        if (live == null) {
            live = new Live(this, row, key);
            row.setLive(slot, live);
            // NB: of a key that is converted, several can mean one row; these are looked up by the row.
            if (keyIn == null) {
                lives.put(key, live);
            }
        }
        return live;
    }

    /** Forgets a place that is gone. */
    void forget(Row row) {
        Live live = row.live(slot);
        if (live != null) {
            lives.remove(live.key);
            row.setLive(slot, null);
        }
    }

    /** Leaves no record of its classes behind. */
    void drop() {
        table.eachPlace(row -> row.setLive(slot, null));
        lives.clear();
    }

    Values neutralKey(Record key) {
        Values neutral = keys.neutral(key);
        return keyIn == null ? neutral : fitting("key", () -> keyIn.apply(neutral));
    }

    /** What the table keeps of a row. */
    Values neutral(Record row) {
        Values neutral = rows.neutral(row);
        return rowIn == null ? neutral : fitting("row", () -> rowIn.apply(neutral));
    }

    /** The record of a key that the table keeps, or kept before it had another schema. */
    Record keyRecord(Values key) {
        Conversion out = key.schema() == table.keySchema() ? keyOut : Conversion.between(key.schema(), keys.schema());
        return made(keys, out == null ? key : fitting("key", () -> out.apply(key)));
    }

    /** The record of a row, as {@link #keyRecord}. */
    Record record(Values key, Values row) {
        Conversion out = row.schema() == table.rowSchema() ? rowOut : Conversion.between(row.schema(), rows.schema());
        return out == null ? made(rows, row) : fitting("row", () -> upgrade.record(out, key, row));
    }

    private Record made(RecordCodec codec, Values values) {
        try {
            return codec.live(values);
        } catch (RuntimeException | LinkageError e) {
            throw new IllegalStateException("data type " + table.id() + ": " + values + " cannot be a " + codec.type().getName() + ": " + e.getMessage(), e);
        }
    }

    private <T> T fitting(String what, Supplier<T> conversion) {
        try {
            return conversion.get();
        } catch (Conversion.Misfit e) {
            throw new IllegalStateException("data type " + table.id() + ": a " + what + " has no place in " + rows.type().getName() + ", or the other way round: " + e.getMessage(), e);
        }
    }

    /** Names of all components. */
    private List<String> components() {
        return Stream.concat(keys.schema().names().stream(), rows.schema().names().stream()).distinct().sorted().toList();
    }

    /** A value that somebody asks for in a component, neutral, in the schema of this form; {@link #NOBODYS} when no row can have it. */
    Object asked(String component, Object value) {
        RecordCodec of = part(component);
        int place = of.schema().place(component);
        if (place < 0) {
            throw Refusal.value("component of " + table.id(), component, "one of " + String.join(", ", components()));
        }
        Kind kind = of.schema().kind(place);
        if (value == null) {
            return kind.nullable() ? null : NOBODYS;
        }
        try {
            Object neutral = of.part(place).neutral(value);
            return kind.holds(neutral) ? neutral : NOBODYS;
        } catch (ClassCastException e) {
            return NOBODYS;
        }
    }

    /** What {@link #asked} said, in the schema of the table. */
    Object tables(String component, Object asked) {
        Conversion in = part(component) == keys ? keyIn : rowIn;
        try {
            return in == null || asked == null || asked == NOBODYS ? asked : in.component(component, asked);
        } catch (Conversion.Misfit e) {
            return NOBODYS;
        }
    }

    private RecordCodec part(String component) {
        return keys.schema().place(component) >= 0 ? keys : rows;
    }

    /** The value of a component of this form in a key and row of it, neutral. */
    Object component(String component, Record key, Record row) {
        return part(component) == keys ? keys.neutral(key).get(component) : rows.neutral(row).get(component);
    }
}

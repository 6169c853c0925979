package org.vnetwork.core.row;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.vnetwork.model.PortId;
import org.vnetwork.model.Refusal;
import org.vnetwork.table.Table;

/** Two generations of a bundle, each with its own classes of one data type, on the tables of one switch. */
class GenerationsTest {
    private static final String KEY = "public record Key(int id) { }";
    private static final String ONE = "@DataType(\"acme.cell/1\") public record Cell(String colour, int size, PortId port) { }";
    private static final Generation FIRST = Generation.of(Map.of("Key", KEY, "Cell", ONE));
    /** A component more, one less, one of another kind. */
    private static final Generation SECOND = Generation.of(Map.of("Key", KEY, "Cell",
            "@DataType(\"acme.cell/1\") public record Cell(long size, PortId port, @Default(\"[1 2]\") List<Integer> tags) { }"));
    private static final Generation FIRST_AGAIN = Generation.of(Map.of("Key", KEY, "Cell",
            "@DataType(\"acme.cell/1\") public record Cell(@Default(\"grey\") String colour, int size, PortId port) { }"));
    private static final int ROWS = 10_000;

    private long now;
    private final List<String> told = new ArrayList<>();
    private final Tables tables = new Tables(() -> now, told::add);

    private Table<Record, Record> view(Generation.Loaded classes) {
        return tables.pluginView(classes.record("Key"), classes.record("Cell"), "acme", tables::in);
    }

    private RowTable table() {
        return RowText.table(tables, "acme.cell");
    }

    private void fill(Generation.Loaded classes, int rows) {
        Table<Record, Record> view = view(classes);
        for (int i = 0; i < rows; i++) {
            view.put(classes.make("Key", i), classes.make("Cell", "grey", i % 100, new PortId(1 + i % 7)), Duration.ofSeconds(300));
        }
        tables.release(view);
    }

    @Test
    void twoGenerationsUseOneTableAtTheSameTime() {
        Generation.Loaded a = FIRST.load();
        Generation.Loaded b = FIRST.load();
        Table<Record, Record> ofA = view(a);
        Table<Record, Record> ofB = view(b);
        ofA.put(a.make("Key", 1), a.make("Cell", "red", 3, new PortId(2)));
        assertEquals(b.make("Cell", "red", 3, new PortId(2)), ofB.get(b.make("Key", 1)));
        assertEquals(List.of(b.make("Key", 1)), ofB.find("colour", "red"));
        ofB.put(b.make("Key", 1), b.make("Cell", "blue", 3, new PortId(2)));
        assertEquals(a.make("Cell", "blue", 3, new PortId(2)), ofA.get(a.make("Key", 1)));
        Transaction t = tables.begin();
        ofA.put(a.make("Key", 1), a.make("Cell", "blue", 3, new PortId(2)));
        assertFalse(t.wrote(), "equal, whoever wrote it");
        ofA.put(a.make("Key", 2), a.make("Cell", "pink", 3, new PortId(2)));
        assertEquals(b.make("Cell", "pink", 3, new PortId(2)), ofB.get(b.make("Key", 2)), "inside one decision");
        assertEquals(List.of(b.make("Key", 2)), ofB.find("colour", "pink"));
        tables.end();
    }

    @Test
    void generationsWithOtherComponentsConvertByNameBothWays() {
        Generation.Loaded one = FIRST_AGAIN.load();
        Generation.Loaded two = SECOND.load();
        Table<Record, Record> first = view(one);
        first.put(one.make("Key", 1), one.make("Cell", "grey", 3, new PortId(2)));
        Table<Record, Record> second = view(two);
        assertEquals(two.make("Cell", 3L, new PortId(2), List.of(1, 2)), second.get(two.make("Key", 1)));
        second.put(two.make("Key", 2), two.make("Cell", 4L, new PortId(3), List.of()));
        assertEquals(one.make("Cell", "grey", 4, new PortId(3)), first.get(one.make("Key", 2)), "a component that it does not have gets its default");
        assertEquals(List.of(one.make("Key", 1), one.make("Key", 2)), first.find("colour", "grey"), "also when it is asked for");
        assertEquals(List.of(), first.find("colour", "red"));
        assertEquals(List.of(one.make("Key", 2)), first.find("size", 4));
        first.put(one.make("Key", 3), one.make("Cell", "grey", 5, new PortId(1)));
        assertEquals(two.make("Cell", 5L, new PortId(1), List.of(1, 2)), second.get(two.make("Key", 3)));
        second.put(two.make("Key", 4), two.make("Cell", 1L << 40, new PortId(3), List.of()));
        String failed = assertThrows(IllegalStateException.class, () -> first.get(one.make("Key", 4))).getMessage();
        assertTrue(failed.contains("component size: 1099511627776 (expected: int)"), failed);
    }

    /** A reader of a row, as a flow is. */
    private int[] reader(Table<Record, Record> view, Record key, String colour) {
        int[] dirty = new int[1];
        Transaction t = tables.begin();
        view.get(key);
        view.find("size", colour == null ? (Object) 7L : 7);
        tables.end();
        t.reads().forEach(d -> d.add(mayDeny -> dirty[0]++, 0));
        return dirty;
    }

    @Test
    void after200ChangesRowsAndReadersAreWhatTheyWereAndNoClassIsLeft() {
        fill(FIRST_AGAIN.load(), ROWS);
        String before = Tables.digest(table());
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        Generation.Loaded watcher = FIRST_AGAIN.load();
        Table<Record, Record> watching = view(watcher);
        int[] dirty = reader(watching, watcher.make("Key", 5), "grey");
        tables.release(watching);
        loaders.add(new WeakReference<>(watcher));
        watcher = null;
        watching = null;
        for (int i = 0; i < 200; i++) {
            loaders.add(new WeakReference<>(change(i)));
        }
        assertEquals(before, Tables.digest(table()));
        assertEquals(ROWS, table().count());
        assertEquals(List.of(), told);
        int changed = dirty[0];
        Generation.Loaded last = FIRST_AGAIN.load();
        Table<Record, Record> view = view(last);
        view.put(last.make("Key", 5), last.make("Cell", "red", 0, new PortId(1)));
        assertTrue(dirty[0] > changed, "who read the row before all of that is told");
        Generation.collected(loaders);
        assertEquals(0, loaders.stream().filter(l -> l.get() != null).count(), "no class of a generation that is gone is held");
        assertEquals(last.make("Cell", "grey", 6, new PortId(7)), view.get(last.make("Key", 6)));
    }

    /** One generation takes over from another, decides a little, and goes. */
    private ClassLoader change(int i) {
        Generation.Loaded classes = (i % 2 == 0 ? SECOND : FIRST_AGAIN).load();
        Table<Record, Record> view = view(classes);
        Tables.listen(view, "acme", (key, row) -> { });
        Transaction t = tables.begin();
        for (int id = 0; id < 20; id++) {
            Record key = classes.make("Key", i * 20 % ROWS + id);
            view.put(key, view.get(key), Duration.ofSeconds(300));
            view.count("port", new PortId(1 + id % 7));
        }
        Record extra = classes.make("Key", ROWS + i);
        view.put(extra, view.get(classes.make("Key", 1)), Duration.ofSeconds(300));
        tables.end();
        t.commit(++now);
        assertEquals(ROWS + 1, table().count());
        view.remove(extra);
        tables.release(view);
        return classes;
    }

    @Test
    void aGenerationThatIsGoneLeavesItsRowsInWords() {
        Generation.Loaded classes = FIRST.load();
        fill(classes, 3);
        assertFalse(table().inUse());
        Row row = table().rows().get(2);
        assertEquals("acme.cell/1[id=2]", row.toString());
        assertEquals("{colour=grey, size=2, port=p3}", row.valueTexts(id -> "p" + id).toString());
        assertEquals("acme", tables.owner(table()));
    }

    @Test
    void aViewOfAPluginThatIsClosedIsRefused() {
        Generation.Loaded classes = FIRST.load();
        Table<Record, Record> view = view(classes);
        tables.release(view);
        assertThrows(IllegalStateException.class, () -> view.put(classes.make("Key", 1), classes.make("Cell", "red", 3, new PortId(2))));
        assertThrows(IllegalStateException.class, () -> view.get(classes.make("Key", 1)));
    }

    @Test
    void aTableThatWasOnlyTriedIsGoneAndOneWithRowsOrReadersStays() {
        Generation.Loaded classes = FIRST.load();
        Table<Record, Record> view = view(classes);
        view.get(classes.make("Key", 1));
        tables.release(view);
        assertEquals(List.of(), tables.all().stream().map(RowTable::id).toList());
        view = view(classes);
        reader(view, classes.make("Key", 1), "grey");
        tables.release(view);
        assertEquals(List.of("acme.cell/1"), tables.all().stream().map(RowTable::id).toList());
    }

    @Test
    void aTrialSaysWhatWouldBecomeOfTheRowsAndChangesNothing() {
        fill(FIRST.load(), 100);
        String before = Tables.digest(table());
        Generation.Loaded two = SECOND.load();
        ConversionReport report = tables.conversions().begin(two.record("Key"), two.record("Cell")).work().report();
        assertEquals("data type acme.cell/1: 100 of 100 rows convert, default for tags, dropped colour", report.toString());
        assertEquals(before, report.before());
        assertEquals(before, Tables.digest(table()));
        assertEquals("(colour:text,size:int,port:port)", table().rowSchema().text());
        assertEquals(0, tables.conversions().make(tables.conversions().begin(two.record("Key"), two.record("Cell")).work()));
        assertEquals(report.after(), Tables.digest(table()));
    }

    @Test
    void theWayBackRestoresRowsAndTakesAlongWhatWasWrittenSince() {
        fill(FIRST_AGAIN.load(), 10);
        Generation.Loaded one = FIRST_AGAIN.load();
        Generation.Loaded two = SECOND.load();
        Table<Record, Record> first = view(one);
        first.put(one.make("Key", 0), one.make("Cell", "red", 1, new PortId(1)));
        String before = Tables.digest(table());
        tables.conversions().make(tables.conversions().begin(two.record("Key"), two.record("Cell")).work());
        assertEquals(one.make("Cell", "grey", 1, new PortId(1)), first.get(one.make("Key", 0)), "its colour has no place now");
        assertEquals(0, tables.conversions().back("acme.cell/1"));
        assertEquals(before, Tables.digest(table()));
        assertEquals(one.make("Cell", "red", 1, new PortId(1)), first.get(one.make("Key", 0)));
        tables.conversions().make(tables.conversions().begin(two.record("Key"), two.record("Cell")).work());
        Table<Record, Record> second = view(two);
        second.put(two.make("Key", 1), two.make("Cell", 50L, new PortId(1), List.of()));
        second.put(two.make("Key", 77), two.make("Cell", 51L, new PortId(1), List.of()));
        second.put(two.make("Key", 78), two.make("Cell", 1L << 40, new PortId(1), List.of()));
        second.remove(two.make("Key", 2));
        assertEquals(1, tables.conversions().back("acme.cell/1"), "one has no place");
        assertEquals(one.make("Cell", "grey", 50, new PortId(1)), first.get(one.make("Key", 1)));
        assertEquals(one.make("Cell", "grey", 51, new PortId(1)), first.get(one.make("Key", 77)));
        assertNull(first.get(one.make("Key", 78)));
        assertNull(first.get(one.make("Key", 2)));
        assertEquals(one.make("Cell", "red", 1, new PortId(1)), first.get(one.make("Key", 0)));
        assertEquals(Set.of(), tables.conversions().bases());
    }

    private static Generation upgrading(String body) {
        return Generation.of(Map.of("Key", KEY, "Cell", "@DataType(\"acme.cell/1\") public record Cell(String shade) { static Cell upgrade(Map<String, Object> c) { " + body + " } }"));
    }

    @Test
    void anUpgradeFunctionMakesRowsAndItsFailuresAreSaidRowByRow() {
        fill(FIRST.load(), 10);
        Generation.Loaded good = upgrading("return new Cell(c.get(\"colour\") + \"/\" + c.get(\"size\") + \"/\" + c.get(\"id\") + \"/\" + c.get(\"port\"));").load();
        assertEquals("[]", tables.conversions().begin(good.record("Key"), good.record("Cell")).work().report().problems().toString());
        Generation.Loaded odd = upgrading("if ((Integer) c.get(\"id\") % 2 == 0) { return null; } throw new IllegalArgumentException(\"too odd\");").load();
        ConversionReport report = tables.conversions().begin(odd.record("Key"), odd.record("Cell")).work().report();
        assertEquals(List.of(10, 0, 5), List.of(report.rows(), report.converted(), report.problems().size()));
        assertEquals("acme.cell/1[id=0]: acme.Cell.upgrade returned null", report.problems().getFirst());
        assertEquals("acme.cell/1[id=1]: acme.Cell.upgrade failed: java.lang.IllegalArgumentException: too odd", report.problems().get(1));
        Table<Record, Record> view = view(good);
        assertEquals(good.make("Cell", "grey/3/3/#4"), view.get(good.make("Key", 3)));
        Generation wrong = Generation.of(Map.of("Key", KEY, "Cell", "@DataType(\"acme.cell/1\") public record Cell(String shade) { static Object upgrade(Map<String, Object> c) { return null; } }"));
        assertEquals("data type: method upgrade of acme.Cell (expected: static Cell upgrade(Map<String, Object> components))", assertThrows(Refusal.class, () -> view(wrong.load())).getMessage());
    }

    @Test
    void rowsInUseThatWouldBeLostRefuseTheNewClassesAndRowsOfNobodyAreLeftOutAndTold() {
        Generation.Loaded one = FIRST.load();
        Table<Record, Record> first = view(one);
        first.put(one.make("Key", 1), one.make("Cell", "red", 3, new PortId(2)));
        first.put(one.make("Key", 2), one.make("Cell", "red", 300, new PortId(2)));
        Generation narrow = Generation.of(Map.of("Key", KEY, "Cell", "@DataType(\"acme.cell/1\") public record Cell(byte size) { }"));
        String why = "data type acme.cell/1: 1 of 2 rows convert, dropped colour, port; not: acme.cell/1[id=2]: component size: 300 (expected: byte)";
        assertEquals(why + " (expected: all rows)", assertThrows(Refusal.class, () -> view(narrow.load())).getMessage());
        assertEquals(2, table().count());
        tables.release(first);
        view(narrow.load());
        assertEquals(List.of(why + "; 1 rows are left out"), told);
        assertEquals(1, table().count());
        Generation more = Generation.of(Map.of("Key", KEY, "Cell", "@DataType(\"acme.cell/1\") public record Cell(byte size, String name) { }"));
        assertTrue(assertThrows(Refusal.class, () -> view(more.load())).getMessage().contains("component name is new (expected: a @Default, or a method upgrade)"));
    }

    @Test
    void rowsThatWouldHaveOneKeyAreSaid() {
        Generation wide = Generation.of(Map.of("Key", "public record Key(int id, int part) { }", "Cell", ONE));
        Generation.Loaded classes = wide.load();
        Table<Record, Record> view = view(classes);
        for (int part = 0; part < 3; part++) {
            view.put(classes.make("Key", 1, part), classes.make("Cell", "red", part, new PortId(1)));
        }
        Generation.Loaded one = FIRST.load();
        ConversionReport report = tables.conversions().begin(one.record("Key"), one.record("Cell")).work().report();
        assertEquals(2, report.lost());
        assertEquals("acme.cell/1[id=1,part=1]: another row has the same key then", report.problems().getFirst());
    }

    @Test
    void aTypeBelongsToTheBundleThatDefinedItFirst() {
        Generation.Loaded one = FIRST.load();
        Table<Record, Record> owner = view(one);
        owner.put(one.make("Key", 1), one.make("Cell", "red", 3, new PortId(2)));
        Generation.Loaded other = FIRST.load();
        assertEquals("data type acme.cell/1: it belongs to bundle acme, and bundle evil has a class of that name, acme.Cell (expected: an id of its own, as evil/1)",
                assertThrows(Refusal.class, () -> tables.pluginView(other.record("Key"), other.record("Cell"), "evil", tables::in)).getMessage());
        Table<Record, Record> reader = tables.pluginView(one.record("Key"), one.record("Cell"), "friend", tables::in);
        assertEquals(one.make("Cell", "red", 3, new PortId(2)), reader.get(one.make("Key", 1)));
        String refused = "data type acme.cell/1 belongs to bundle acme; friend only reads it (expected: a type of its own, or a shared one)";
        assertEquals(refused, assertThrows(Refusal.class, () -> reader.remove(one.make("Key", 1))).getMessage());
        assertEquals(refused, assertThrows(Refusal.class, () -> reader.put(one.make("Key", 1), one.make("Cell", "blue", 3, new PortId(2)))).getMessage());
        var fdb = tables.pluginView(org.vnetwork.table.shared.Station.class, org.vnetwork.table.shared.FdbEntry.class, "friend", tables::in);
        fdb.put(new org.vnetwork.table.shared.Station(1, 2), new org.vnetwork.table.shared.FdbEntry(new PortId(1), false));
        assertEquals("", tables.owner(Tables.behind(fdb)));
    }
}

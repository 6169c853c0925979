package org.vnetwork.core.row;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.vnetwork.model.PortId;
import org.vnetwork.model.PortVlan;
import org.vnetwork.model.Refusal;
import org.vnetwork.table.DataType;
import org.vnetwork.table.Table;

class RowTableTest {
    private long now;
    private final Tables tables = new Tables(() -> now);
    private final Table<Key, Cell> view = tables.view(Key.class, Cell.class);
    private final RowTable table = tables.table(Key.class, Cell.class);

    record Key(int id) {
    }

    @DataType("cell/1")
    record Cell(String colour) {
    }

    /** What was dirtied since it was asked last. */
    private static final class Reader implements Dependency.Reader {
        private int dirtied;

        @Override
        public void dirty(boolean mayDeny) {
            dirtied++;
        }

        int take() {
            int taken = dirtied;
            dirtied = 0;
            return taken;
        }
    }

    private Reader reader(Runnable reads) {
        Reader reader = new Reader();
        Transaction t = tables.begin();
        reads.run();
        tables.end();
        t.reads().forEach(d -> d.add(reader, 0));
        return reader;
    }

    private static Values key(int id) {
        return RecordCodec.of(Key.class, "cell/1").neutral(new Key(id));
    }

    private static Values cell(String colour) {
        return RecordCodec.of(Cell.class, "cell/1").neutral(new Cell(colour));
    }

    private static String text(Record record) {
        RecordCodec codec = RecordCodec.of(record.getClass(), "test");
        return Texts.of(codec.neutral(record), codec);
    }

    private List<Integer> ids(List<Key> keys) {
        return keys.stream().map(Key::id).toList();
    }

    @Test
    void tellsReadersOfARowThatComesChangesAndGoes() {
        Reader reader = reader(() -> view.get(new Key(1)));
        view.put(new Key(2), new Cell("red"));
        assertEquals(0, reader.take());
        view.put(new Key(1), new Cell("red"));
        assertEquals(1, reader.take());
        view.put(new Key(1), new Cell("red"));
        assertEquals(0, reader.take(), "the same again is no change");
        view.put(new Key(1), new Cell("blue"));
        assertEquals(1, reader.take());
        view.remove(new Key(1));
        assertEquals(1, reader.take());
        view.remove(new Key(1));
        assertEquals(0, reader.take());
    }

    @Test
    void tellsReadersOfAValueThatRowsEnterOrLeave() {
        view.put(new Key(1), new Cell("red"));
        Reader red = reader(() -> view.find("colour", "red"));
        Reader counted = reader(() -> view.count("colour", "blue"));
        view.put(new Key(2), new Cell("green"));
        assertEquals(List.of(0, 0), List.of(red.take(), counted.take()));
        view.put(new Key(2), new Cell("red"));
        assertEquals(List.of(1, 0), List.of(red.take(), counted.take()));
        view.put(new Key(1), new Cell("blue"));
        assertEquals(List.of(1, 1), List.of(red.take(), counted.take()));
        view.remove(new Key(1));
        assertEquals(List.of(0, 1), List.of(red.take(), counted.take()));
    }

    @Test
    void keepsTellingAfterASweep() {
        Reader absent = reader(() -> view.get(new Key(1)));
        Reader none = reader(() -> view.find("colour", "red"));
        tables.expire(0);
        view.put(new Key(1), new Cell("red"));
        assertEquals(List.of(1, 1), List.of(absent.take(), none.take()));
    }

    @Test
    void sweepsPlacesThatNothingDependsOn() {
        for (int i = 0; i < 1000; i++) {
            view.get(new Key(i));
            view.find("colour", "colour " + i);
        }
        Row before = table.peek(key(7));
        Reader reader = reader(() -> view.get(new Key(7)));
        tables.expire(0);
        assertSame(before, table.peek(key(7)), "read by a flow");
        assertEquals(null, table.peek(key(8)));
        assertEquals(0, table.count());
        assertEquals(1, table.readers());
        assertEquals(0, reader.take());
    }

    @Test
    void listsAndFindsInOrderOfArrivalWhateverWasReadBefore() {
        view.get(new Key(3));
        view.put(new Key(1), new Cell("red"));
        view.put(new Key(2), new Cell("red"));
        view.put(new Key(3), new Cell("red"));
        assertEquals(List.of(1, 2, 3), ids(view.find("colour", "red")));
        assertEquals(List.of(1, 2, 3), table.rows().stream().map(r -> r.key().get("id")).toList());
        reader(() -> view.get(new Key(1)));
        view.remove(new Key(1));
        view.put(new Key(1), new Cell("red"));
        assertEquals(List.of(2, 3, 1), ids(view.find("colour", "red")));
        assertEquals(List.of(2, 3, 1), table.rows().stream().map(r -> r.key().get("id")).toList());
    }

    @Test
    void aTableThatIsFullRefusesNewRowsAndCountsThem() {
        for (int i = 0; i < RowTable.LIMIT + 5; i++) {
            view.put(new Key(i), new Cell("red"));
        }
        assertEquals(List.of(RowTable.LIMIT, 5L), List.of(table.count(), table.refused()));
        view.put(new Key(1), new Cell("blue"));
        assertEquals(new Cell("blue"), view.get(new Key(1)), "rows that are there still change");
        view.remove(new Key(0));
        view.put(new Key(-1), new Cell("red"));
        assertEquals(new Cell("red"), view.get(new Key(-1)));
    }

    @Test
    void aRowGoesWithAPullThatBeganAtItsDeadlineOrLater() {
        now = 100;
        view.put(new Key(1), new Cell("red"), Duration.ofSeconds(2));
        view.put(new Key(2), new Cell("red"));
        Reader reader = reader(() -> view.get(new Key(1)));
        now = 3_000_000_000L;
        assertEquals(0, tables.expire(2_000_000_099L), "the pull began before the deadline");
        assertEquals(1, tables.expire(2_000_000_100L));
        assertEquals(1, reader.take());
        assertEquals(List.of(2), ids(view.find("colour", "red")));
    }

    @Test
    void anEnormousIdleTimeDoesNotOverflow() {
        now = Long.MAX_VALUE / 2;
        view.put(new Key(1), new Cell("red"), Duration.ofDays(100_000));
        assertEquals(0, tables.expire(now + 1));
    }

    record Plain(int id) {
    }

    @DataType("Cell/1")
    record UpperCase(int id) {
    }

    @DataType("cell/1")
    record SameId(String colour) {
    }

    @DataType("map/1")
    record WithMap(Map<String, String> map) {
    }

    @DataType("set/1")
    record WithNested(List<Inner> inners) {
        record Inner(Set<String> set) {
        }
    }

    @DataType("array/1")
    record WithArray(byte[] octets) {
    }

    @DataType("good/1")
    record Good(List<Integer> numbers, Thread.State state, PortVlan vlan, Boolean flag, long mac) {
    }

    @Test
    void refusesRecordsThatCannotBeRows() {
        assertRefused("has no @DataType", Plain.class);
        assertRefused("data type: Cell/1 (expected: lower-case id, slash, version from 1)", UpperCase.class);
        assertRefused("map/1 component map: java.util.Map (expected: a primitive, String, enum, record or List of these)", WithMap.class);
        assertRefused("component set: java.util.Set", WithNested.class);
        assertRefused("array/1 component octets: [B", WithArray.class);
        assertEquals("good/1", tables.table(Key.class, Good.class).id());
        assertSame(table, tables.table(Key.class, SameId.class), "another class of the same data type");
    }

    private void assertRefused(String part, Class<? extends Record> row) {
        String message = assertThrows(Refusal.class, () -> tables.table(Key.class, row)).getMessage();
        assertTrue(message.contains(part), message);
        assertFalse(message.contains("\n"));
    }

    @DataType("empty/1")
    record Empty() {
    }

    record Nested(PortId port, Key key, List<Key> keys, long mac) {
    }

    @Test
    void writesRecordsInWords() {
        assertEquals("", text(new Empty()));
        assertEquals("port=#3,key=(id=1),keys=[(id=2) (id=3)],mac=02:00:00:00:00:01",
                text(new Nested(new PortId(3), new Key(1), List.of(new Key(2), new Key(3)), 0x0200_0000_0001L)));
        assertEquals("numbers=[1 2],state=NEW,vlan=access 10,flag=true,mac=00:00:00:00:00:00",
                text(new Good(List.of(1, 2), Thread.State.NEW, PortVlan.access(10), true, 0)));
        Transaction t = tables.begin();
        tables.view(Key.class, Empty.class).put(new Key(1), new Empty());
        tables.end();
        assertEquals(List.of("put empty/1[id=1]"), t.writes());
    }

    /** Else the command would say that it was done. */
    @Test
    void aRowThatIsPlacedIntoAFullTableIsRefused() {
        for (int i = 0; i < RowTable.LIMIT; i++) {
            view.put(new Key(i), new Cell("red"));
        }
        Refusal refusal = assertThrows(Refusal.class, () -> tables.place(table, key(-1), cell("blue")));
        assertTrue(refusal.getMessage().startsWith("row cell/1[id=-1]: the table is full"), refusal.getMessage());
        tables.place(table, key(1), cell("blue"));
        assertEquals(new Cell("blue"), view.get(new Key(1)), "one that is there may be another");
    }

    @Test
    void aRowOfTheAdministratorMayDenyHoweverItChangesAndAPluginsMayNot() {
        List<Boolean> told = new ArrayList<>();
        Transaction t = tables.begin();
        view.get(new Key(1));
        tables.end();
        t.reads().forEach(d -> d.add(told::add, 0));
        int[] denials = new int[1];
        tables.denials().listen(() -> denials[0]++);
        view.put(new Key(1), new Cell("red"));
        tables.place(table, key(1), cell("blue"));
        view.put(new Key(1), new Cell("red"));
        view.put(new Key(1), new Cell("green"));
        tables.takeAway(table.place(key(1)));
        view.put(new Key(1), new Cell("red"));
        assertEquals(List.of(false, true, true, false, true, false), told);
        assertEquals(3, denials[0]);
    }
}

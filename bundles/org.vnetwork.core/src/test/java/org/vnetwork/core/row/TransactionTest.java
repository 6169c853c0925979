package org.vnetwork.core.row;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.model.Refusal;
import org.vnetwork.table.DataType;
import org.vnetwork.table.Table;

class TransactionTest {
    private static final Duration IDLE = Duration.ofSeconds(10);
    private long now;
    private final Tables tables = new Tables(() -> now);
    private final Table<Key, Cell> view = tables.view(Key.class, Cell.class);

    record Key(int id) {
    }

    @DataType("cell/1")
    record Cell(String colour, int size) {
    }

    @AfterEach
    void endDecision() {
        tables.end();
    }

    private static Key key(int id) {
        return new Key(id);
    }

    private static Cell cell(String colour) {
        return new Cell(colour, 1);
    }

    private List<String> reads(Transaction transaction) {
        return transaction.reads().stream().map(Object::toString).toList();
    }

    @Test
    void recordsReadsOfRowsThatAreNotThere() {
        Transaction t = tables.begin();
        assertNull(view.get(key(1)));
        assertEquals(List.of("cell/1[id=1]"), reads(t));
        assertFalse(t.wrote());
    }

    @Test
    void recordsFindsAlsoWhenNothingIsFound() {
        Transaction t = tables.begin();
        assertEquals(List.of(), view.find("colour", "red"));
        assertEquals(0, view.count("size", 3));
        assertEquals(List.of("cell/1[colour=red, any]", "cell/1[size=3, any]"), reads(t));
    }

    @Test
    void refusesToFindByAComponentThatIsNone() {
        tables.begin();
        assertEquals("component of cell/1: shape (expected: one of colour, id, size)", assertThrows(Refusal.class, () -> view.find("shape", 1)).getMessage());
    }

    @Test
    void showsItsOwnWritesAndNobodyElseDoes() {
        Transaction t = tables.begin();
        view.put(key(1), cell("red"));
        assertEquals(cell("red"), view.get(key(1)));
        assertEquals(List.of(key(1)), view.find("colour", "red"));
        assertEquals(1, view.count("colour", "red"));
        assertTrue(t.wrote());
        tables.end();
        assertNull(view.get(key(1)));
        assertEquals(List.of(), view.find("colour", "red"));
    }

    @Test
    void putsTheSameRowAgainAsARefreshAndAnotherOneAsAWrite() {
        view.put(key(1), cell("red"), IDLE);
        Transaction t = tables.begin();
        view.put(key(1), cell("red"), IDLE);
        assertFalse(t.wrote());
        assertEquals(1, t.refreshes().size());
        view.put(key(1), cell("blue"), IDLE);
        assertTrue(t.wrote());
    }

    @Test
    void writesWhenOnlyTheIdleTimeIsAnother() {
        view.put(key(1), cell("red"), IDLE);
        Transaction t = tables.begin();
        view.put(key(1), cell("red"));
        assertTrue(t.wrote());
    }

    @Test
    void putsARowThatStaysAgainWithoutAnyEffect() {
        view.put(key(1), cell("red"));
        Transaction t = tables.begin();
        view.put(key(1), cell("red"));
        assertFalse(t.wrote());
        assertTrue(t.refreshes().isEmpty());
    }

    @Test
    void aRefreshKeepsTheRowYoungAndLeavesItsVersionAlone() {
        view.put(key(1), cell("red"), IDLE);
        Row row = tables.table(Key.class, Cell.class).place(RecordCodec.of(Key.class, "cell/1").neutral(key(1)));
        long version = row.version();
        now = 7;
        view.put(key(1), cell("red"), IDLE);
        assertEquals(List.of(7L, version), List.of(row.touchedNanos(), row.version()));
    }

    @Test
    void aRefreshOfAnOlderVersionDoesNothing() {
        view.put(key(1), cell("red"), IDLE);
        Row row = tables.table(Key.class, Cell.class).place(RecordCodec.of(Key.class, "cell/1").neutral(key(1)));
        long old = row.version();
        view.put(key(1), cell("blue"), IDLE);
        row.refresh(old, 99);
        assertEquals(0, row.touchedNanos());
    }

    @Test
    void rollsBackWritesAndRefreshesAndKeepsReads() {
        view.put(key(1), cell("red"), IDLE);
        view.put(key(2), cell("red"), IDLE);
        Transaction t = tables.begin();
        view.put(key(1), cell("red"), IDLE);
        view.put(key(5), cell("green"));
        Transaction.Savepoint savepoint = t.savepoint();
        view.put(key(2), cell("red"), IDLE);
        view.put(key(5), cell("black"));
        view.remove(key(1));
        t.rollback(savepoint);
        assertEquals(List.of("put cell/1[id=5] = colour=green,size=1"), t.writes());
        assertEquals(List.of("cell/1[id=1]"), t.refreshes().keySet().stream().map(Row::toString).toList());
        assertTrue(reads(t).contains("cell/1[id=2]"));
        assertEquals(cell("red"), view.get(key(1)));
        assertTrue(t.wrote());
        t.rollback(new Transaction.Savepoint(0, 0, 0));
        assertFalse(t.wrote());
    }

    @Test
    void seesTheRowsAsAnUncommittedDecisionWouldLeaveThem() {
        view.put(key(1), cell("red"));
        view.put(key(2), cell("red"));
        Transaction base = tables.begin();
        view.put(key(3), cell("red"));
        view.put(key(1), cell("blue"));
        view.remove(key(2));
        tables.end();
        Transaction overlay = tables.begin(base);
        assertEquals(cell("blue"), view.get(key(1)));
        assertNull(view.get(key(2)));
        assertEquals(List.of(key(3)), view.find("colour", "red"));
        assertEquals(1, view.count("colour", "red"));
        view.put(key(3), cell("red"));
        assertFalse(overlay.wrote(), "the base wrote it already");
        view.put(key(3), cell("pink"));
        assertEquals(List.of(), view.find("colour", "red"));
        assertEquals(0, view.count("colour", "red"));
        tables.end();
        assertEquals(cell("red"), view.get(key(1)));
    }

    @Test
    void countsWhatItFindsWhateverWasWritten() {
        java.util.Random random = new java.util.Random(7);
        String[] colours = {"red", "blue", "green"};
        for (int round = 0; round < 200; round++) {
            Transaction t = tables.begin();
            for (int i = 0; i < 20; i++) {
                if (random.nextInt(3) == 0) {
                    view.remove(key(random.nextInt(8)));
                } else {
                    view.put(key(random.nextInt(8)), cell(colours[random.nextInt(3)]));
                }
                for (String colour : colours) {
                    assertEquals(view.find("colour", colour).size(), view.count("colour", colour), t.writes().toString());
                }
            }
            tables.end();
            if (round % 2 == 0) {
                t.commit(now);
            }
        }
    }

    @Test
    void commitsInOrder() {
        Transaction t = tables.begin();
        view.put(key(1), cell("red"));
        view.put(key(1), cell("blue"));
        view.remove(key(1));
        view.put(key(1), cell("green"));
        tables.end();
        t.commit(0);
        assertEquals(cell("green"), view.get(key(1)));
    }

    @Test
    void refusesADecisionInsideADecision() {
        tables.begin();
        assertThrows(IllegalStateException.class, tables::begin);
    }

    @Test
    void refusesAnIdleTimeBelowASecond() {
        assertEquals("idle time of a row: PT0.9S (expected: 1 s or more)",
                assertThrows(Refusal.class, () -> view.put(key(1), cell("red"), Duration.ofMillis(900))).getMessage());
    }

    @Test
    void oneStageWrites4096RowsAtMostAndTheNextOneHasItsOwn() {
        Transaction t = tables.begin();
        Transaction.Savepoint before = t.savepoint();
        for (int id = 0; id < Transaction.MOST_WRITES; id++) {
            view.put(key(id), cell("red"));
        }
        assertEquals("a decision may write 4,096 rows at most by one engine or filter: put cell/1[id=70000] = colour=red,size=1 is one too many",
                assertThrows(Refusal.class, () -> view.put(key(70_000), cell("red"))).getMessage());
        assertThrows(Refusal.class, () -> view.remove(key(1)));
        t.savepoint();
        view.put(key(70_000), cell("red"));
        assertEquals(4_097, t.writes().size());
        t.rollback(before);
        assertFalse(t.wrote());
    }
}

package org.vnetwork.core.row;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.vnetwork.table.DataType;
import org.vnetwork.table.Table;

class NoticesTest {
    private long now;
    private final Tables tables = new Tables(() -> now);
    private final Table<Key, Cell> view = tables.view(Key.class, Cell.class);
    private final RowTable table = tables.table(Key.class, Cell.class);
    private final List<String> heard = new ArrayList<>();
    private final List<String> failed = new ArrayList<>();

    record Key(int id) {
    }

    @DataType("cell/1")
    record Cell(int value) {
    }

    @DataType("other/1")
    record Other(int value) {
    }

    private BiConsumer<Record, Record> listen(String owner, BiConsumer<Key, Cell> listener) {
        BiConsumer<Record, Record> cast = (key, row) -> listener.accept((Key) key, (Cell) row);
        Tables.listen(view, owner, cast);
        return cast;
    }

    private int tell() {
        return tables.notices().run(notice -> {
            try {
                notice.run();
            } catch (RuntimeException e) {
                failed.add(notice.owner() + ": " + e.getMessage());
            }
        });
    }

    @Test
    void eachChangeIsToldInOrderOnceItIsMade() {
        BiConsumer<Record, Record> listener = listen("a", (key, row) -> heard.add(key.id() + "=" + (row == null ? "gone" : row.value())));
        view.put(new Key(1), new Cell(1));
        view.put(new Key(1), new Cell(1));
        view.put(new Key(2), new Cell(2));
        view.remove(new Key(1));
        assertEquals(List.of(), heard, "not amid what changes it");
        assertEquals(3, tell());
        assertEquals(List.of("1=1", "2=2", "1=gone"), heard);
        Tables.unlisten(view, listener);
        view.put(new Key(1), new Cell(1));
        assertEquals(0, tell());
    }

    @Test
    void aListenerSeesAllThatADecisionWrote() {
        listen("a", (key, row) -> heard.add(key.id() + " of " + table.count()));
        Transaction t = tables.begin();
        view.put(new Key(1), new Cell(1));
        view.put(new Key(2), new Cell(2));
        t.commit(now);
        tables.end();
        tell();
        assertEquals(List.of("1 of 2", "2 of 2"), heard);
    }

    @Test
    void aListenerOfRowsThatExpireMayMakeATable() {
        view.put(new Key(1), new Cell(1), Duration.ofSeconds(1));
        view.put(new Key(2), new Cell(2), Duration.ofSeconds(1));
        listen("a", (key, row) -> tables.view(Key.class, Other.class).put(key, new Other(table.count())));
        assertEquals(2, tables.expire(2_000_000_000L));
        assertEquals(2, tell());
        assertEquals(List.of(), failed);
        assertEquals(new Other(0), tables.view(Key.class, Other.class).get(new Key(1)));
    }

    @Test
    void whatAListenerChangesIsToldBehindWhatWaited() {
        listen("a", (key, row) -> {
            heard.add(key.id() + "=" + row.value());
            if (row.value() < 3) {
                view.put(key, new Cell(row.value() + 1));
                heard.add("no notice amid another: " + tell());
            }
        });
        view.put(new Key(1), new Cell(2));
        view.put(new Key(2), new Cell(3));
        assertEquals(3, tell());
        assertEquals(List.of("1=2", "no notice amid another: 0", "2=3", "1=3"), heard);
        assertFalse(tables.notices().waits());
    }

    @Test
    void aCircleEndsAndIsToldAsAFailureOfWhoListensWhileTheWriterGoesOn() {
        listen("a", (key, row) -> view.put(key, new Cell(row.value() + 1)));
        view.put(new Key(1), new Cell(0));
        view.put(new Key(2), new Cell(0));
        while (tables.notices().waits()) {
            tell();
        }
        assertEquals(List.of("a: listeners of cell/1 change its rows in a circle; the change that was the 16th in a row is not told",
                "a: listeners of cell/1 change its rows in a circle; the change that was the 16th in a row is not told"), failed);
        view.put(new Key(3), new Cell(0));
        assertTrue(tables.notices().waits(), "later changes are told again");
    }

    @Test
    void aListenerThatFailsDoesNotStopOthers() {
        listen("a", (key, row) -> {
            throw new IllegalStateException("broken");
        });
        listen("b", (key, row) -> heard.add("b"));
        view.put(new Key(1), new Cell(1));
        assertEquals(2, tell());
        assertEquals(List.of("a: broken"), failed);
        assertEquals(List.of("b"), heard);
    }

    @Test
    void whatWaitsForAListenerThatIsGoneIsDroppedAlsoByAnother() {
        BiConsumer<Record, Record> gone = listen("gone", (key, row) -> heard.add("gone"));
        listen("b", (key, row) -> heard.add("b"));
        view.put(new Key(1), new Cell(1));
        Tables.unlisten(view, gone);
        assertEquals(1, tell());
        assertEquals(List.of("b"), heard);
    }

    @Test
    void oneRunIsBoundedAndTheNextGoesOn() {
        listen("a", (key, row) -> heard.add("" + key.id()));
        for (int i = 0; i < 3000; i++) {
            view.put(new Key(i), new Cell(i));
        }
        assertTrue(tell() < 3000, "frames come between");
        while (tables.notices().waits()) {
            tell();
        }
        assertEquals(3000, heard.size());
        assertEquals("2999", heard.getLast());
    }
}

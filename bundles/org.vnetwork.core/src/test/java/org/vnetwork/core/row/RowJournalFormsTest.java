package org.vnetwork.core.row;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.table.Table;

/** What the next process finds of tables that were another before. */
class RowJournalFormsTest {
    private static final String KEY = "public record Key(int id) { }";
    private static final Generation FIRST = Generation.of(Map.of("Key", KEY, "Cell", "@DataType(value = \"acme.cell/1\", policy = true) public record Cell(int size) { }"));
    private static final Generation SECOND = Generation.of(Map.of("Key", KEY, "Cell", "@DataType(value = \"acme.cell/1\", policy = true) public record Cell(long size, @Default(\"7\") int weight) { }"));
    @TempDir
    private Path folder;
    private final List<String> told = new ArrayList<>();
    private final Generation.Loaded first = FIRST.load();
    private final Generation.Loaded second = SECOND.load();
    private Journal journal;
    private Tables tables;

    /** The process dies, and another begins. */
    private void live() {
        if (journal != null) {
            journal.close();
        }
        journal = Journal.open(folder.resolve("journal"), "boot", told::add);
        tables = new Tables(() -> 0, told::add);
        tables.keepIn(new RowJournal(journal, told::add));
    }

    private Table<Record, Record> view(Generation.Loaded classes) {
        return tables.pluginView(classes.record("Key"), classes.record("Cell"), "acme", tables::in);
    }

    private void fill() {
        live();
        Table<Record, Record> view = view(first);
        for (int i = 0; i < 100; i++) {
            view.put(first.make("Key", i), first.make("Cell", i), Duration.ofSeconds(300));
        }
    }

    private RowTable table() {
        return RowText.table(tables, "acme.cell");
    }

    private RowConversion conversion() {
        return tables.conversions().begin(second.record("Key"), second.record("Cell")).work();
    }

    @Test
    void rowsAreThereWithoutTheirBundleAndSoIsWhoseTheyAre() {
        fill();
        String digest = Tables.digest(table());
        live();
        assertEquals(digest, Tables.digest(table()));
        assertFalse(table().inUse());
        assertEquals("acme", tables.owner(table()));
        assertEquals(first.make("Cell", 5), view(first).get(first.make("Key", 5)));
        live();
        assertEquals(second.make("Cell", 5L, 7), view(second).get(second.make("Key", 5)), "another version takes them over");
        String converted = Tables.digest(table());
        live();
        assertEquals(converted, Tables.digest(table()));
        assertEquals(List.of(), told);
    }

    @Test
    void aChangeThatIsNotConfirmedIsNoneForTheNextProcess() {
        fill();
        String before = Tables.digest(table());
        tables.conversions().make(conversion());
        Table<Record, Record> view = view(second);
        view.put(second.make("Key", 500), second.make("Cell", 1L, 2));
        view.remove(second.make("Key", 3));
        live();
        assertEquals(before, Tables.digest(table()), "as if nothing had been");
        tables.conversions().make(conversion());
        String after = Tables.digest(table());
        tables.conversions().confirm("acme.cell/1");
        live();
        assertEquals(after, Tables.digest(table()));
        tables.conversions().make(tables.conversions().begin(first.record("Key"), first.record("Cell")).work());
        tables.conversions().back("acme.cell/1");
        live();
        assertEquals(after, Tables.digest(table()), "the way back counts too");
        assertEquals(List.of(), told);
    }

    @Test
    void manyChangesLeaveNothingInTheJournalButTheRows() {
        fill();
        for (int i = 0; i < 50; i++) {
            Generation.Loaded to = i % 2 == 0 ? second : first;
            tables.conversions().make(tables.conversions().begin(to.record("Key"), to.record("Cell")).work());
            if (i % 3 == 0) {
                tables.conversions().back("acme.cell/1");
            } else {
                tables.conversions().confirm("acme.cell/1");
            }
        }
        String digest = Tables.digest(table());
        journal.close();
        journal = Journal.open(folder.resolve("journal"), "boot", told::add);
        assertEquals(2, journal.take(Journal.Kind.TYPE).size(), "one for each schema");
        assertEquals(100, journal.take(Journal.Kind.ROW).size());
        live();
        assertEquals(digest, Tables.digest(table()));
        assertEquals(List.of(), told);
    }
}

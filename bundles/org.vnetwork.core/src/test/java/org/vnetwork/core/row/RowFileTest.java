package org.vnetwork.core.row;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.model.PortId;
import org.vnetwork.model.Refusal;
import org.vnetwork.table.Table;

/** Rows in a file, with and without the classes that made them. */
class RowFileTest {
    private static final Generation ACME = Generation.of(Map.of("Key", "public record Key(int id) { }", "Cell",
            "@DataType(\"acme.cell/1\") public record Cell(String text, Thread.State state, List<PortId> ports) { public Cell { if (text.equals(\"bad\")) { throw new IllegalArgumentException(\"no bad cells\"); } } }"));
    @TempDir
    private Path folder;
    private final Generation.Loaded acme = ACME.load();

    private static Tables tables() {
        return new Tables(() -> 0);
    }

    private static String name(int port) {
        return "p" + port;
    }

    private static int id(String name) {
        return name.matches("p[1-9]") ? Integer.parseInt(name.substring(1)) : 0;
    }

    private Path file() {
        return folder.resolve("rows.jsonl");
    }

    private Table<Record, Record> view(Tables tables) {
        return tables.pluginView(acme.record("Key"), acme.record("Cell"), "acme", tables::in);
    }

    private Record cell(String text) {
        return acme.make("Cell", text, Thread.State.NEW, List.of(new PortId(1), new PortId(2)));
    }

    private static RowTable table(Tables tables) {
        return RowText.table(tables, "acme.cell");
    }

    private Tables written() {
        Tables from = tables();
        Table<Record, Record> view = view(from);
        view.put(acme.make("Key", 1), cell("one\n\"quoted\""));
        view.put(acme.make("Key", 2), cell("two"), Duration.ofSeconds(30));
        from.release(view);
        from.file(table(from)).write(file(), RowFileTest::name);
        return from;
    }

    @Test
    void whatIsWrittenIsReadWithoutAnyClass() throws IOException {
        Tables from = written();
        assertEquals(List.of("[\"vnetwork rows 1\",\"acme.cell/1\",\"acme\",false,[[\"id\",\"int\"]],[[\"text\",\"text\"],[\"state\",{\"constants\":[\"NEW\",\"RUNNABLE\",\"BLOCKED\",\"WAITING\","
                + "\"TIMED_WAITING\",\"TERMINATED\"]}],[\"ports\",{\"list\":\"port\"}]]]", "[[1],[\"one\\n\\\"quoted\\\"\",\"NEW\",[\"p1\",\"p2\"]],-1]", "[[2],[\"two\",\"NEW\",[\"p1\",\"p2\"]],30000]", "[2]"),
                Files.readAllLines(file()));
        Tables to = tables();
        RowImport all = new RowImport(to, RowFile.read(file(), RowFileTest::id), "acme.cell");
        assertEquals("2 rows are new, 0 are others, 0 are as they were", all.counts().toString());
        assertTrue(to.all().isEmpty(), "checked only");
        assertEquals(0, all.run());
        assertEquals(Tables.digest(table(from)), Tables.digest(table(to)));
        assertFalse(table(to).inUse());
        assertEquals("0 rows are new, 0 are others, 2 are as they were", new RowImport(to, RowFile.read(file(), RowFileTest::id), "acme.cell/1").counts().toString());
        Table<Record, Record> view = view(to);
        assertEquals(cell("two"), view.get(acme.make("Key", 2)));
    }

    private String refused(Tables to, String type) {
        String digest = to.all().isEmpty() ? "" : Tables.digest(table(to));
        String message = assertThrows(Refusal.class, () -> new RowImport(to, RowFile.read(file(), RowFileTest::id), type).run()).getMessage();
        assertEquals(digest, to.all().isEmpty() ? "" : Tables.digest(table(to)));
        return message.replace(file().toString(), "F");
    }

    private void edit(int line, String from, String to) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(file()));
        assertTrue(lines.get(line - 1).contains(from), lines.get(line - 1));
        lines.set(line - 1, lines.get(line - 1).replace(from, to));
        Files.write(file(), lines);
    }

    @Test
    void whatIsWrongInAFileIsNamedByItsLineAndChangesNothing() throws IOException {
        Tables to = written();
        assertEquals("table: fdb (expected: that of the file, acme.cell/1)", refused(to, "fdb"));
        edit(2, "\"NEW\"", "\"OLD\"");
        assertTrue(refused(to, "acme.cell").startsWith("file F line 2: component state: OLD (expected: one of NEW"), refused(to, "acme.cell"));
        written();
        edit(3, "p2", "p77");
        assertEquals("file F line 3: component ports: p77 (expected: the name of a port of this switch); table:export writes such files", refused(to, "acme.cell"));
        written();
        edit(3, "[2]", "[1]");
        assertEquals("file F line 3: the row id=1 stands twice (expected: once)", refused(to, "acme.cell"));
        written();
        edit(4, "[2]", "[3]");
        assertEquals("file F line 4: the file has 2 rows (expected: 3); table:export writes such files", refused(to, "acme.cell"));
        written();
        edit(1, "rows 1", "rows 9");
        assertEquals("file F line 1: vnetwork rows 9 (expected: vnetwork rows 1); table:export writes such files", refused(to, "acme.cell"));
        written();
        view(to);
        edit(3, "two", "bad");
        assertEquals("row id=2 in line 3: no bad cells", refused(to, "acme.cell"));
    }

    @Test
    void aFileThatWasCutOffIsRefusedWhereverThatWas() throws IOException {
        Tables to = written();
        byte[] whole = Files.readAllBytes(file());
        for (int length = 0; length < whole.length - 1; length++) {
            Files.write(file(), java.util.Arrays.copyOf(whole, length));
            assertTrue(refused(to, "acme.cell").startsWith("file F line "), "cut off at " + length);
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsAsItWas() throws IOException {
        Tables from = written();
        byte[] before = Files.readAllBytes(file());
        Path full = Path.of("/dev/full");
        assertTrue(assertThrows(Refusal.class, () -> from.file(table(from)).write(folder.resolve("none").resolve("rows"), RowFileTest::name)).getMessage().contains("cannot be written"));
        if (Files.exists(full)) {
            Files.createSymbolicLink(folder.resolve("rows.jsonl.new"), full);
            String message = assertThrows(Refusal.class, () -> from.file(table(from)).write(file(), RowFileTest::name)).getMessage();
            assertTrue(message.contains("No space left on device") && message.endsWith("it is as it was"), message);
        }
        assertEquals(List.of(), List.of(java.util.Arrays.compare(before, Files.readAllBytes(file()))).stream().filter(i -> i != 0).toList());
    }
}

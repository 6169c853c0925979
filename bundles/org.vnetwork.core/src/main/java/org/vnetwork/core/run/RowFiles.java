package org.vnetwork.core.run;

import java.nio.file.Path;
import java.util.List;
import org.vnetwork.core.row.RowFile;
import org.vnetwork.core.row.RowImport;
import org.vnetwork.core.row.RowText;
import org.vnetwork.model.Refusal;

/** Rows of one switch to files and from files, whether or not the bundle of their type is installed. Any thread; files are read and written outside of the loop. */
public final class RowFiles {
    private final VirtualSwitch home;

    RowFiles(VirtualSwitch home) {
        this.home = home;
    }

    /** Writes the rows of a table; a line of what was done. */
    public String write(String table, Path file) {
        check(file);
        RowFile rows = home.ask(() -> home.tables.file(RowText.table(home.tables, table)));
        rows.write(file, home.ports::name);
        return rows.count() + " rows of table " + rows.type() + " of " + home.name() + " -> " + file;
    }

    /** Puts the rows of a file, or with {@code only} says what would be done; a line each. Refused as a whole. */
    public List<String> read(String table, Path file, boolean only) {
        check(file);
        RowFile rows = RowFile.read(file, port -> home.ports.byName(port) == null ? 0 : home.ports.byName(port).document.id());
        return home.onLoop(() -> {
            RowImport all = new RowImport(home.tables, rows, table);
            String line = "~ table " + rows.type() + " of " + home.name() + ": " + all.counts();
            int refused = only ? 0 : all.run();
            return refused == 0 ? List.of(line) : List.of(line, "warning: " + refused + " rows were refused, since their port has its share of the table");
        });
    }

    private static void check(Path file) {
        if (!file.isAbsolute()) {
            throw Refusal.value("file", file, "an absolute path, as /tmp/rows.jsonl", "the host reads and writes it");
        }
    }
}

package org.vnetwork.shell.command;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.vnetwork.control.Change;
import org.vnetwork.control.Configuration;
import org.vnetwork.control.Edits;
import org.vnetwork.control.Host;
import org.vnetwork.control.Page;
import org.vnetwork.control.RowDocument;
import org.vnetwork.control.RowView;
import org.vnetwork.control.TableView;
import org.vnetwork.model.Refusal;

/** Commands on tables. */
@Scope("table")
public final class TableCommands {
    private final Host host;
    private final Configuration configuration;

    /** Commands on the tables of a host. */
    public TableCommands(Host host, Configuration configuration) {
        this.host = host;
        this.configuration = configuration;
    }

    /** table:list. */
    @Does(value = "Lists the tables of a switch.", example = "table:list sw1")
    public List<TableView> list(@Argument(value = Kind.SWITCH, help = "the switch") String switchName) {
        return host.tables(switchName);
    }

    /** table:show. */
    @Does(value = "Shows the rows of a table in the order of their arrival, and how many flows read each.", example = "table:show sw1 fdb")
    public Page<RowView> show(@Argument(value = Kind.SWITCH, help = "the switch") String switchName,
            @Argument(value = Kind.TABLE, help = "the table, as fdb or fdb/1") String table, Range range) {
        return host.rows(switchName, table, range.first(), range.most());
    }

    /** table:put. */
    @Does(value = "Places a row, instead of one with the same key. It is kept with the configuration until it is removed.",
            example = "table:put sw1 fdb vlan=10,mac=02:00:00:00:00:01 port=web1,fixed=true")
    public Change put(@Argument(value = Kind.SWITCH, help = "the switch") String switchName,
            @Argument(value = Kind.TABLE, help = "the table") String table,
            @Argument(value = Kind.KEY, help = "all components of the key, as name=value,name=value") String key,
            @Argument(value = Kind.ROW, help = "all components of the row, likewise") String row, Plan plan) {
        RowDocument placed = new RowDocument(id(table), RowDocument.components("key", key), RowDocument.components("row", row));
        return plan.make(configuration, Edits.putRow(switchName, placed));
    }

    /** table:remove. */
    @Does(value = "Removes a row: one that was placed, or one that an engine or a filter wrote, which may write it again.", example = "table:remove sw1 fdb vlan=10,mac=02:00:00:00:00:01")
    public Change remove(@Argument(value = Kind.SWITCH, help = "the switch") String switchName,
            @Argument(value = Kind.TABLE, help = "the table") String table,
            @Argument(value = Kind.KEY, help = "all components of the key, as name=value,name=value") String key, Plan plan) {
        RowDocument row = new RowDocument(id(table), RowDocument.components("key", key), Map.of());
        boolean placed = configuration.current().need(switchName).rows().stream().anyMatch(r -> r.place().equals(row.place()));
        if (placed) {
            return plan.make(configuration, Edits.removeRow(switchName, row));
        }
        host.removeRow(switchName, row, plan.only());
        return new Change(!plan.only(), List.of("- row " + row.place() + " of " + switchName),
                List.of("warning: an engine or a filter wrote this row, and may write it again"));
    }

    /** table:export. */
    @Does(value = "Writes the rows of a table to a file that says what they are; the bundle of their type need not be installed.", example = "table:export sw1 fdb /tmp/fdb.jsonl")
    public Change export(@Argument(value = Kind.SWITCH, help = "the switch") String switchName,
            @Argument(value = Kind.TABLE, help = "the table") String table,
            @Argument(value = Kind.FILE, help = "absolute path on the host; replaced as a whole") String file) {
        return new Change(true, List.of(host.exportRows(switchName, table, path(file))), List.of());
    }

    /** table:import. */
    @Does(value = "Puts the rows of a file that table:export wrote. All are checked before one is put; rows that the file does not have stay.",
            example = "table:import sw1 fdb /tmp/fdb.jsonl --plan")
    public Change _import(@Argument(value = Kind.SWITCH, help = "the switch") String switchName,
            @Argument(value = Kind.TABLE, help = "the table; its bundle need not be installed") String table,
            @Argument(value = Kind.FILE, help = "absolute path on the host") String file, Plan plan) {
        return new Change(!plan.only(), host.importRows(switchName, table, path(file), plan.only()), List.of());
    }

    private static Path path(String file) {
        try {
            return Path.of(file);
        } catch (InvalidPathException e) {
            throw Refusal.value("file", file, "an absolute path");
        }
    }

    private static String id(String table) {
        return table.contains("/") ? table.substring(0, table.indexOf('/')) : table;
    }
}

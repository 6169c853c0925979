package org.vnetwork.shell.text;

import java.util.LinkedHashMap;
import java.util.Map;
import org.vnetwork.control.FlowView;
import org.vnetwork.control.PortView;
import org.vnetwork.control.RowView;
import org.vnetwork.control.SwitchView;

/** Which columns a record has in a table. */
final class Rows {
    private Rows() {
    }

    /** Cells by column; all components unless a list is better off with fewer. */
    static Map<String, Object> of(Record item) {
        return switch (item) {
            case InSwitch view -> inSwitch(view);
            case SwitchView view -> named("switch", view);
            case PortView port -> port(port);
            case FlowView flow -> flow(flow);
            case RowView row -> row(row);
            default -> Components.inWords(item);
        };
    }

    private static Map<String, Object> inSwitch(InSwitch view) {
        Map<String, Object> cells = new LinkedHashMap<>();
        cells.put("switch", view.switchName());
        cells.putAll(of((Record) view.view()));
        return cells;
    }

    private static Map<String, Object> named(String header, Record item) {
        Map<String, Object> cells = new LinkedHashMap<>();
        Components.inWords(item).forEach((name, value) -> cells.put(name.equals("name") ? header : name, value));
        return cells;
    }

    private static Map<String, Object> port(PortView port) {
        Map<String, Object> cells = new LinkedHashMap<>();
        cells.put("port", port.name());
        cells.put("id", port.id());
        cells.put("attachment", port.attachment());
        cells.put("vlan", port.vlan());
        cells.put("link", port.up() ? "up" : "down");
        cells.put("filters", port.filters());
        cells.put("received", port.received());
        cells.put("sent", port.sent());
        cells.put("dropped", port.dropped());
        cells.put("upcalls", port.upcalls());
        return cells;
    }

    private static Map<String, Object> flow(FlowView flow) {
        Map<String, Object> cells = new LinkedHashMap<>();
        cells.put("id", flow.id());
        cells.put("packets", flow.packets());
        cells.put("bytes", flow.bytes());
        cells.put("age", Cells.millis(flow.ageMillis()));
        cells.put("idle", Cells.millis(flow.idleMillis()));
        cells.put("rows", flow.rows().size());
        cells.put("actions", flow.inspect() ? "inspect: " + flow.actions() : flow.actions());
        cells.put("match", flow.match());
        return cells;
    }

    private static Map<String, Object> row(RowView row) {
        Map<String, Object> cells = new LinkedHashMap<>(row.key());
        row.row().forEach((name, value) -> cells.put(cells.containsKey(name) ? name + " of row" : name, value));
        cells.put("age", Cells.millis(row.ageMillis()));
        cells.put("expires", row.expiresMillis() < 0 ? "stays" : Cells.millis(row.expiresMillis()));
        cells.put("flows", row.flows());
        return cells;
    }
}

package org.vnetwork.shell;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.vnetwork.control.Change;
import org.vnetwork.control.ColumnView;
import org.vnetwork.control.Configuration;
import org.vnetwork.control.CounterView;
import org.vnetwork.control.DatapathView;
import org.vnetwork.control.DropView;
import org.vnetwork.control.Edit;
import org.vnetwork.control.EventView;
import org.vnetwork.control.FlowQuery;
import org.vnetwork.control.FlowView;
import org.vnetwork.control.Host;
import org.vnetwork.control.HostDocument;
import org.vnetwork.control.HostView;
import org.vnetwork.control.Limit;
import org.vnetwork.control.LimitView;
import org.vnetwork.control.LimitsDocument;
import org.vnetwork.control.Page;
import org.vnetwork.control.PluginView;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.PortView;
import org.vnetwork.control.RowDocument;
import org.vnetwork.control.RowView;
import org.vnetwork.control.RuleView;
import org.vnetwork.control.Simulation;
import org.vnetwork.control.StageView;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.control.SwitchView;
import org.vnetwork.control.TableView;
import org.vnetwork.control.TraceView;
import org.vnetwork.shell.text.Ink;
import org.vnetwork.shell.text.Text;

/** A host in memory that keeps a document and answers with made-up counters. */
final class FakeHost implements Host, Configuration, Simulation {
    private HostDocument document = HostDocument.EMPTY;
    /** States of switches that do not answer. */
    final Map<String, String> hung = new LinkedHashMap<>();
    final List<PluginView> moreEngines = new ArrayList<>();
    private Duration clock = Duration.ZERO;
    private final Map<String, List<byte[]>> injected = new LinkedHashMap<>();

    @Override
    public HostDocument current() {
        return document;
    }

    @Override
    public Optional<String> problem() {
        return Optional.empty();
    }

    @Override
    public Change plan(Edit edit) {
        return change(edit, false);
    }

    @Override
    public Change apply(Edit edit) {
        return change(edit, true);
    }

    private Change change(Edit edit, boolean apply) {
        HostDocument next = edit.apply(document);
        List<String> before = lines(document);
        List<String> after = lines(next);
        List<String> differences = new ArrayList<>();
        before.stream().filter(l -> !after.contains(l)).forEach(l -> differences.add("- " + l));
        after.stream().filter(l -> !before.contains(l)).forEach(l -> differences.add("+ " + l));
        if (apply) {
            document = next;
        }
        return new Change(apply, differences, List.of());
    }

    private static List<String> lines(HostDocument of) {
        return of.switches().isEmpty() ? List.of() : Text.of(of, Ink.PLAIN).lines().toList();
    }

    @Override
    public HostView status() {
        int ports = document.switches().stream().mapToInt(s -> s.ports().size()).sum();
        return new HostView("default", "0.1.0", 4711, 3723, "sim", "asked for", HostView.AS_WRITTEN, document.switches().size(), ports);
    }

    @Override
    public List<PluginView> engines() {
        List<PluginView> engines = new ArrayList<>(List.of(new PluginView("flood", "0.1.0", "org.vnetwork.engine.flood", "standby", List.of()),
                new PluginView("learning", "0.1.0", "org.vnetwork.engine.learning", "in use", List.of("sw1"))));
        engines.addAll(moreEngines);
        return engines;
    }

    @Override
    public List<PluginView> filters() {
        return List.of(new PluginView("count", "0.1.0", "org.vnetwork.filter.count", "standby", List.of()));
    }

    @Override
    public DatapathView datapath(String name) {
        return new DatapathView(name, "ready", List.of("sim"), List.of("eth_dst"), List.of("eth_dst"), List.of("meter"), 10, 2);
    }

    @Override
    public List<PluginView> datapaths() {
        return List.of(new PluginView("sim", "0.1.0", "org.vnetwork.datapath.sim", "ready", List.of()));
    }

    @Override
    public String defaultDatapath() {
        return "sim";
    }

    @Override
    public List<SwitchView> switches() {
        return document.switches().stream().map(s -> new SwitchView(s.name(), s.engine().toString(), s.datapath(), s.ports().size(), 1, 1, 12, 0, SwitchView.READY)).toList();
    }

    @Override
    public String state(String switchName) {
        return hung.getOrDefault(switchName, SwitchView.READY);
    }

    @Override
    public List<PortView> ports(String switchName) {
        return document.need(switchName).ports().stream().map(FakeHost::port).toList();
    }

    private static PortView port(PortDocument port) {
        List<String> filters = port.filters().stream().map(f -> f.slot() + " " + f.filter()).toList();
        return new PortView(port.name(), port.id(), port.attachment() + " " + port.device(), port.vlan().toString(), true, "in memory", filters,
                10, 640, 10, 8, 512, 9, 0, 1, 0, 2);
    }

    @Override
    public Page<FlowView> flows(String switchName, FlowQuery query) {
        document.need(switchName);
        List<FlowView> all = flows();
        List<FlowView> items = all.stream().filter(f -> query.port().isEmpty() || f.match().contains("in_port=" + query.port())).toList();
        return new Page<>(items.stream().skip(query.from()).limit(query.limit()).toList(), query.from(), items.size());
    }

    private static List<FlowView> flows() {
        return List.of(new FlowView(1, "in_port=web1,vlan=10", "output db1", 12, 768, 65_000, 1_500, false, List.of("fdb vlan 10 02:00:00:00:00:01"), List.of()),
                new FlowView(2, "in_port=db1", "output web1", 1, 64, 400, 400, true, List.of(), List.of()));
    }

    @Override
    public FlowView flow(String switchName, int id) {
        return flows(switchName, FlowQuery.ALL).items().stream().filter(f -> f.id() == id).findFirst()
                .orElseThrow(() -> org.vnetwork.model.Refusal.value("flow", id, "an installed flow of switch " + switchName, "flow:list " + switchName + " shows them"));
    }

    @Override
    public List<Integer> flowIds(String switchName, String digits, int most) {
        return flows(switchName, FlowQuery.ALL).items().stream().map(FlowView::id).filter(id -> String.valueOf(id).startsWith(digits)).limit(most).toList();
    }

    @Override
    public List<String> tableTypes(String switchName) {
        return tables(switchName).stream().map(TableView::type).toList();
    }

    @Override
    public List<TableView> tables(String switchName) {
        document.need(switchName);
        return List.of(new TableView("fdb/1", "", TableView.IN_USE, 1, 8192, 0, 1));
    }

    @Override
    public Page<RowView> rows(String switchName, String table, int from, int limit) {
        document.need(switchName);
        Map<String, Object> key = new LinkedHashMap<>();
        key.put("vlan", 10);
        key.put("mac", "02:00:00:00:00:01");
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("port", "web1");
        row.put("fixed", false);
        return new Page<>(List.of(new RowView(key, row, 1_000, 299_000, 2)), 0, 1);
    }

    @Override
    public List<ColumnView> columns(String switchName, String table) {
        List<String> ports = document.need(switchName).ports().stream().map(PortDocument::name).toList();
        return List.of(new ColumnView("vlan", true, List.of()), new ColumnView("mac", true, List.of()), new ColumnView("port", false, ports),
                new ColumnView("fixed", false, List.of("true", "false")));
    }

    @Override
    public String exportRows(String switchName, String table, java.nio.file.Path file) {
        document.need(switchName);
        return "1 rows of table fdb/1 of " + switchName + " -> " + file;
    }

    @Override
    public List<String> importRows(String switchName, String table, java.nio.file.Path file, boolean only) {
        document.need(switchName);
        return List.of("~ table fdb/1 of " + switchName + ": 1 rows are new, 0 are others, 0 are as they were");
    }

    @Override
    public void removeRow(String switchName, RowDocument row, boolean only) {
        document.need(switchName);
        if (!row.key().toString().contains("02:00:00:00:00:01")) {
            throw org.vnetwork.model.Refusal.value("row", RowDocument.text(row.key()), "the key of a row of table fdb/1", "table:show lists them");
        }
    }

    @Override
    public List<RuleView> rules(String switchName) {
        document.need(switchName);
        return List.of(new RuleView("com.acme.policy/1", 20, 1, "ip_dst=10.0.0.0/8", "allow=true", "com.acme", 2), new RuleView("other/1", 0, 7, "any", "allow=false", "other", 0));
    }

    @Override
    public List<CounterView> counters(String switchName) {
        return List.of(new CounterView("filter count", "udp", 3, 180));
    }

    @Override
    public List<DropView> drops(String switchName) {
        return List.of(new DropView("web1", "port/vlan", 3));
    }

    @Override
    public List<LimitView> limits(String switchName) {
        LimitsDocument limits = document.need(switchName).limits();
        return java.util.Arrays.stream(Limit.values()).map(l -> new LimitView(l.text(), limits.of(l), limits.of(l), 3, "web1", 0, l.beyond())).toList();
    }

    @Override
    public void resetDrops(String switchName) {
        document.need(switchName);
    }

    @Override
    public TraceView trace(String switchName, String port, byte[] frame) {
        SwitchDocument owner = document.need(switchName);
        owner.need(port);
        return new TraceView("eth()", List.of(new StageView("port in", List.of("tag none"), List.of(), List.of(), "VLAN 10"),
                new StageView("engine learning", List.of("src 02:00:00:00:00:01", "dst ff:ff:ff:ff:ff:ff"), List.of("fdb: no row"), List.of("put fdb"), "flood")),
                -1, "none: the decision writes", "output db1");
    }

    @Override
    public List<EventView> events() {
        throw new IllegalStateException("events\nare broken");
    }

    @Override
    public void inject(String switchName, String port, byte[] frame) {
        document.need(switchName).need(port);
        injected.computeIfAbsent(port, p -> new ArrayList<>()).add(frame);
    }

    @Override
    public List<byte[]> captured(String switchName, String port) {
        document.need(switchName).need(port);
        return injected.getOrDefault(port, List.of());
    }

    @Override
    public void link(String switchName, String port, boolean up) {
        // Nothing is simulated here.
    }

    @Override
    public void warp(String switchName, Duration duration) {
        clock = clock.plus(duration);
    }

    @Override
    public Duration clock(String switchName) {
        return clock;
    }
}

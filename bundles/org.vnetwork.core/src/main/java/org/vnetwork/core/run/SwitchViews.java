package org.vnetwork.core.run;

import java.lang.foreign.MemorySegment;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.vnetwork.control.ColumnView;
import org.vnetwork.control.CounterView;
import org.vnetwork.control.DropView;
import org.vnetwork.control.FlowView;
import org.vnetwork.control.LimitView;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.PortView;
import org.vnetwork.control.RowView;
import org.vnetwork.control.RuleView;
import org.vnetwork.control.SwitchView;
import org.vnetwork.control.TableView;
import org.vnetwork.control.TraceView;
import org.vnetwork.core.decide.Decision;
import org.vnetwork.core.decide.Trace;
import org.vnetwork.core.flow.Flow;
import org.vnetwork.core.row.Row;
import org.vnetwork.core.row.RowTable;
import org.vnetwork.core.row.Texts;
import org.vnetwork.core.rule.Rule;
import org.vnetwork.core.rule.RuleList;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.PortCounters;
import org.vnetwork.datapath.PortState;
import org.vnetwork.model.PortId;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.packet.wire.FlowText;
import org.vnetwork.packet.wire.Frame;
import org.vnetwork.packet.wire.FrameText;
import org.vnetwork.packet.wire.KeyParser;
import org.vnetwork.table.Match;

/** What is seen of one switch; any thread, each answer is taken on the loop, whole. */
public final class SwitchViews {
    private final VirtualSwitch home;

    SwitchViews(VirtualSwitch home) {
        this.home = home;
    }

    SwitchPorts.Held need(String port) {
        SwitchPorts.Held held = home.ports.byName(port);
        if (held == null) {
            String names = home.ports.all().stream().map(h -> h.document.name()).limit(8).collect(Collectors.joining(", "));
            throw Refusal.value("port", port, names.isEmpty() ? "one that exists, and none does" : "one of " + names, "port:list " + home.name() + " shows them");
        }
        return held;
    }

    /** The switch. */
    public SwitchView summary() {
        return home.onLoop(() -> new SwitchView(home.name(), home.plugins.engineName(), home.driver(), home.ports.all().size(), home.flows.count(),
                home.flows.masks(), home.upcalls.decided(), home.failures.count()));
    }

    /** Its ports. */
    public List<PortView> ports() {
        return home.onLoop(() -> home.ports.all().stream().map(this::port).toList());
    }

    private PortView port(SwitchPorts.Held held) {
        PortDocument p = held.document;
        PortState state = held.problem == null ? home.datapath.state(p.id()) : new PortState(false, held.problem, 0);
        PortCounters c = held.problem == null ? home.datapath.counters(p.id()) : PortCounters.NONE;
        long[] drops = held.problem == null ? home.datapath.drops(p.id()) : new long[DropNumbers.LIMIT];
        long consumed = drops[DropNumbers.CONSUMED];
        long dropped = java.util.Arrays.stream(drops).sum() - consumed;
        String attachment = p.attachment().equals("sim") ? "sim" : p.attachment() + " " + p.device();
        return new PortView(p.name(), p.id(), attachment, p.vlan().toString(), state.up(), state.detail(),
                p.filters().stream().map(f -> f.slot() + ":" + f.filter()).toList(), c.received(), c.receivedBytes(), c.receivedUnits(), c.sent(), c.sentBytes(),
                c.outputs(), c.copies(), dropped, consumed, c.up());
    }

    /** Its flows, the most used first. */
    public List<FlowView> flows() {
        return home.onLoop(() -> {
            home.flows.pull();
            return home.flows.all().stream().sorted(Comparator.comparingLong(Flow::packets).reversed().thenComparingInt(Flow::id)).map(this::flow).toList();
        });
    }

    /** One flow. */
    public FlowView flow(int id) {
        return home.onLoop(() -> {
            home.flows.pull();
            Flow flow = home.flows.byId(id);
            if (flow == null) {
                throw Refusal.value("flow", id, "the id of an installed flow", "flow:list " + home.name() + " shows them");
            }
            return flow(flow);
        });
    }

    private FlowView flow(Flow flow) {
        long now = home.datapath.nanoTime();
        return new FlowView(flow.id(), FlowText.match(flow.key(), flow.mask(), home.ports::name), FlowText.actions(flow.actions(), home.ports::name, home.drops::text),
                flow.packets(), flow.bytes(), millis(now - flow.installedNanos()), millis(now - flow.lastUsedNanos()), flow.inspect(),
                flow.reads().stream().map(Object::toString).toList(), flow.refreshes().stream().map(Row::toString).toList());
    }

    /** Its tables. */
    public List<TableView> tables() {
        return home.onLoop(() -> home.tables.all().stream().map(t -> new TableView(t.id(), t.count(), RowTable.LIMIT, t.refused(), t.readers())).toList());
    }

    /** Rows of a table. */
    public List<RowView> rows(String type) {
        return home.onLoop(() -> {
            long now = home.datapath.nanoTime();
            return RowText.table(home.tables, type).rows().stream().map(r -> row(r, now)).toList();
        });
    }

    private RowView row(Row row, long now) {
        long expires = row.idleNanos() == Long.MAX_VALUE ? -1 : Math.max(0, millis(row.touchedNanos() + row.idleNanos() - now));
        return new RowView(named(row.key()), named(row.value()), millis(now - row.touchedNanos()), expires, row.readers());
    }

    /** What the keys and rows of a table consist of. */
    public List<ColumnView> columns(String type) {
        return home.onLoop(() -> {
            RowTable table = RowText.table(home.tables, type);
            List<ColumnView> columns = new ArrayList<>();
            for (Class<? extends Record> part : List.of(table.keyClass(), table.rowClass())) {
                for (RecordComponent component : part.getRecordComponents()) {
                    columns.add(new ColumnView(component.getName(), part == table.keyClass(), values(component.getType())));
                }
            }
            return columns;
        });
    }

    private List<String> values(Class<?> type) {
        if (type == PortId.class) {
            return home.ports.all().stream().map(p -> p.document.name()).toList();
        }
        return type == boolean.class ? List.of("true", "false")
                : type.isEnum() ? Stream.of(type.getEnumConstants()).map(c -> ((Enum<?>) c).name()).toList() : List.of();
    }

    /** Components by name, with the names of ports instead of their ids. */
    private java.util.Map<String, Object> named(Record row) {
        return Texts.components(row, home.ports::name);
    }

    /** Its rules, by data type, the first to be asked first. */
    public List<RuleView> rules() {
        return home.onLoop(() -> {
            List<RuleView> views = new ArrayList<>();
            for (RuleList list : home.rules.all()) {
                Map<Rule, Integer> flows = list.flows();
                list.rules().forEach(r -> views.add(new RuleView(list.id(), r.priority(), r.id(), match(r.match()), text(r.says()), owner(r), flows.getOrDefault(r, 0))));
            }
            return views;
        });
    }

    private String match(Match match) {
        return match.parts().isEmpty() ? "any" : match.parts().stream()
                .map(p -> FlowText.part(p.field(), p.valueHigh(), p.value(), p.maskHigh(), p.mask(), home.ports::name)).collect(Collectors.joining(","));
    }

    private String text(Record says) {
        return named(says).entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(","));
    }

    private static String owner(Rule rule) {
        Bundle bundle = FrameworkUtil.getBundle(rule.says().getClass());
        return bundle == null ? "" : bundle.getSymbolicName();
    }

    /** Counters that plugins named. */
    public List<CounterView> counters() {
        return home.onLoop(() -> home.counters.views(home.datapath::counter));
    }

    /** Drops by port and reason, above zero. */
    public List<DropView> drops() {
        return home.onLoop(() -> {
            List<DropView> views = new ArrayList<>();
            for (SwitchPorts.Held held : home.ports.all()) {
                long[] drops = held.dropsSinceReset(home.datapath);
                for (int i = DropNumbers.CONSUMED + 1; i < drops.length; i++) {
                    if (drops[i] > 0) {
                        views.add(new DropView(held.document.name(), home.drops.text(i), drops[i]));
                    }
                }
            }
            return views;
        });
    }

    /** Its limits, and how near it is to them. */
    public List<LimitView> limits() {
        return home.onLoop(() -> home.limits.views());
    }

    /** Begins the counting of drops anew. */
    public void resetDrops() {
        home.onLoop(() -> {
            home.ports.all().forEach(p -> p.resetDrops(home.datapath));
            return null;
        });
    }

    /** Runs a frame through the pipeline without any effect. */
    public TraceView trace(String port, byte[] octets) {
        if (octets.length < 14) {
            throw Refusal.value("frame", octets.length + " octets", "14 or more");
        }
        return home.onLoop(() -> {
            int ingress = need(port).document.id();
            Frame frame = new Frame().over(MemorySegment.ofArray(octets), 0, octets.length, ingress);
            long[] key = new long[FlowKey.WORDS];
            KeyParser.parse(frame.buffer, 0, octets.length, ingress, key);
            Trace trace = new Trace(home.ports::name);
            Decision decision = home.pipeline.trace(key, frame, trace);
            Flow flow = home.flows.find(key);
            String match = FlowText.match(FlowKey.masked(key, decision.mask()), decision.mask(), home.ports::name);
            String installed = decision.wrote() ? "none: the decision writes each time" : decision.inspect() ? "inspect: " + match : match;
            return new TraceView(FrameText.describe(octets), trace.stages(), flow == null ? -1 : flow.id(), installed,
                    FlowText.actions(decision.actions(), home.ports::name, home.drops::text));
        });
    }

    private static long millis(long nanos) {
        return nanos / 1_000_000;
    }
}

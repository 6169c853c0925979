package org.vnetwork.core.run;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.vnetwork.control.ColumnView;
import org.vnetwork.control.CounterView;
import org.vnetwork.control.DropView;
import org.vnetwork.control.FlowQuery;
import org.vnetwork.control.FlowView;
import org.vnetwork.control.LimitView;
import org.vnetwork.control.Page;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.PortView;
import org.vnetwork.control.RowView;
import org.vnetwork.control.RuleView;
import org.vnetwork.control.SwitchView;
import org.vnetwork.control.TableView;
import org.vnetwork.control.TraceView;
import org.vnetwork.core.decide.Decision;
import org.vnetwork.core.decide.StageTrace;
import org.vnetwork.core.flow.Flow;
import org.vnetwork.core.row.Row;
import org.vnetwork.core.row.RowTable;
import org.vnetwork.core.row.RowText;
import org.vnetwork.core.rule.Rule;
import org.vnetwork.core.rule.RuleList;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.PortCounters;
import org.vnetwork.datapath.PortState;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.packet.wire.FlowText;
import org.vnetwork.packet.wire.Frame;
import org.vnetwork.packet.wire.FrameText;
import org.vnetwork.packet.wire.KeyParser;
import org.vnetwork.table.Match;

/** What is seen of one switch, however long its lists are: they are read in turns, between which its loop goes on. Any thread. */
public final class SwitchViews {
    /** How long a view of all switches waits for one that is busy. */
    private static final Duration MOMENT = Duration.ofMillis(100);
    /** Views that are made in one turn of the loop; those of ports and counters ask the kernel. */
    private static final int ROWS = 64;
    private static final int PORTS = 16;
    private static final int COUNTERS = 64;

    private final VirtualSwitch home;
    private final Slices slices;
    private final FlowViews flows;
    /** What was seen when it answered; null before it ever did. */
    private volatile SwitchView last;

    SwitchViews(VirtualSwitch home) {
        this.home = home;
        this.slices = new Slices(home);
        this.flows = new FlowViews(home);
    }

    SwitchPorts.Held need(String port) {
        SwitchPorts.Held held = home.ports.byName(port);
        if (held == null) {
            String names = home.ports.all().stream().map(h -> h.document.name()).limit(8).collect(Collectors.joining(", "));
            throw Refusal.value("port", port, names.isEmpty() ? "one that exists, and none does" : "one of " + names, "port:list " + home.name() + " shows them");
        }
        return held;
    }

    /** The switch; of one that hangs, or is busy for longer than a moment, what was seen last. */
    public SwitchView summary() {
        try {
            last = home.loop.within(MOMENT, () -> new SwitchView(home.name(), home.plugins.engineName(), home.driver(), home.ports.all().size(), home.flows.count(),
                    home.flows.masks(), home.upcalls.decided(), home.failures.count(), SwitchView.READY));
            return last;
        } catch (SwitchLoop.Unanswered e) {
            SwitchView before = last;
            return before == null ? new SwitchView(home.name(), home.plugins.engineName(), home.driver(), 0, 0, 0, 0, 0, e.state()) : before.in(e.state());
        }
    }

    /** Whether it answers within a moment: {@code ready}, or what it is busy with. */
    public String state() {
        try {
            return home.loop.within(MOMENT, () -> SwitchView.READY);
        } catch (SwitchLoop.Unanswered e) {
            return e.state();
        }
    }

    /** Its ports. */
    public List<PortView> ports() {
        return slices.map(held(), PORTS, held -> isThere(held) ? port(held) : null);
    }

    private List<SwitchPorts.Held> held() {
        return home.ask(() -> List.copyOf(home.ports.all()));
    }

    private boolean isThere(SwitchPorts.Held held) {
        return home.ports.byName(held.document.name()) == held;
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
                p.filters().stream().map(f -> f.slot() + ":" + f.filter().name() + home.filterState(p.id(), f)).toList(), c.received(), c.receivedBytes(), c.receivedUnits(), c.sent(), c.sentBytes(),
                c.outputs(), c.copies(), dropped, consumed, c.up());
    }

    /** Its flows, the most used first. */
    public List<FlowView> flows() {
        return flows(FlowQuery.ALL).items();
    }

    /** Some of its flows, the most used first. */
    public Page<FlowView> flows(FlowQuery query) {
        return flows.page(query);
    }

    /** One flow. */
    public FlowView flow(int id) {
        return flows.one(id);
    }

    /** Ids of flows that begin with these digits, ascending, at most so many. */
    public List<Integer> flowIds(String digits, int most) {
        return flows.ids(digits, most);
    }

    /** Its tables. */
    public List<TableView> tables() {
        return flows.tables();
    }

    /** Ids of its tables. */
    public List<String> tableTypes() {
        return home.ask(() -> home.tables.all().stream().map(RowTable::id).toList());
    }

    /** Rows of a table. */
    public List<RowView> rows(String type) {
        return rows(type, 0, Integer.MAX_VALUE).items();
    }

    /** Some rows of a table. */
    public Page<RowView> rows(String type, int first, int limit) {
        // The list itself is copied at once: no more than the references to its rows.
        List<Row> rows = home.ask(() -> RowText.table(home.tables, type).rows());
        int from = Math.min(first, rows.size());
        int to = (int) Math.min((long) from + limit, rows.size());
        return new Page<>(slices.map(rows.subList(from, to), ROWS, row -> row.value() == null ? null : row(row, home.datapath.nanoTime())), from, rows.size());
    }

    private RowView row(Row row, long now) {
        long expires = row.idleNanos() == Long.MAX_VALUE ? -1 : Math.max(0, millis(row.touchedNanos() + row.idleNanos() - now));
        return new RowView(row.keyTexts(home.ports::name), row.valueTexts(home.ports::name), millis(now - row.touchedNanos()), expires, row.readers());
    }

    /** What the keys and rows of a table consist of. */
    public List<ColumnView> columns(String type) {
        return home.ask(() -> {
            RowTable table = RowText.table(home.tables, type);
            List<String> names = home.ports.all().stream().map(p -> p.document.name()).toList();
            return table.columns(names);
        });
    }

    /** Its rules, by data type, the first to be asked first. */
    public List<RuleView> rules() {
        List<RuleView> views = new ArrayList<>();
        for (RuleList list : home.ask(home.rules::all)) {
            Map<Rule, Integer> flows = home.ask(list::flows);
            views.addAll(slices.map(home.ask(list::rules), ROWS,
                    r -> new RuleView(list.id(), r.priority(), r.id(), match(r.match()), list.text(r, home.ports::name), list.owner(), flows.getOrDefault(r, 0))));
        }
        return views;
    }

    private String match(Match match) {
        return match.parts().isEmpty() ? "any" : match.parts().stream()
                .map(p -> FlowText.part(p.field(), p.valueHigh(), p.value(), p.maskHigh(), p.mask(), home.ports::name)).collect(Collectors.joining(","));
    }

    /** Counters that plugins named. */
    public List<CounterView> counters() {
        return slices.map(home.ask(home.names.counters::ids), COUNTERS, home.names.counters::view);
    }

    /** Drops by port and reason, above zero. */
    public List<DropView> drops() {
        return slices.map(held(), PORTS, this::drops).stream().flatMap(List::stream).toList();
    }

    private List<DropView> drops(SwitchPorts.Held held) {
        List<DropView> views = new ArrayList<>();
        PortDrops.Shown shown = home.names.ports.shown(isThere(held) ? held.document.id() : 0);
        long[] drops = shown.byNumber();
        for (int i = DropNumbers.CONSUMED + 1; i < drops.length; i++) {
            if (drops[i] > 0) {
                views.add(new DropView(held.document.name(), home.names.drops.text(i), drops[i]));
            }
        }
        if (shown.forgotten() > 0) {
            views.add(new DropView(held.document.name(), DropRegistry.FORGOTTEN.text(), shown.forgotten()));
        }
        return views;
    }

    /** Its limits, and how near it is to them. */
    public List<LimitView> limits() {
        return home.ask(() -> home.limits.views());
    }

    /** Begins the counting of drops anew. */
    public void resetDrops() {
        slices.map(held(), PORTS, held -> {
            home.names.ports.reset(held.document.id());
            return null;
        });
    }

    /** Runs a frame through the pipeline without any effect. */
    public TraceView trace(String port, byte[] octets) {
        if (octets.length < 14) {
            throw Refusal.value("frame", octets.length + " octets", "14 or more");
        }
        return home.ask(() -> {
            int ingress = need(port).document.id();
            Frame frame = new Frame().over(MemorySegment.ofArray(octets), 0, octets.length, ingress);
            long[] key = new long[FlowKey.WORDS];
            KeyParser.parse(frame.buffer, 0, octets.length, ingress, key);
            StageTrace trace = new StageTrace(home.ports::name);
            Decision decision = home.pipeline.trace(key, frame, trace);
            Flow flow = home.flows.find(key);
            String match = FlowText.match(FlowKey.masked(key, decision.mask()), decision.mask(), home.ports::name);
            String installed = decision.undecided() ? "none: no engine is installed" : decision.wrote() ? "none: the decision writes each time" : decision.inspect() ? "inspect: " + match : match;
            return new TraceView(FrameText.describe(octets), trace.stages(), flow == null ? -1 : flow.id(), installed,
                    FlowText.actions(decision.actions(), home.ports::name, home.names.drops::text));
        });
    }

    private static long millis(long nanos) {
        return nanos / 1_000_000;
    }
}

package org.vnetwork.core.run;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.vnetwork.control.Limit;
import org.vnetwork.control.LimitView;
import org.vnetwork.control.LimitsDocument;
import org.vnetwork.core.flow.FlowBounds;
import org.vnetwork.core.flow.FlowTable;
import org.vnetwork.core.row.RowTable;
import org.vnetwork.core.row.Tables;
import org.vnetwork.core.row.Texts;
import org.vnetwork.core.row.Values;
import org.vnetwork.model.PortId;

/** The limits of one switch: has them kept, says how near it is to them, and tells when one is reached. Loop thread only. */
final class Limits {
    private static final int TRIMMED_AT_ONCE = 10_000;

    private static final String NOT_INSTALLED = "the flow is not installed, its frames come up one by one";

    private final String name;
    private final FlowTable flows;
    private final Tables tables;
    private final SwitchPorts ports;
    private final MissShares misses;
    private final EventLog events;
    private final LimitReport report;
    private LimitsDocument document = LimitsDocument.PRESET;

    Limits(String name, FlowTable flows, Tables tables, SwitchPorts ports, MissShares misses, EventLog events) {
        this.name = name;
        this.flows = flows;
        this.tables = tables;
        this.ports = ports;
        this.misses = misses;
        this.events = events;
        this.report = new LimitReport(events);
        tables.listen(this::held);
        set(document);
    }

    void set(LimitsDocument limits) {
        document = limits;
        flows.bounds().set(limits.of(Limit.FLOWS), limits.of(Limit.PORT_FLOWS), limits.of(Limit.PORT_MASKS));
        flows.trim(TRIMMED_AT_ONCE);
        tables.bound(limits.of(Limit.PORT_ROWS), limits.of(Limit.MOVES));
        flows.drainFor(TimeUnit.MILLISECONDS.toNanos(limits.of(Limit.DRAIN)));
        misses.set(limits.of(Limit.PORT_MISSES), limits.of(Limit.PORT_BURST));
    }

    private void held(RowTable table, Values key, PortId from, PortId to) {
        events.add("limit moves of " + name, "switch " + name, table.id() + " " + Texts.of(key) + " moves between ports " + ports.name(from.value()) + " and "
                + ports.name(to.value()) + ": " + document.of(Limit.MOVES) + " times in 10 s; it stays at " + ports.name(to.value()) + " for 10 s");
    }

    /** Tells of limits that were reached since, and makes room where one was lowered; every second. */
    void check(long now) {
        flows.trim(TRIMMED_AT_ONCE);
        reached(Limit.FLOWS, "switch " + name, flows.bounds().evicted(), now);
        report.reached("switch " + name, "a flow was not taken by the datapath: " + NOT_INSTALLED, flows.refused(), now);
        for (SwitchPorts.Held port : ports.all()) {
            int id = port.document.id();
            String subject = "port " + port.document.name() + " of switch " + name;
            reached(Limit.PORT_FLOWS, subject, flows.bounds().evicted(id), now);
            reached(Limit.PORT_MASKS, subject, flows.bounds().rounded(id), now);
            reached(Limit.PORT_ROWS, subject, refusedRows(id), now);
            reached(Limit.PORT_MISSES, subject, misses.droppedLately(id), now);
        }
    }

    private void reached(Limit limit, String subject, long count, long now) {
        report.reached(subject, "limit " + limit.text() + " " + document.of(limit) + " is reached: " + limit.beyond(), count, now);
    }

    /** Every limit with what it is now. */
    List<LimitView> views() {
        FlowBounds bounds = flows.bounds();
        List<LimitView> views = new ArrayList<>();
        views.add(new LimitView(Limit.FLOWS.text(), document.of(Limit.FLOWS), bounds.flows(), flows.count(), "", bounds.evicted(), Limit.FLOWS.beyond()));
        views.add(view(Limit.PORT_FLOWS, bounds.flowsOfPort(), bounds::count, bounds::evicted));
        views.add(view(Limit.PORT_MASKS, bounds.masksOfPort(), flows::masks, bounds::rounded));
        views.add(view(Limit.PORT_ROWS, document.of(Limit.PORT_ROWS), this::rows, this::refusedRows));
        views.add(view(Limit.PORT_MISSES, misses.perSecond(), misses::rate, misses::dropped));
        views.add(view(Limit.PORT_BURST, misses.burst(), port -> 0, port -> 0));
        views.add(view(Limit.MOVES, document.of(Limit.MOVES), port -> 0, this::heldRows));
        views.add(new LimitView(Limit.DRAIN.text(), document.of(Limit.DRAIN), document.of(Limit.DRAIN), flows.draining(), "", 0, Limit.DRAIN.beyond()));
        views.add(new LimitView("datapath", flows.room(), flows.room(), flows.count(), "", flows.refused(), NOT_INSTALLED));
        return views;
    }

    private LimitView view(Limit limit, int inForce, ToLongFunction<Integer> used, ToLongFunction<Integer> beyond) {
        long most = 0;
        long sum = 0;
        String at = "";
        for (SwitchPorts.Held port : ports.all()) {
            long here = used.applyAsLong(port.document.id());
            if (here > most) {
                most = here;
                at = port.document.name();
            }
            sum += beyond.applyAsLong(port.document.id());
        }
        return new LimitView(limit.text(), document.of(limit), inForce, most, at, sum, limit.beyond());
    }

    /** Rows of the table that has most of them for a port. */
    private long rows(int port) {
        return tables.all().stream().mapToLong(t -> t.rows(new PortId(port))).max().orElse(0);
    }

    private long refusedRows(int port) {
        return tables.all().stream().mapToLong(t -> t.refused(new PortId(port))).sum();
    }

    private long heldRows(int port) {
        return tables.all().stream().mapToLong(t -> t.held(new PortId(port))).sum();
    }
}

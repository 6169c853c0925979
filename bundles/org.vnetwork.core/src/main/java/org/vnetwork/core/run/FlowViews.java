package org.vnetwork.core.run;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.vnetwork.control.FlowQuery;
import org.vnetwork.control.FlowView;
import org.vnetwork.control.Page;
import org.vnetwork.control.TableView;
import org.vnetwork.core.flow.Flow;
import org.vnetwork.core.row.Dependency;
import org.vnetwork.core.row.Row;
import org.vnetwork.core.row.RowTable;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.FlowText;

/** What is seen of the flows of one switch, however many; any thread. */
final class FlowViews {
    /** Views that are made in one turn of the loop. */
    static final int TURN = 64;

    private final VirtualSwitch home;
    private final Slices slices;

    /** What orders a flow among the others. */
    private record Use(int id, long packets) {
    }

    FlowViews(VirtualSwitch home) {
        this.home = home;
        this.slices = new Slices(home);
    }

    /** Flows, the most used first. */
    Page<FlowView> page(FlowQuery query) {
        int port = home.ask(() -> {
            pull();
            return query.port().isEmpty() ? 0 : home.views().need(query.port()).document.id();
        });
        List<Use> uses = slices.flows(f -> isWanted(f, port, query.draining()) ? new Use(f.id(), f.packets()) : null);
        uses.sort(Comparator.comparingLong(Use::packets).reversed().thenComparingInt(Use::id));
        int from = Math.min(query.from(), uses.size());
        int to = (int) Math.min((long) from + query.limit(), uses.size());
        return new Page<>(slices.map(uses.subList(from, to), TURN, use -> {
            Flow flow = home.flows.byId(use.id);
            return flow == null ? null : view(flow);
        }), from, uses.size());
    }

    private static boolean isWanted(Flow flow, int port, boolean draining) {
        return (port == 0 || Field.INGRESS.in(flow.key()) == port) && (!draining || flow.draining());
    }

    /** Takes the counters of few flows from the datapath; those of many were taken within the last second, and would hold the loop. */
    private void pull() {
        if (home.flows.count() <= Slices.FLOWS) {
            home.flows.pull();
        }
    }

    /** One flow. */
    FlowView one(int id) {
        return home.ask(() -> {
            pull();
            Flow flow = home.flows.byId(id);
            if (flow == null) {
                throw Refusal.value("flow", id, "the id of an installed flow", "flow:list " + home.name() + " shows them");
            }
            return view(flow);
        });
    }

    /** Ids that begin with these digits, ascending. */
    List<Integer> ids(String digits, int most) {
        int[] left = {most};
        return slices.flows(f -> left[0] > 0 && String.valueOf(f.id()).startsWith(digits) && left[0]-- > 0 ? f.id() : null);
    }

    private FlowView view(Flow flow) {
        long now = home.datapath.nanoTime();
        return new FlowView(flow.id(), FlowText.match(flow.key(), flow.mask(), home.ports::name), FlowText.actions(flow.actions(), home.ports::name, home.names.drops::text),
                flow.packets(), flow.bytes(), millis(now - flow.installedNanos()), millis(now - flow.lastUsedNanos()), flow.inspect(),
                flow.reads().stream().map(Object::toString).toList(), flow.refreshes().stream().map(Row::toString).toList());
    }

    private static long millis(long nanos) {
        return nanos / 1_000_000;
    }

    /** Tables, each with the number of flows that read any of it. */
    List<TableView> tables() {
        List<RowTable> tables = home.ask(() -> List.copyOf(home.tables.all()));
        int[] readers = new int[tables.size()];
        slices.flows(flow -> {
            Set<Integer> read = new HashSet<>();
            for (Dependency dependency : flow.reads()) {
                read.add(tables.indexOf(dependency.table()));
            }
            read.stream().filter(i -> i >= 0).forEach(i -> readers[i]++);
            return null;
        });
        return home.ask(() -> java.util.stream.IntStream.range(0, readers.length).mapToObj(i -> view(tables.get(i), readers[i])).toList());
    }

    private TableView view(RowTable table, int readers) {
        return new TableView(table.id(), home.tables.owner(table), table.inUse() ? TableView.IN_USE : TableView.UNUSED, table.count(), RowTable.LIMIT, table.refused(), readers);
    }
}

package org.vnetwork.core.run;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.vnetwork.control.PortDocument;
import org.vnetwork.core.flow.FlowTable;
import org.vnetwork.core.port.PortFilter;
import org.vnetwork.core.port.PortRow;
import org.vnetwork.core.port.PortTables;
import org.vnetwork.core.row.Row;
import org.vnetwork.core.row.RowTable;
import org.vnetwork.core.row.Tables;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.PortState;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.Field;

/** The ports of one switch: attaching them, their rows, and what goes with them. Loop thread only. */
final class SwitchPorts {
    private final Datapath datapath;
    private final Tables tables;
    private final PortTables rows;
    private final FlowTable flows;
    private final MissShares misses;
    private final PortDrops drops;
    private final Map<Integer, Held> ports = new LinkedHashMap<>();

    /** A configured port; {@code problem} says why it could not be attached yet, null once it is. */
    static final class Held {
        PortDocument document;
        String problem;
        /** How often the link had gone down when it was looked at last; less than ever while it has not been looked at, as what was learned by it before is not sure. */
        long downs = -1;

        private Held(PortDocument document) {
            this.document = document;
        }
    }

    SwitchPorts(Datapath datapath, Tables tables, PortTables rows, FlowTable flows, MissShares misses, PortDrops drops) {
        this.datapath = datapath;
        this.tables = tables;
        this.rows = rows;
        this.flows = flows;
        this.misses = misses;
        this.drops = drops;
    }

    Collection<Held> all() {
        return ports.values();
    }

    Held byName(String name) {
        return ports.values().stream().filter(h -> h.document.name().equals(name)).findFirst().orElse(null);
    }

    String name(int id) {
        Held held = ports.get(id);
        return held == null ? "#" + id : held.document.name();
    }

    /** Adds a port: attach, row, and last of all open it; a step that fails takes those before it back. */
    void add(PortDocument document) throws DatapathException {
        datapath.attach(document.id(), attachment(document));
        try {
            ports.put(document.id(), new Held(document));
            rows.put(new PortId(document.id()), row(document));
            PortState state = datapath.state(document.id());
            rows.putLink(new PortId(document.id()), state.up());
            ports.get(document.id()).downs = state.up() ? state.downs() : 0;
            open(document.id());
        } catch (Throwable e) {
            undo(() -> detach(document.id()), e);
            ports.remove(document.id());
            undo(() -> rows.remove(new PortId(document.id())), e);
            misses.forget(document.id());
            throw e;
        }
    }

    private void open(int id) {
        drops.attached(id);
        misses.add(id);
        datapath.unblock(id);
    }

    private void detach(int id) {
        datapath.detach(id);
        drops.detached(id);
    }

    /** Does a step back; that it fails too is told with the first failure. */
    private static void undo(Runnable step, Throwable first) {
        try {
            step.run();
        } catch (Throwable e) {
            first.addSuppressed(e);
        }
    }

    /** Takes a port in that cannot be attached now; {@link #retry} will. */
    void addLater(PortDocument document, String problem) {
        Held held = new Held(document);
        held.problem = problem;
        ports.put(document.id(), held);
        rows.put(new PortId(document.id()), row(document));
        rows.putLink(new PortId(document.id()), false);
    }

    /** Attaches what could not be attached before. */
    void retry() {
        ports.values().stream().filter(held -> held.problem != null).forEach(this::attach);
    }

    /** Attaches and opens a port that is known already; when that fails it is not attached, and its problem says why. */
    private void attach(Held held) {
        int id = held.document.id();
        try {
            datapath.attach(id, attachment(held.document));
            try {
                open(id);
                held.problem = null;
            } catch (Throwable e) {
                undo(() -> detach(id), e);
                misses.forget(id);
                throw e;
            }
        } catch (Throwable e) {
            held.problem = e instanceof DatapathException ? e.getMessage() : e.toString();
        }
    }

    /** Puts changed attributes in force; what was learned at the port in other VLANs is forgotten. */
    void set(PortDocument document) {
        Held held = ports.get(document.id());
        boolean moved = !held.document.vlan().equals(document.vlan());
        if (held.document.options().fast() != document.options().fast()) {
            datapath.fast(document.id(), document.options().fast());
        }
        held.document = document;
        rows.put(new PortId(document.id()), row(document));
        if (moved) {
            forgetLearned(Set.of(new PortId(document.id())));
        }
    }

    /** Removes a port with the rows and flows that are its own; what the datapath refuses to let go of stays a port, with its rows. */
    void remove(int id) {
        try {
            detach(id);
            flows.all().stream().filter(flow -> Field.INGRESS.in(flow.key()) == id).forEach(flows::remove);
        } catch (Throwable e) {
            undo(() -> detach(id), e);
            misses.forget(id);
            if (ports.containsKey(id)) {
                attach(ports.get(id));
            }
            throw e;
        }
        ports.remove(id);
        rows.remove(new PortId(id));
        forgetLearned(Set.of(new PortId(id)));
        // What was said about the port itself goes with it: another port may get its id.
        forget(row -> row.isOf(port -> port.value() == id));
        misses.forget(id);
        flows.bounds().forget(id);
        tables.all().forEach(t -> t.forget(new PortId(id)));
    }

    /** Whether there is such a port and it is attached. */
    boolean isAttached(int id) {
        Held held = ports.get(id);
        return held != null && held.problem == null;
    }

    /** Removes learned rows that name a port which is not there, and what was counted at one: they are of an earlier process. */
    void forgetUnknown() {
        drops.keepOnly(ports.keySet());
        forget(row -> row.idleNanos() != Long.MAX_VALUE && row.names(port -> !ports.containsKey(port.value())));
    }

    /** Removes rows that were learned about ports: those that name one and do not stay for good. */
    void forgetLearned(Set<PortId> about) {
        for (RowTable table : tables.all()) {
            table.learned(about).forEach(tables::removeRow);
        }
    }

    private void forget(Predicate<Row> unwanted) {
        for (RowTable table : tables.all()) {
            table.rows().stream().filter(unwanted).forEach(tables::removeRow);
        }
    }

    /** The row that says what a document does. */
    static PortRow row(PortDocument document) {
        return new PortRow(document.name(), document.vlan(), PortFilter.of(document.filters()));
    }

    private static Attachment attachment(PortDocument document) {
        return new Attachment(document.attachment(), document.device(), document.options().queues(), document.options().fast());
    }
}

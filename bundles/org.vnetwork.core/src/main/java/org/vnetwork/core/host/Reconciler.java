package org.vnetwork.core.host;

import java.util.ArrayList;
import java.util.List;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.HostDocument;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.RowDocument;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.core.run.Plugin;
import org.vnetwork.core.run.VirtualSwitch;
import org.vnetwork.datapath.Capabilities;
import org.vnetwork.datapath.DatapathDriver;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.model.Refusal;

/** Brings the running switches from one configuration to another, in small steps. One caller at a time. */
final class Reconciler {
    private final Switches switches;
    /** Whether what cannot be had now is left for later, as at a start, instead of refused. */
    private final boolean lenient;
    private final List<String> report = new ArrayList<>();

    Reconciler(Switches switches, boolean lenient) {
        this.switches = switches;
        this.lenient = lenient;
    }

    /** What happened on the way, a line each. */
    List<String> report() {
        return List.copyOf(report);
    }

    /** Refuses what is plainly not possible, before anything is changed. */
    void check(HostDocument before, HostDocument after) {
        for (SwitchDocument s : after.switches()) {
            SwitchDocument old = before.find(s.name()).orElse(null);
            if (old == null) {
                switches.driver(s.datapath());
            }
            if (old == null || !old.engine().equals(s.engine())) {
                switches.engine(s.engine());
            }
            if (old != null && !old.datapath().equals(s.datapath())) {
                throw Refusal.value("datapath of switch " + s.name(), s.datapath(), old.datapath() + " for this switch's life", "remove the switch and create it again");
            }
            for (PortDocument port : s.ports()) {
                check(s, old == null ? null : old.find(port.name()).orElse(null), port);
            }
            if (old != null && !old.equals(s)) {
                switches.find(s.name()).ifPresent(home -> checkRows(home, old, s));
            }
        }
    }

    /** A row that names a port keeps the port; one whose text says nothing that the table knows is refused. */
    private static void checkRows(VirtualSwitch home, SwitchDocument before, SwitchDocument after) {
        List<String> gone = before.ports().stream().map(PortDocument::name).filter(name -> after.find(name).isEmpty()).toList();
        for (RowDocument row : gone.isEmpty() ? List.<RowDocument>of() : after.rows()) {
            home.placed().portsNamed(row).stream().filter(gone::contains).findFirst().ifPresent(port -> {
                throw new Refusal("port: " + port + " is named by a placed row, " + row.place() + " (expected: a port that none names); table:remove " + after.name() + " " + row.place()
                        + " removes the row");
            });
        }
        after.rows().stream().filter(row -> !before.rows().contains(row)).forEach(row -> home.placed().check(row, port -> after.find(port).map(PortDocument::id).orElse(0)));
    }

    private void check(SwitchDocument s, PortDocument old, PortDocument port) {
        if (old == null) {
            DatapathDriver driver = switches.driver(s.datapath());
            if (!driver.attachments().contains(port.attachment())) {
                throw Refusal.value("port " + port.name() + " attachment", port.attachment(), "one that datapath " + s.datapath() + " takes: --"
                        + String.join(", --", driver.attachments().stream().sorted().toList()));
            }
        }
        if (port.vlan().service() && !switches.driver(s.datapath()).capabilities().features().contains(Capabilities.Feature.SERVICE_TAGS)) {
            throw Refusal.value("port " + port.name() + " vlan", port.vlan(), "customer tags", "datapath " + s.datapath() + " cannot handle service tags");
        }
        for (FilterDocument filter : port.filters()) {
            boolean added = old == null || !old.filters().contains(filter);
            if (added && switches.installed().filter(filter.filter()) == null) {
                throw Refusal.value("filter", filter.filter(), Switches.names(switches.installed().filters().stream().map(Plugin::name).distinct().toList()),
                        "filter:list shows them");
            }
        }
    }

    /** Goes from one document to another; a refusal leaves part of the way done, and the caller goes back. */
    void apply(HostDocument before, HostDocument after) {
        for (SwitchDocument old : before.switches()) {
            if (after.find(old.name()).isEmpty()) {
                switches.stop(old.name());
            }
        }
        for (SwitchDocument now : after.switches()) {
            if (switches.find(now.name()).isEmpty()) {
                start(now);
            } else {
                update(before.find(now.name()).orElse(now), now);
            }
        }
    }

    private void start(SwitchDocument document) {
        try {
            VirtualSwitch started = switches.start(document);
            try {
                started.limit(document.limits());
                swap(started, document);
                document.ports().forEach(p -> add(started, p));
                document.rows().forEach(r -> place(started, r));
            } finally {
                started.restored();
            }
        } catch (Refusal e) {
            if (!lenient) {
                throw e;
            }
            switches.problem(document.name(), e.getMessage());
        }
    }

    private void swap(VirtualSwitch started, SwitchDocument document) {
        try {
            started.swap(document.engine(), engine(document));
        } catch (Refusal e) {
            leave(started, e);
        }
    }

    private void place(VirtualSwitch home, RowDocument row) {
        try {
            home.placeRow(row, true);
        } catch (Refusal e) {
            leave(home, e);
        }
    }

    /** What one part of a switch cannot have does not keep the rest of it from starting, when this is a start. */
    private void leave(VirtualSwitch home, Refusal refusal) {
        if (!lenient) {
            throw refusal;
        }
        switches.events().add("switch " + home.name(), refusal.getMessage());
    }

    /** Places rows that are not there, perhaps because their data type came with a bundle only now. */
    void placeAgain(VirtualSwitch home, SwitchDocument document) {
        document.rows().stream().filter(r -> !home.placed().has(r)).forEach(r -> place(home, r));
    }

    private void add(VirtualSwitch home, PortDocument port) {
        if (lenient) {
            home.restorePort(port);
        } else {
            home.addPort(port);
        }
    }

    private Plugin<ForwardingEngine> engine(SwitchDocument document) {
        return lenient ? switches.installed().engine(document.engine()) : switches.engine(document.engine());
    }

    private void update(SwitchDocument before, SwitchDocument after) {
        VirtualSwitch home = switches.need(after.name());
        boolean removed = false;
        if (!before.limits().equals(after.limits())) {
            home.limit(after.limits());
        }
        for (PortDocument old : before.ports()) {
            PortDocument now = after.find(old.name()).orElse(null);
            if (now == null || !sameAttachment(old, now)) {
                home.removePort(old);
                removed = true;
            }
        }
        if (!before.engine().equals(after.engine())) {
            report.add("engine " + before.engine() + " -> " + after.engine());
            report.addAll(home.swap(after.engine(), engine(after)));
        }
        for (PortDocument now : after.ports()) {
            PortDocument old = before.find(now.name()).orElse(null);
            if (old == null || !sameAttachment(old, now)) {
                add(home, now);
            } else if (!old.equals(now)) {
                home.setPort(now);
            }
        }
        for (RowDocument row : before.rows()) {
            if (!after.rows().contains(row)) {
                home.placeRow(row, false);
            }
        }
        for (RowDocument row : after.rows()) {
            if (!before.rows().contains(row)) {
                home.placeRow(row, true);
            }
        }
        if (removed) {
            // A port that was replaced took the rows along that are about it.
            placeAgain(home, after);
        }
    }

    static boolean sameAttachment(PortDocument a, PortDocument b) {
        return a.id() == b.id() && a.attachment().equals(b.attachment()) && a.device().equals(b.device()) && a.options().queues() == b.options().queues();
    }
}

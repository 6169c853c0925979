package org.vnetwork.core.host;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.HostDocument;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.RowDocument;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.core.run.FilterSwap;
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
                switches.installed().engines().need(s.engine());
            }
            if (old != null && !old.datapath().equals(s.datapath())) {
                throw Refusal.value("datapath of switch " + s.name(), s.datapath(), old.datapath() + " for this switch's life", "remove the switch and create it again");
            }
            Map<String, PortDocument> oldPorts = old == null ? Map.of() : old.portsByName();
            for (PortDocument port : s.ports()) {
                check(s, oldPorts.get(port.name()), port);
            }
            if (old != null && !old.equals(s)) {
                switches.find(s.name()).ifPresent(home -> checkRows(home, old, s));
            }
        }
    }

    /** A row that names a port keeps the port; one whose text says nothing that the table knows is refused. */
    private static void checkRows(VirtualSwitch home, SwitchDocument before, SwitchDocument after) {
        Map<String, PortDocument> kept = after.portsByName();
        List<String> gone = before.ports().stream().map(PortDocument::name).filter(name -> !kept.containsKey(name)).toList();
        for (RowDocument row : gone.isEmpty() ? List.<RowDocument>of() : after.rows()) {
            home.placed().portsNamed(row).stream().filter(gone::contains).findFirst().ifPresent(port -> {
                throw new Refusal("port: " + port + " is named by a placed row, " + row.place() + " (expected: a port that none names); table:remove " + after.name() + " " + row.place()
                        + " removes the row");
            });
        }
        after.rows().stream().filter(row -> !before.rows().contains(row)).forEach(row -> home.placed().check(row, port -> kept.containsKey(port) ? kept.get(port).id() : 0));
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
            boolean added = old == null || old.filters().stream().noneMatch(f -> f.slot() == filter.slot() && f.filter().equals(filter.filter()));
            if (added) {
                switches.installed().filters().need(filter.filter());
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
                part(started, () -> started.limit(document.limits()));
                part(started, () -> chooseEngine(started, document));
                document.ports().forEach(p -> part(started, () -> add(started, p)));
                document.rows().forEach(r -> place(started, r));
            } finally {
                started.restored();
            }
        } catch (Throwable e) {
            if (!lenient) {
                throw e;
            }
            switches.problem(document.name(), text(e));
        }
    }

    private void place(VirtualSwitch home, RowDocument row) {
        part(home, () -> home.placeRow(row, true));
    }

    /** What one part of a switch cannot have does not keep the rest of it from starting, when this is a start. */
    private void part(VirtualSwitch home, Runnable step) {
        try {
            step.run();
        } catch (Throwable e) {
            if (!lenient) {
                throw e;
            }
            switches.events().add("switch " + home.name(), text(e));
        }
    }

    /** A failure in a line: what refuses says it in words. */
    static String text(Throwable failure) {
        return failure instanceof Refusal ? failure.getMessage() : failure.toString();
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

    private void chooseEngine(VirtualSwitch started, SwitchDocument document) {
        if (lenient) {
            switches.engines().use(started, document);
        } else {
            started.swap(document.engine().name(), switches.installed().engines().need(document.engine()));
        }
    }

    private void changeEngine(VirtualSwitch home, SwitchDocument before, SwitchDocument after) {
        boolean changed = !before.engine().equals(after.engine()) || before.failOpen() != after.failOpen();
        if (changed && lenient) {
            part(home, () -> switches.engines().use(home, after));
        } else if (!before.engine().equals(after.engine())) {
            report.add("engine " + before.engine() + " -> " + after.engine());
            Plugin<ForwardingEngine> next = switches.installed().engines().need(after.engine());
            report.addAll(home.swap(next.name(), next));
            home.cutOffs().forgetOthers(next);
            switches.engines().forget(after.name());
        } else if (before.failOpen() != after.failOpen()) {
            switches.engines().use(home, after);
        }
    }

    private void change(VirtualSwitch home, PortDocument before, PortDocument after) {
        List<FilterDocument> swapped = after.filters().stream().filter(now -> before.filters().stream().anyMatch(old -> old.slot() == now.slot() && !old.filter().equals(now.filter()))).toList();
        if (lenient) {
            new FilterSwap(home).asFarAsTheyOpen(after);
        } else if (swapped.isEmpty()) {
            home.setPort(after);
        } else {
            swapped.forEach(now -> before.filters().stream().filter(old -> old.slot() == now.slot()).forEach(old -> report.add("filter " + old.filter() + " -> " + now.filter())));
            report.addAll(new FilterSwap(home).lines(after));
        }
    }

    private void update(SwitchDocument before, SwitchDocument after) {
        VirtualSwitch home = switches.need(after.name());
        Map<String, PortDocument> oldPorts = before.portsByName();
        Map<String, PortDocument> newPorts = after.portsByName();
        List<PortDocument> gone = before.ports().stream().filter(old -> !sameAttachment(old, newPorts.get(old.name()))).toList();
        List<PortDocument> added = after.ports().stream().filter(now -> !sameAttachment(now, oldPorts.get(now.name()))).toList();
        // A port takes what was learned at it along, for good: it goes last, unless another one needs its place.
        List<PortDocument> first = gone.stream().filter(old -> added.stream().anyMatch(now -> needsPlace(now, old))).toList();
        if (!before.limits().equals(after.limits())) {
            home.limit(after.limits());
        }
        Trials.Rows rows = Trials.Rows.between(before, after);
        home.trial().begin(!rows.waits());
        String lost = rows.goBack() ? home.trial().back() : "";
        if (!lost.isEmpty()) {
            report.add(lost);
            switches.events().add("switch " + after.name(), lost);
        }
        first.forEach(home::removePort);
        changeEngine(home, before, after);
        added.forEach(now -> add(home, now));
        after.ports().stream().filter(now -> !now.equals(oldPorts.get(now.name())) && !added.contains(now)).forEach(now -> change(home, oldPorts.get(now.name()), now));
        before.rows().stream().filter(row -> !after.rows().contains(row)).forEach(row -> home.placeRow(row, false));
        after.rows().stream().filter(row -> !before.rows().contains(row)).forEach(row -> home.placeRow(row, true));
        gone.stream().filter(old -> !first.contains(old)).forEach(home::removePort);
        if (!rows.waits()) {
            home.trial().confirm();
        }
        if (!gone.isEmpty()) {
            // A port that was replaced took the rows along that are about it.
            placeAgain(home, after);
        }
    }

    /** Whether a port is in another document too, by the same attachment. */
    private static boolean needsPlace(PortDocument now, PortDocument old) {
        return now.id() == old.id() || now.name().equals(old.name()) || Arrays.stream(now.device().split(" ")).anyMatch(List.of(old.device().split(" "))::contains);
    }

    /** Whether a port stays attached as it is; {@code b} may be null, for no such port. */
    static boolean sameAttachment(PortDocument a, PortDocument b) {
        return b != null && a.id() == b.id() && a.attachment().equals(b.attachment()) && a.device().equals(b.device()) && a.options().queues() == b.options().queues();
    }
}

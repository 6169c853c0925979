package org.vnetwork.core.host;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.RowDocument;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.core.run.Plugin;
import org.vnetwork.core.run.VirtualSwitch;
import org.vnetwork.model.Refusal;

/** Takes a half-made edit of one switch back; what it finds as it was stays untouched, so that its traffic goes on. */
final class Undo {
    private final Switches switches;

    Undo(Switches switches) {
        this.switches = switches;
    }

    /** Back from a document that was perhaps reached in part; {@code before} null: the switch did not exist. */
    void back(SwitchDocument attempted, SwitchDocument before) {
        VirtualSwitch home = switches.find(attempted.name()).orElse(null);
        if (home == null) {
            return;
        }
        if (before == null) {
            switches.stop(attempted.name());
            return;
        }
        try {
            ports(home, attempted, before);
            attempted.rows().stream().filter(r -> !before.rows().contains(r)).forEach(r -> place(home, r, false));
            before.rows().stream().filter(r -> !attempted.rows().contains(r)).forEach(r -> place(home, r, true));
            Plugin<?> used = home.engine();
            if (used == null || !used.name().equals(before.engine())) {
                home.swap(before.engine(), switches.installed().engine(before.engine()));
            }
        } catch (Refusal e) {
            switches.events().add("switch " + home.name(), "could not be brought back to what it was: " + e.getMessage());
        }
    }

    private static void place(VirtualSwitch home, RowDocument row, boolean present) {
        try {
            home.placeRow(row, present);
        } catch (Refusal e) {
            // The row was what the edit was refused for: it never got there.
        }
    }

    private static void ports(VirtualSwitch home, SwitchDocument attempted, SwitchDocument before) {
        Set<String> present = home.views().ports().stream().map(v -> v.name()).collect(Collectors.toCollection(TreeSet::new));
        for (PortDocument port : attempted.ports()) {
            PortDocument old = before.find(port.name()).orElse(null);
            boolean replaced = old == null || old.id() != port.id() || !old.attachment().equals(port.attachment()) || !old.device().equals(port.device());
            if (replaced && present.remove(port.name())) {
                home.removePort(port);
            } else if (!replaced && !old.equals(port)) {
                home.setPort(old);
            }
        }
        before.ports().stream().filter(p -> !present.contains(p.name())).forEach(home::restorePort);
    }
}

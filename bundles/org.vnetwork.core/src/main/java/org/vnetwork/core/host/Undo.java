package org.vnetwork.core.host;

import java.util.List;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.RowDocument;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.core.run.VirtualSwitch;

/** Takes a half-made edit of one switch back; what it finds as it was stays untouched, so that its traffic goes on. */
final class Undo {
    private final Switches switches;
    private boolean whole = true;

    Undo(Switches switches) {
        this.switches = switches;
    }

    /** Whether every step back was made. */
    boolean isWhole() {
        return whole;
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
        attempt(home, () -> home.limit(before.limits()));
        attempt(home, () -> ports(home, before));
        if (!attempted.engine().equals(before.engine()) || attempted.failOpen() != before.failOpen()) {
            attempt(home, () -> switches.engines().use(home, before));
        }
        for (RowDocument row : attempted.rows()) {
            if (!before.rows().contains(row)) {
                attempt(home, () -> unplace(home, row));
            }
        }
        attempt(home, () -> new Reconciler(switches, true).placeAgain(home, before));
    }

    private void attempt(VirtualSwitch home, Runnable step) {
        try {
            step.run();
        } catch (Throwable e) {
            whole = false;
            switches.events().add("switch " + home.name(), "could not be brought back to what it was: " + Reconciler.text(e));
        }
    }

    private void ports(VirtualSwitch home, SwitchDocument before) {
        for (PortDocument port : home.documents()) {
            PortDocument old = before.find(port.name()).orElse(null);
            if (old == null || !Reconciler.sameAttachment(old, port)) {
                attempt(home, () -> home.removePort(port));
            } else if (!old.equals(port)) {
                attempt(home, () -> home.setPort(old));
            }
        }
        List<String> there = home.documents().stream().map(PortDocument::name).toList();
        before.ports().stream().filter(p -> !there.contains(p.name())).forEach(p -> attempt(home, () -> home.restorePort(p)));
    }

    private static void unplace(VirtualSwitch home, RowDocument row) {
        try {
            home.placeRow(row, false);
        } catch (RuntimeException e) {
            // Either it never got there, or the loop is still busy putting it: then it goes when the loop is done with that.
            home.takeBack(row);
        }
    }
}

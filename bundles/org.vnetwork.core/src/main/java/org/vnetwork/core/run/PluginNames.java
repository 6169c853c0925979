package org.vnetwork.core.run;

import java.util.List;
import java.util.function.Consumer;
import org.vnetwork.core.flow.ActionUse;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.packet.wire.Action;

/** The drop reasons and counters that plugins of one switch name, and how many flows name each of them. Loop thread only. */
final class PluginNames implements ActionUse {
    /** How long a name stays in use after it was named last: until then a frame may still be on its way by a list that names it. */
    static final long IDLE_NANOS = 1_000_000_000L;

    final PortDrops ports;
    final DropRegistry drops;
    final CounterRegistry counters;

    /** As an earlier process left them; {@code events} takes a line for the administrator. */
    PluginNames(Datapath datapath, Journal journal, Consumer<String> events) {
        ports = new PortDrops(datapath, journal);
        drops = new DropRegistry(datapath, ports, journal, events);
        counters = new CounterRegistry(datapath, journal);
    }

    @Override
    public void changed(List<Action> before, List<Action> now) {
        // What is in both must not seem to be out of use in between.
        count(now, 1);
        count(before, -1);
    }

    private void count(List<Action> actions, int more) {
        for (int i = 0; i < actions.size(); i++) {
            switch (actions.get(i)) {
                case Action.Drop(int reason) -> drops.used(reason, more);
                case Action.Count(long id) -> counters.used(id, more);
                default -> {
                }
            }
        }
    }

    /** Flows of an earlier process have been taken over: names that none of them uses may make room from now on. */
    void restored() {
        drops.restored();
        counters.restored();
    }
}

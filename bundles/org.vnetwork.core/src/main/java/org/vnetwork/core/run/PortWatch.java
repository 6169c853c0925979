package org.vnetwork.core.run;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.vnetwork.core.port.PortTables;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.Drift;
import org.vnetwork.datapath.PortState;
import org.vnetwork.model.PortId;

/**
 * Follows what becomes of ports: their links' rows, what was learned by a link that went down, and what others changed under the datapath.
 *
 * <p>Looking costs a few dozen nanoseconds for each port. Loop thread only.
 */
final class PortWatch {
    static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    /** Frames that waited when a link went down have been decided by then, and what was learned from them goes too. */
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String switchName;
    private final Datapath datapath;
    private final PortTables rows;
    private final SwitchPorts ports;
    private final EventLog events;
    /** When ports that went down are looked at once more. */
    private final Map<Integer, Long> again = new HashMap<>();

    PortWatch(String switchName, Datapath datapath, PortTables rows, SwitchPorts ports, EventLog events) {
        this.switchName = switchName;
        this.datapath = datapath;
        this.rows = rows;
        this.ports = ports;
        this.events = events;
    }

    /** Looks at every port. */
    void look() {
        for (Drift drift : datapath.drift()) {
            events.add("drift of " + switchName, drift.port() == 0 ? "switch " + switchName : "port " + ports.name(drift.port()) + " of switch " + switchName, drift.text());
        }
        long now = datapath.nanoTime();
        Set<PortId> lost = new HashSet<>();
        for (SwitchPorts.Held held : ports.all()) {
            if (held.problem == null) {
                look(held, now, lost);
            }
        }
        again.entrySet().removeIf(due -> {
            boolean over = now - due.getValue() >= 0;
            if (over) {
                lost.add(new PortId(due.getKey()));
            }
            return over;
        });
        ports.forgetLearned(lost);
    }

    private void look(SwitchPorts.Held held, long now, Set<PortId> lost) {
        PortState state = datapath.state(held.document.id());
        PortId port = new PortId(held.document.id());
        boolean wasUp = rows.isUp(port);
        if (wasUp != state.up()) {
            rows.putLink(port, state.up());
        }
        if (wasUp && !state.up() || held.downs != state.downs()) {
            lost.add(port);
            again.put(port.value(), now + AGAIN_NANOS);
        }
        held.downs = state.downs();
    }
}

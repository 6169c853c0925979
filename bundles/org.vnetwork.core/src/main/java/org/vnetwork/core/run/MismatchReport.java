package org.vnetwork.core.run;

import org.vnetwork.core.flow.Mismatches;
import org.vnetwork.packet.wire.FrameText;

/** Tells of frames that Java and the datapath read differently, each with all that is needed to look into it. Loop thread only. */
final class MismatchReport {
    private final String name;
    private final Mismatches mismatches;
    private final SwitchPorts ports;
    private final EventLog events;
    private long told;

    MismatchReport(String name, Mismatches mismatches, SwitchPorts ports, EventLog events) {
        this.name = name;
        this.mismatches = mismatches;
        this.ports = ports;
        this.events = events;
    }

    /** Tells of those that came since the last time, as far as they are kept. */
    void check() {
        for (Mismatches.Kept kept : mismatches.kept()) {
            if (kept.number() > told) {
                told = kept.number();
                events.add("parser mismatch of " + name, "switch " + name, "parser mismatch: frame " + told + " so far that came up although its flow (" + kept.flow()
                        + ") was installed; Java and the datapath read it differently: flow:trace " + name + " --in " + ports.name(kept.port()) + " '"
                        + FrameText.describe(kept.octets()) + "'" + (kept.size() > kept.octets().length ? ", the first of " + kept.size() + " octets" : ""));
            }
        }
    }
}

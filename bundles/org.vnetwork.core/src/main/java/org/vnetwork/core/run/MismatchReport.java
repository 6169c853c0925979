package org.vnetwork.core.run;

import org.vnetwork.core.flow.Mismatches;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.packet.wire.FlowText;

/** Tells of frames that Java and the datapath read differently: what kind of frame, and how long; no octet of a guest's gets into a log. Loop thread only. */
final class MismatchReport {
    private static final Field[] KIND = {Field.INGRESS, Field.TAG_KIND, Field.INNER_TAG_KIND, Field.ETHER_TYPE, Field.PARSE, Field.FRAGMENT, Field.IP_PROTOCOL};

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
                        + ") was installed; Java and the datapath read it differently; in Java " + kind(kept.key()) + ", " + kept.size() + " octets");
            }
        }
    }

    private String kind(long[] key) {
        long[] mask = new long[FlowKey.WORDS];
        for (Field field : KIND) {
            FlowKey.add(mask, field);
        }
        return FlowText.match(key, mask, ports::name);
    }
}

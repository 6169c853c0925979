package org.vnetwork.core.decide;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.vnetwork.core.row.Dependency;
import org.vnetwork.core.row.Row;
import org.vnetwork.packet.wire.Action;

/**
 * What the pipeline made of one packet.
 *
 * @param mask key bits read, of those the driver can match; the array is the decision's own
 * @param inspect whether it read more than that, so that no flow can stand for it
 * @param actions to carry out
 * @param end where the frame ends
 * @param reads rows and row sets that it read
 * @param refreshes rows that it put again as they were
 * @param wrote whether it wrote, so that it cannot be installed
 * @param vlan the VLAN that the packet was classified to; 0 when it was not admitted to any
 */
public record Decision(long[] mask, boolean inspect, List<Action> actions, End end, Collection<Dependency> reads, Map<Row, Long> refreshes, boolean wrote, int vlan) {
    /** Whether no flow can stand for it: each frame must be decided. */
    public boolean eachFrame() {
        return inspect || wrote;
    }

    /** Whether there was no engine to make it: no flow may come of it, and none that is there may be measured by it. */
    public boolean undecided() {
        return end == End.UNDECIDED;
    }

    /** The ports that it outputs to. */
    public Set<Integer> outputs() {
        return outputs(actions);
    }

    /** The ports that actions output to. */
    public static Set<Integer> outputs(List<Action> actions) {
        Set<Integer> ports = new LinkedHashSet<>();
        for (Action action : actions) {
            if (action instanceof Action.Output output) {
                ports.add(output.port());
            }
        }
        return ports;
    }


    /** Where a received frame ends. */
    public enum End {
        /** At least one output. */
        FORWARDED,
        /** No output, and a reason. */
        DROPPED,
        /** Used up by a plugin. */
        CONSUMED,
        /** Dropped since there is no engine: it says nothing about frames that flows know. */
        UNDECIDED
    }
}

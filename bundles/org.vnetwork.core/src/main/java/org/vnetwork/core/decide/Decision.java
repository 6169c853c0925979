package org.vnetwork.core.decide;

import java.util.Collection;
import java.util.List;
import java.util.Map;
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
 */
public record Decision(long[] mask, boolean inspect, List<Action> actions, End end, Collection<Dependency> reads, Map<Row, Long> refreshes, boolean wrote) {
    /** Where a received frame ends. */
    public enum End {
        /** At least one output. */
        FORWARDED,
        /** No output, and a reason. */
        DROPPED,
        /** Used up by a plugin. */
        CONSUMED
    }
}

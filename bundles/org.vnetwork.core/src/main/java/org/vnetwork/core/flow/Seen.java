package org.vnetwork.core.flow;

import java.util.List;
import org.vnetwork.packet.wire.Action;

/**
 * A flow as it was at one time; any thread may read it.
 *
 * @param id of the flow
 * @param fullKey of the packet that was decided
 * @param key masked
 * @param mask bits that were read
 * @param actions carried out on its frames
 * @param inspect whether each of its frames comes up
 */
public record Seen(int id, long[] fullKey, long[] key, long[] mask, List<Action> actions, boolean inspect) {
    /** A flow as it is now; null when it is gone. Loop thread only. */
    public static Seen of(Flow flow) {
        return flow.isRemoved() ? null : new Seen(flow.id(), flow.fullKey, flow.key(), flow.mask(), List.copyOf(flow.actions()), flow.inspect());
    }
}

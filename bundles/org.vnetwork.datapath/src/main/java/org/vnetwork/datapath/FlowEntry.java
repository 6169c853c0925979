package org.vnetwork.datapath;

import java.util.List;
import org.vnetwork.packet.wire.Action;

/**
 * A flow to install.
 *
 * @param id 0 to one less than {@link Capabilities#flows}, not in use; comes back with frames that an {@code Inspect} sends up
 * @param key already masked, {@code long[11]}
 * @param mask bits compared, the whole ingress port among them
 * @param actions at most {@link Action#LIMIT}; empty: the frame ends here, uncounted as drop
 */
public record FlowEntry(int id, long[] key, long[] mask, List<Action> actions) {
}

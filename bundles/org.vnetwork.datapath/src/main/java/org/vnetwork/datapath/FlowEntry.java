package org.vnetwork.datapath;

import java.util.List;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;

/**
 * A flow to install, or one that is in.
 *
 * @param id 0 to one less than {@link Capabilities#flows}, not in use; comes back with frames that an {@code Inspect} sends up
 * @param key already masked, {@code long[11]}
 * @param mask bits compared, the whole ingress port among them
 * @param actions at most {@link Action#LIMIT}; empty: the frame ends here, uncounted as drop
 * @param drains whether it matches only frames that no other flow matches, as since {@link Datapath#drain}; none does that is to be installed
 */
public record FlowEntry(int id, long[] key, long[] mask, List<Action> actions, boolean drains) {
    /** A flow that does not drain. */
    public FlowEntry(int id, long[] key, long[] mask, List<Action> actions) {
        this(id, key, mask, actions, false);
    }

    /** The port that all its frames come in by. */
    public int ingress() {
        return (int) Field.INGRESS.in(key);
    }

    /** Whether a table of so many flows can hold it. */
    public boolean fits(int flows) {
        return id >= 0 && id < flows && Action.size(actions) <= Action.LIMIT && Field.INGRESS.in(mask) == Field.INGRESS.bits() && Field.INGRESS.in(key) < PortId.LIMIT;
    }
}

package org.vnetwork.core.flow;

import java.util.List;
import org.vnetwork.packet.wire.Action;

/** Hears which actions flows have, to know which numbers and names of plugins are in use. */
@FunctionalInterface
public interface ActionUse {
    /**
     * A flow has other actions, comes (empty before) or goes (empty now). Called on the loop thread.
     *
     * @param before what it did
     * @param now what it does
     */
    void changed(List<Action> before, List<Action> now);
}

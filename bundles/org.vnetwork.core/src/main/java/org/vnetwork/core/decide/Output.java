package org.vnetwork.core.decide;

import java.util.List;
import org.vnetwork.model.PortId;
import org.vnetwork.model.PortVlan;

/** An output that a stage asked for, with the rewrites made until then. */
sealed interface Output {
    /** How the frame is rewritten, a copy of its own. */
    Branch branch();

    /** Ids of the ports, in order. */
    List<Integer> ports();

    /**
     * To one port.
     *
     * @param direct whether a filter made it: then it passes no further filter, so that filters cannot send to each other for ever
     */
    record To(int port, Branch branch, boolean direct) implements Output {
        @Override
        public List<Integer> ports() {
            return List.of(port);
        }
    }

    /** A copy for a mirror port, in whatever VLAN. */
    record Mirror(int port, Branch branch) implements Output {
        @Override
        public List<Integer> ports() {
            return List.of(port);
        }
    }

    /**
     * To ports of the frame's VLAN without filters, by which it leaves alike.
     *
     * @param vlan what each is, as far as this VLAN is concerned
     * @param members ascending, without the port that the frame came in by
     */
    record Flood(PortVlan vlan, List<PortId> members, Branch branch) implements Output {
        @Override
        public List<Integer> ports() {
            return members.stream().map(PortId::value).toList();
        }
    }
}

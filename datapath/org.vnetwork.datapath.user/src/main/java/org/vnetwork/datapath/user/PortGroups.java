package org.vnetwork.datapath.user;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.model.PortId;

/** The groups of a switch's ports, and which has what. The switch's loop. */
final class PortGroups {
    private final Loops loops;
    private final Switchboard board;
    private final Arena memory;
    /** By index of the loop; null where no port needed one yet. */
    private final PortGroup[] groups;
    /** By port id: where its flows are, attached or not. */
    private final PortGroup[] groupOf = new PortGroup[PortId.LIMIT];
    /** By flow id; null where there is no such flow. */
    private final PortGroup[] holder = new PortGroup[FlowCache.FLOWS];

    PortGroups(Loops loops, Switchboard board, Arena memory) {
        this.loops = loops;
        this.board = board;
        this.memory = memory;
        groups = new PortGroup[loops.count()];
    }

    /** The group of a port, which stays while it has flows. */
    PortGroup of(int port) {
        PortGroup known = groupOf[port];
        if (known == null || board.port(port) == null && !known.locked(() -> known.flows.knows(port))) {
            PortLoop loop = loops.fewest();
            if (groups[loop.index] == null) {
                groups[loop.index] = new PortGroup(loop, board, memory);
            }
            groupOf[port] = groups[loop.index];
        }
        return groupOf[port];
    }

    void each(Consumer<PortGroup> work) {
        Arrays.stream(groups).filter(Objects::nonNull).forEach(work);
    }

    /** As {@link org.vnetwork.datapath.Datapath#install}. */
    boolean[] install(List<FlowEntry> entries) {
        boolean[] installed = new boolean[entries.size()];
        PortGroup[] of = new PortGroup[installed.length];
        for (int i = 0; i < installed.length; i++) {
            FlowEntry entry = entries.get(i);
            of[i] = entry.fits(FlowCache.FLOWS) ? of(entry.ingress()) : null;
        }
        // Group by group: each lock is waited for once.
        each(group -> group.locked(() -> {
            for (int i = 0; i < installed.length; i++) {
                if (of[i] == group && group.flows.add(entries.get(i))) {
                    installed[i] = true;
                    holder[entries.get(i).id()] = group;
                }
            }
            return null;
        }));
        return installed;
    }

    /** The group that has a flow, or null. */
    PortGroup holder(int flow) {
        return flow >= 0 && flow < FlowCache.FLOWS ? holder[flow] : null;
    }

    /** The group that has a flow, and is to have it no more; or null. */
    PortGroup release(int flow) {
        PortGroup group = holder(flow);
        if (group != null) {
            holder[flow] = null;
        }
        return group;
    }
}

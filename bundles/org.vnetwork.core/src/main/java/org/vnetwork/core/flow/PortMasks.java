package org.vnetwork.core.flow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.vnetwork.datapath.Capabilities;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.FlowKey;

/** The different masks of each ingress port's flows, with an index for each: what the datapath would match, found without asking it. Loop thread only. */
final class PortMasks {
    private final Capabilities capabilities;
    private final FlowBounds bounds;
    private final Map<Integer, List<FlowIndex>> byPort = new HashMap<>();

    PortMasks(Capabilities capabilities, FlowBounds bounds) {
        this.capabilities = capabilities;
        this.bounds = bounds;
    }

    /** Masks of all ports together. */
    int count() {
        return byPort.values().stream().mapToInt(List::size).sum();
    }

    /** Masks of one port. */
    int count(int port) {
        List<FlowIndex> indexes = byPort.get(port);
        return indexes == null ? 0 : indexes.size();
    }

    /** A flow that matches a full key, or null. */
    Flow find(long[] key) {
        List<FlowIndex> indexes = byPort.get(ingress(key));
        if (indexes != null) {
            for (int i = 0; i < indexes.size(); i++) {
                Flow flow = indexes.get(i).find(key);
                if (flow != null) {
                    return flow;
                }
            }
        }
        return null;
    }

    /** The index of a mask; when the port has its fill of masks, that of one which compares more, at the end of all bits. */
    FlowIndex index(long[] key, long[] mask) {
        List<FlowIndex> indexes = byPort.computeIfAbsent(ingress(key), p -> new ArrayList<>());
        FlowIndex wider = null;
        for (FlowIndex index : indexes) {
            if (Arrays.equals(index.mask, mask)) {
                return index;
            }
            if (FlowKey.covers(index.mask, mask)) {
                wider = index;
            }
        }
        // The last place is kept for the mask of all bits, which serves every decision.
        boolean full = indexes.size() >= bounds.masksOfPort() - 1;
        if (full && wider != null) {
            return wider;
        }
        FlowIndex added = new FlowIndex(full ? capabilities.matchable().clone() : mask.clone());
        indexes.add(added);
        return added;
    }

    /** Takes a flow out. */
    void remove(Flow flow) {
        for (FlowIndex index : byPort.get(ingress(flow.key))) {
            if (index.mask == flow.mask) {
                index.remove(flow);
                dropEmpty(index, flow.key);
                return;
            }
        }
    }

    /** Gives the place of an index back when nothing is in it. */
    void dropEmpty(FlowIndex index, long[] key) {
        if (index.count() == 0) {
            byPort.get(ingress(key)).remove(index);
        }
    }

    private static int ingress(long[] key) {
        return (int) Field.INGRESS.in(key);
    }
}

package org.vnetwork.core.flow;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.vnetwork.datapath.Capabilities;
import org.vnetwork.packet.Field;

/**
 * How many flows a switch and each of its ports may have, and which one goes when there is no more room.
 *
 * <p>It is the longest idle of a few that a hand comes by on its way round: to look at all would cost more than what it makes room for. Loop thread only.
 */
public final class FlowBounds {
    private static final int LOOKED_AT = 16;

    private final Capabilities capabilities;
    private final Map<Integer, Ring> rings = new HashMap<>();
    private final Ring all = new Ring(true);
    private int mostFlows;
    private int mostOfPort;
    private int mostMasks;

    /** Flows in no order, each of which knows its place, and what was done to them. */
    private static final class Ring {
        private final boolean whole;
        private Flow[] flows = new Flow[16];
        private int count;
        private int hand;
        private long evicted;
        private long rounded;

        Ring(boolean whole) {
            this.whole = whole;
        }

        private void place(Flow flow, int at) {
            flows[at] = flow;
            if (whole) {
                flow.place = at;
            } else {
                flow.placeOfPort = at;
            }
        }

        void add(Flow flow) {
            if (count == flows.length) {
                flows = Arrays.copyOf(flows, 2 * count);
            }
            place(flow, count++);
        }

        void remove(Flow flow) {
            int at = whole ? flow.place : flow.placeOfPort;
            place(flows[--count], at);
            flows[count] = null;
        }

        Flow longestIdle() {
            Flow longest = null;
            for (int i = Math.min(LOOKED_AT, count); i > 0; i--) {
                hand = hand + 1 < count ? hand + 1 : 0;
                Flow flow = flows[hand];
                if (longest == null || flow.lastUsedNanos < longest.lastUsedNanos) {
                    longest = flow;
                }
            }
            return longest;
        }
    }

    FlowBounds(Capabilities capabilities) {
        this.capabilities = capabilities;
        set(capabilities.flows(), capabilities.flows(), capabilities.masksPerPort());
    }

    /** Sets the most flows, those of one ingress port, and its different masks; what is more than the datapath holds is cut to that. */
    public void set(int flows, int ofPort, int masksOfPort) {
        mostFlows = Math.min(flows, capabilities.flows());
        mostOfPort = Math.min(ofPort, capabilities.flows());
        mostMasks = Math.min(masksOfPort, capabilities.masksPerPort());
    }

    /** Most flows of the switch. */
    public int flows() {
        return mostFlows;
    }

    /** Most flows of one ingress port. */
    public int flowsOfPort() {
        return mostOfPort;
    }

    /** Most different masks of one ingress port. */
    public int masksOfPort() {
        return mostMasks;
    }

    /** Flows of an ingress port. */
    public int count(int port) {
        Ring ring = rings.get(port);
        return ring == null ? 0 : ring.count;
    }

    /** Flows that had to make room because the switch had its fill. */
    public long evicted() {
        return all.evicted;
    }

    /** Flows that had to make room because their ingress port had its fill. */
    public long evicted(int port) {
        Ring ring = rings.get(port);
        return ring == null ? 0 : ring.evicted;
    }

    /** Flows of an ingress port that compare more than they need, since the port had its fill of masks. */
    public long rounded(int port) {
        Ring ring = rings.get(port);
        return ring == null ? 0 : ring.rounded;
    }

    /** The flow that goes when one more of this port is to come; null when there is room. */
    Flow leaving(int port) {
        Ring ring = ring(port);
        if (ring.count >= mostOfPort) {
            ring.evicted++;
            return ring.longestIdle();
        }
        if (all.count >= mostFlows) {
            all.evicted++;
            return all.longestIdle();
        }
        return null;
    }

    /** A flow that is too much since a limit was lowered; null when none is. */
    Flow surplus() {
        for (Ring ring : rings.values()) {
            if (ring.count > mostOfPort) {
                ring.evicted++;
                return ring.longestIdle();
            }
        }
        if (all.count > mostFlows) {
            all.evicted++;
            return all.longestIdle();
        }
        return null;
    }

    void rounded(long[] key) {
        ring((int) Field.INGRESS.in(key)).rounded++;
    }

    void added(Flow flow) {
        all.add(flow);
        ring((int) Field.INGRESS.in(flow.key)).add(flow);
    }

    void gone(Flow flow) {
        all.remove(flow);
        ring((int) Field.INGRESS.in(flow.key)).remove(flow);
    }

    /** Forgets what was counted for a port that is gone. */
    public void forget(int port) {
        if (count(port) == 0) {
            rings.remove(port);
        }
    }

    private Ring ring(int port) {
        return rings.computeIfAbsent(port, p -> new Ring(false));
    }
}

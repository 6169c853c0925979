package org.vnetwork.datapath.user;

import java.util.Arrays;
import org.vnetwork.model.PortId;

/** The masks of each ingress port, in the order they came. */
final class Tuples {
    /** Most masks of one port. */
    static final int LIMIT = 32;
    private static final Tuple[] NONE = new Tuple[0];

    private final Tuple[][] ports = new Tuple[PortId.LIMIT][];
    private final int firstId;
    private int made;

    /** No masks; {@code parity} 0 or 1 keeps the ids of two such lists apart. */
    Tuples(int parity) {
        firstId = parity;
        Arrays.fill(ports, NONE);
    }

    /** The masks of a port; never changed in place. */
    Tuple[] of(int port) {
        return ports[port];
    }

    /** The tuple of a mask, made when there is none; null when the port has its fill of them. */
    Tuple take(int port, long[] mask) {
        Tuple known = find(port, mask);
        Tuple[] old = ports[port];
        if (known != null || old.length == LIMIT) {
            return known;
        }
        Tuple added = new Tuple(firstId + 2 * made++, mask);
        ports[port] = Arrays.copyOf(old, old.length + 1);
        ports[port][old.length] = added;
        return added;
    }

    private Tuple find(int port, long[] mask) {
        for (Tuple tuple : ports[port]) {
            if (Arrays.equals(tuple.mask, mask)) {
                return tuple;
            }
        }
        return null;
    }

    /** Takes a tuple out if it has no flows. */
    void release(int port, Tuple tuple) {
        if (tuple.flows == 0) {
            ports[port] = Arrays.stream(ports[port]).filter(t -> t != tuple).toArray(Tuple[]::new);
        }
    }
}

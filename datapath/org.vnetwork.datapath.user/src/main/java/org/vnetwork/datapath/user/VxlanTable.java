package org.vnetwork.datapath.user;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The tunnels that arrive at one socket, by remote address and number. Constant: changes make another. */
final class VxlanTable {
    static final VxlanTable EMPTY = new VxlanTable(List.of());
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    /** In the order they came. */
    private final List<VxlanPort> ports;
    /** Open addressing; a power of two, at most half full. */
    private final VxlanPort[] slots;

    private VxlanTable(List<VxlanPort> ports) {
        this.ports = List.copyOf(ports);
        slots = new VxlanPort[Integer.highestOneBit(Math.max(1, ports.size())) * 4];
        for (VxlanPort port : ports) {
            int at = place(port.remoteHigh, port.remoteLow, port.tunnel.vni());
            while (slots[at] != null) {
                at = at + 1 & slots.length - 1;
            }
            slots[at] = port;
        }
    }

    private int place(long high, long low, int vni) {
        long mixed = (high * 31 + low * 17 + vni) * 0x9e37_79b9_7f4a_7c15L;
        return (int) (mixed >>> 40) & slots.length - 1;
    }

    /** The port of a tunnel, or null. */
    VxlanPort find(long high, long low, int vni) {
        int at = place(high, low, vni);
        while (slots[at] != null) {
            VxlanPort port = slots[at];
            if (port.remoteLow == low && port.remoteHigh == high && port.tunnel.vni() == vni) {
                return port;
            }
            at = at + 1 & slots.length - 1;
        }
        return null;
    }

    /** The oldest port whose remote address this is; when there is none, the oldest of all, or null. Its books have what no tunnel takes. */
    VxlanPort blamed(long high, long low) {
        VxlanPort oldest = null;
        for (int i = 0; i < ports.size(); i++) {
            VxlanPort port = ports.get(i);
            if (port.remoteLow == low && port.remoteHigh == high) {
                return port;
            }
            oldest = oldest == null ? port : oldest;
        }
        return oldest;
    }

    boolean isEmpty() {
        return ports.isEmpty();
    }

    VxlanTable with(VxlanPort port) {
        List<VxlanPort> all = new ArrayList<>(ports);
        all.add(port);
        return new VxlanTable(all);
    }

    VxlanTable without(VxlanPort port) {
        return new VxlanTable(ports.stream().filter(p -> p != port).toList());
    }

    /** An address as {@link ReceiveBatch} has it, upper and lower half. */
    static long[] halves(InetAddress address) {
        byte[] octets = address.getAddress();
        ByteBuffer all = ByteBuffer.allocate(16);
        if (octets.length == 4) {
            all.put(MAPPED);
        }
        all.put(octets).flip();
        return new long[] {all.getLong(), all.getLong()};
    }
}

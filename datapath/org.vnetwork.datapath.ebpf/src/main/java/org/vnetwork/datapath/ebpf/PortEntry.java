package org.vnetwork.datapath.ebpf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.vnetwork.datapath.MissLimit;

/**
 * What the programs know of a port: {@code vnet_port} of {@code vnet_abi.h}, in memory shared with them, a field at a time.
 *
 * @param memory of {@link #SIZE} octets
 */
record PortEntry(MemorySegment memory) {
    static final int SIZE = 32;
    /** Flag: frames may be sent to the device. */
    static final int UP = 1;
    /** Flag: those for the peer's MAC address go to it at once. */
    static final int PEER = 2;
    /** Flag: nothing in, nothing out. */
    static final int BLOCKED = 4;
    private static final long IFINDEX = 0;
    private static final long FLAGS = 4;
    private static final long PEER_MAC = 8;
    private static final long MTU = 16;
    private static final long MISS_RATE = 20;
    private static final long MISS_BURST = 24;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final VarHandle INT_STORE = INT.varHandle();

    /** {@code ifindex}: 0 for no device. */
    void setDevice(int ifindex) {
        memory.set(INT, IFINDEX, ifindex);
    }

    /** Sets the most octets above the Ethernet header and tags that may leave; 0: unchecked. */
    void setMtu(int mtu) {
        memory.set(INT, MTU, mtu);
    }

    /** Is to come before {@link #PEER} is set. */
    void setPeer(long mac) {
        memory.set(ValueLayout.JAVA_LONG, PEER_MAC, mac);
    }

    /** What was set before is seen by who sees these. */
    void setFlags(int flags) {
        INT_STORE.setRelease(memory, FLAGS, flags);
    }

    boolean isBlocked() {
        return (memory.get(INT, FLAGS) & BLOCKED) != 0;
    }

    void setMisses(MissLimit limit) {
        memory.set(INT, MISS_RATE, limit.perSecond());
        memory.set(INT, MISS_BURST, limit.burst());
    }

    /** Has it be that of no port. */
    void clear() {
        memory.fill((byte) 0);
    }
}

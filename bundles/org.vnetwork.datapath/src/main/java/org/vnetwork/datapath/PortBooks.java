package org.vnetwork.datapath;

/** What a driver counts in Java for one port, in the terms of {@link PortCounters}. Loop thread only. */
public final class PortBooks {
    /** Drops by number of the reason. */
    public final long[] drops = new long[DropNumbers.LIMIT];
    /** As in {@link PortCounters#received}. */
    public long received;
    /** As in {@link PortCounters#receivedBytes}. */
    public long receivedBytes;
    /** As in {@link PortCounters#receivedUnits}. */
    public long receivedUnits;
    /** As in {@link PortCounters#sent}. */
    public long sent;
    /** As in {@link PortCounters#sentBytes}. */
    public long sentBytes;
    /** As in {@link PortCounters#outputs}. */
    public long outputs;
    /** As in {@link PortCounters#copies}. */
    public long copies;
    /** As in {@link PortCounters#up}. */
    public long up;

    /** The books as counters. */
    public PortCounters counters() {
        return new PortCounters(received, receivedBytes, receivedUnits, sent, sentBytes, outputs, copies, up, drops[DropNumbers.UPCALL_LOST] + drops[DropNumbers.INSPECT_LOST]);
    }
}

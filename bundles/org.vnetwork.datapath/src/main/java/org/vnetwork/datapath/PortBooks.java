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

    /** Notes a frame that came in. */
    public void received(int size) {
        received++;
        receivedUnits++;
        receivedBytes += size;
    }

    /** Notes a frame that came in and goes no further; {@code reason}: number of a drop reason. */
    public void refused(int size, int reason) {
        received(size);
        drops[reason]++;
    }

    /** Adds what another wrote of the same port. */
    public void add(PortBooks part) {
        received += part.received;
        receivedBytes += part.receivedBytes;
        receivedUnits += part.receivedUnits;
        sent += part.sent;
        sentBytes += part.sentBytes;
        outputs += part.outputs;
        copies += part.copies;
        up += part.up;
        for (int i = 0; i < drops.length; i++) {
            drops[i] += part.drops[i];
        }
    }

    /** The books as counters. */
    public PortCounters counters() {
        return new PortCounters(received, receivedBytes, receivedUnits, sent, sentBytes, outputs, copies, up, drops[DropNumbers.UPCALL_LOST] + drops[DropNumbers.INSPECT_LOST]);
    }
}

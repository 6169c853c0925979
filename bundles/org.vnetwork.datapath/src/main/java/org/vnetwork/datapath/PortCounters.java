package org.vnetwork.datapath;

/**
 * Counters of a port; each received frame ends in exactly one of forwarded, dropped or up.
 *
 * @param received frames that came in from the port's owner, as the program saw them (segments that are split later count once)
 * @param receivedBytes octets of these frames
 * @param sent frames handed to the port's owner
 * @param sentBytes octets of these frames
 * @param forwarded received frames that the flow table ended with at least one output, or without a drop
 * @param dropped received frames that the flow table dropped; by reason in {@link Datapath#drops}
 * @param up received frames sent up, as a miss or for inspection
 * @param upLost of these, frames that the upcall channel had no room for
 */
public record PortCounters(long received, long receivedBytes, long sent, long sentBytes, long forwarded, long dropped, long up, long upLost) {
    /** A port without traffic. */
    public static final PortCounters NONE = new PortCounters(0, 0, 0, 0, 0, 0, 0, 0);
}

package org.vnetwork.datapath;

/**
 * Counters of a port since it was attached, in frames on the wire: a segment that is split later counts as often.
 *
 * <p>Once traffic is quiet, {@code received + copies == outputs + sum of drops}, consumed frames (number 0) among the drops; and over
 * all ports {@code outputs} and {@code sent} are the same.
 *
 * @param received frames that came in from the port's owner
 * @param receivedBytes octets of these frames
 * @param receivedUnits the same as the kernel's interface statistics count them: a segment that is split later counts once
 * @param sent frames handed to the port's owner
 * @param sentBytes octets of these frames
 * @param outputs frames that left, by any port, of those received here
 * @param copies ends beyond the first of frames received here: a flood to three ports makes two
 * @param up frames received here that the pipeline was asked about
 * @param upLost of these, frames that never got there
 */
public record PortCounters(long received, long receivedBytes, long receivedUnits, long sent, long sentBytes, long outputs, long copies, long up, long upLost) {
    /** A port without traffic. */
    public static final PortCounters NONE = new PortCounters(0, 0, 0, 0, 0, 0, 0, 0, 0);
}

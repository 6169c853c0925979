package org.vnetwork.control;

import java.util.List;

/**
 * A port at work; counters since it was attached.
 *
 * @param name of the port
 * @param id as in PortId
 * @param attachment kind and device
 * @param vlan membership as text
 * @param up whether frames can go out
 * @param detail how it is attached, or why it is down
 * @param filters slot and name of each
 * @param received frames in, on the wire
 * @param receivedBytes octets in
 * @param receivedUnits frames in as the kernel's interface statistics count them
 * @param sent frames out
 * @param sentBytes octets out
 * @param outputs frames out of any port, of those received here
 * @param copies ends beyond the first of frames received here; {@code received + copies == outputs + dropped + consumed} once traffic is quiet
 * @param dropped ends of frames received here with a reason to drop
 * @param consumed frames received here that a plugin used up
 * @param upcalls frames received here that the pipeline was asked about
 */
public record PortView(String name, int id, String attachment, String vlan, boolean up, String detail, List<String> filters, long received, long receivedBytes,
        long receivedUnits, long sent, long sentBytes, long outputs, long copies, long dropped, long consumed, long upcalls) {
}

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
 * @param received frames in
 * @param receivedBytes octets in
 * @param sent frames out
 * @param sentBytes octets out
 * @param forwarded received frames that went out somewhere
 * @param dropped received frames that did not, by a reason
 * @param consumed received frames that a plugin used up
 * @param upcalls received frames that the pipeline decided
 * @param outputsDropped outputs of forwarded frames that were not made, by a reason
 */
public record PortView(String name, int id, String attachment, String vlan, boolean up, String detail, List<String> filters, long received, long receivedBytes, long sent, long sentBytes, long forwarded, long dropped, long consumed, long upcalls, long outputsDropped) {
}

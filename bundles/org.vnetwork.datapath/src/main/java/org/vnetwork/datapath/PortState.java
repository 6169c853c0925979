package org.vnetwork.datapath;

/**
 * How a port is.
 *
 * @param up whether frames can go out: the device is there, up, and has carrier
 * @param detail why not, or how it is attached: {@code veth, peer in another namespace; fast way}
 * @param mtu octets of payload the device takes; 0 when there is no device
 */
public record PortState(boolean up, String detail, int mtu) {
}

package org.vnetwork.datapath;

/**
 * How a port is.
 *
 * @param up whether frames can go out: the device is there, up, and has carrier
 * @param detail why not, or how it is attached: {@code veth, peer in another namespace; fast way}
 * @param mtu octets of payload the device takes; 0 when there is no device
 * @param downs how often the link went down since the port was attached, or another device came in the place of its own; 0 from a driver that does not count. With it
 *     nobody misses a link that was down for a moment
 */
public record PortState(boolean up, String detail, int mtu, long downs) {
    /** Of a driver that does not count how often the link went down. */
    public PortState(boolean up, String detail, int mtu) {
        this(up, detail, mtu, 0);
    }
}

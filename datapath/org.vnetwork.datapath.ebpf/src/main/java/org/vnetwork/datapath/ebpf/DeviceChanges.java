package org.vnetwork.datapath.ebpf;

/**
 * What the driver changed at ports' devices: noted beside the pins, so that whoever lets go of a device puts it back, in this process or a later one.
 *
 * <p>Loop thread only.
 */
final class DeviceChanges {
    private final Links links;
    private final Pins pins;

    DeviceChanges(Links links, Pins pins) {
        this.links = links;
        this.pins = pins;
    }

    /** Makes a device fit for a port: quiet, and receiving everything. */
    void make(Link device, boolean madeTap) {
        noted(device, Pins.MADE, madeTap);
        noted(device, Pins.QUIET, UpcallTap.quiet(device.name()));
        noted(device, Pins.PROMISCUOUS, keep(device));
    }

    /** Has a device receive everything that does not of itself; false when nothing was to be done, or it cannot be. */
    boolean keep(Link device) {
        return !device.kind().equals("veth") && !device.kind().equals("tun") && (device.flags() & Links.IFF_PROMISC) == 0
                && links.setFlags(device.ifindex(), Links.IFF_PROMISC, Links.IFF_PROMISC);
    }

    private void noted(Link device, String what, boolean changed) {
        if (changed || pins.noted(device.ifindex(), what)) {
            pins.note(device.ifindex(), what);
        }
    }

    /** Puts a device back as it was found; when this returns, a tap that was made for the port is to be deleted. */
    boolean putBack(Link device) {
        if (pins.noted(device.ifindex(), Pins.PROMISCUOUS)) {
            links.setFlags(device.ifindex(), 0, Links.IFF_PROMISC);
        }
        if (pins.noted(device.ifindex(), Pins.QUIET)) {
            // When that fails the device is gone, and its setting with it.
            DeviceFile.write(ipv6(device.name()), "0");
        }
        return pins.noted(device.ifindex(), Pins.MADE);
    }

    /** Where the kernel is told whether its IPv6 speaks on a device (1: it does not). */
    static String ipv6(String device) {
        return "/proc/sys/net/ipv6/conf/" + device + "/disable_ipv6";
    }
}

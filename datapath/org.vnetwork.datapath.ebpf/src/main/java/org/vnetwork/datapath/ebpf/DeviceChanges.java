package org.vnetwork.datapath.ebpf;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What the driver changed at ports' devices: noted beside the pins, so that whoever lets go of a device puts it back, in this process or a later one.
 *
 * <p>A device is known by its number: it may have been renamed meanwhile. Loop thread only.
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
        noted(device, Pins.QUIET, Ipv6.silence(device.name()));
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

    /** Puts a device back as it was found; when this returns true, a tap that was made for the port is to be deleted. */
    boolean putBack(Link device) {
        putBack(links, device, what -> pins.noted(device.ifindex(), what));
        return pins.isMadeTap(device);
    }

    /**
     * Puts back flags and settings of a device, by its number and by the name that it has now.
     *
     * @param noted whether a change was noted
     * @return what could not be put back, for the administrator
     */
    static List<String> putBack(Links links, Link device, Predicate<String> noted) {
        List<String> failed = new ArrayList<>();
        if (noted.test(Pins.PROMISCUOUS) && !links.setFlags(device.ifindex(), 0, Links.IFF_PROMISC)) {
            failed.add(device.name() + " is still promiscuous (ip link set dev " + device.name() + " promisc off)");
        }
        if (noted.test(Pins.QUIET) && !Ipv6.restore(device.name())) {
            failed.add("IPv6 is still off on " + device.name() + " (sysctl net.ipv6.conf." + device.name() + ".disable_ipv6=0)");
        }
        return failed;
    }
}

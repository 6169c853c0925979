package org.vnetwork.datapath.ebpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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
    void make(Links.Link device, boolean madeTap) {
        noted(device, Pins.MADE, madeTap);
        noted(device, Pins.QUIET, UpcallTap.quiet(device.name()));
        noted(device, Pins.PROMISCUOUS, keep(device));
    }

    /** Has a device receive everything that does not of itself; false when nothing was to be done, or it cannot be. */
    boolean keep(Links.Link device) {
        return !device.kind().equals("veth") && !device.kind().equals("tun") && (device.flags() & Links.IFF_PROMISC) == 0
                && links.setFlags(device.ifindex(), Links.IFF_PROMISC, Links.IFF_PROMISC);
    }

    private void noted(Links.Link device, String what, boolean changed) {
        if (changed || pins.noted(device.ifindex(), what)) {
            pins.note(device.ifindex(), what);
        }
    }

    /** Puts a device back as it was found; when this returns, a tap that was made for the port is to be deleted. */
    boolean putBack(Links.Link device) {
        if (pins.noted(device.ifindex(), Pins.PROMISCUOUS)) {
            links.setFlags(device.ifindex(), 0, Links.IFF_PROMISC);
        }
        if (pins.noted(device.ifindex(), Pins.QUIET)) {
            speak(device.name());
        }
        return pins.noted(device.ifindex(), Pins.MADE);
    }

    private static void speak(String device) {
        try {
            Files.writeString(Path.of("/proc/sys/net/ipv6/conf", device, "disable_ipv6"), "0");
        } catch (IOException e) {
            // The device is gone, and its setting with it.
        }
    }
}

package org.vnetwork.datapath.ebpf;

/**
 * What a device can do for its port now.
 *
 * @param flags {@link PortEntry#UP} and {@link PortEntry#PEER}, or none
 * @param mtu octets, 0 without a device
 * @param peer with {@link PortEntry#PEER}, the MAC address of the other end
 * @param detail for the administrator; when it is down, why
 */
record DeviceState(int flags, int mtu, long peer, String detail) {
    static DeviceState absent(String why) {
        return new DeviceState(0, 0, 0, why);
    }

    static DeviceState of(Links.Link device, Links links) {
        if (!device.isUp()) {
            return down(device, "device is down; ip link set " + device.name() + " up");
        }
        boolean tap = device.kind().equals("tun");
        if (!device.hasCarrier()) {
            return down(device, tap ? "nobody has the tap open" : "no carrier: the other end is down");
        }
        Links.Link other = device.kind().equals("veth") && device.namespace() >= 0 ? links.peer(device) : null;
        if (other != null && other.isUp()) {
            return new DeviceState(PortEntry.UP | PortEntry.PEER, device.mtu(), other.mac(), "veth, peer in another namespace");
        }
        return new DeviceState(PortEntry.UP, device.mtu(), 0, tap ? "tap" : device.kind().isEmpty() ? "device" : device.kind());
    }

    private static DeviceState down(Links.Link device, String why) {
        return new DeviceState(0, device.mtu(), 0, why);
    }

    boolean isUp() {
        return (flags & PortEntry.UP) != 0;
    }
}

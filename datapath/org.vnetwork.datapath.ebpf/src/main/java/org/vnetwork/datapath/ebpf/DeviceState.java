package org.vnetwork.datapath.ebpf;

import org.vnetwork.model.FastWay;

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

    /**
     * What a device can do that is there.
     *
     * @param peer the veth's other end; null when there is none that can be seen in another namespace
     * @param fast whether it may be passed by
     * @param onlooker who looks there; null for nobody
     */
    static DeviceState of(Link device, Link peer, FastWay fast, String onlooker) {
        if (!device.isUp()) {
            return down(device, "device is down; ip link set " + device.name() + " up");
        }
        boolean tap = device.kind().equals("tun");
        if (!device.hasCarrier()) {
            return down(device, tap ? "nobody has the tap open" : "no carrier: the other end is down");
        }
        if (peer != null && peer.isUp()) {
            boolean direct = fast == FastWay.ON || fast == FastWay.AUTO && onlooker == null;
            return new DeviceState(PortEntry.UP | (direct ? PortEntry.PEER : 0), device.mtu(), peer.mac(), "veth, peer in another namespace; " + way(fast, onlooker));
        }
        return new DeviceState(PortEntry.UP, device.mtu(), 0, tap ? tap(device) : device.kind().isEmpty() ? "device" : device.kind());
    }

    private static String tap(Link device) {
        return device.queues() < 0 ? "tap" : "tap, " + device.queues() + (device.queues() == 1 ? " queue" : " queues") + " in use";
    }

    private static String way(FastWay fast, String onlooker) {
        return switch (fast) {
            case ON -> "fast way by --fast on" + (onlooker == null ? "" : ", past " + onlooker);
            case OFF -> "slow way by --fast off";
            case AUTO -> onlooker == null ? "fast way" : "slow way for " + onlooker;
        };
    }

    private static DeviceState down(Link device, String why) {
        return new DeviceState(0, device.mtu(), 0, why);
    }

    boolean isUp() {
        return (flags & PortEntry.UP) != 0;
    }
}

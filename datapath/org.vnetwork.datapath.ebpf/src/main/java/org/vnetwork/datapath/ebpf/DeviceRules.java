package org.vnetwork.datapath.ebpf;

import java.nio.charset.StandardCharsets;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.DatapathException;

/** Which devices can be a port's; each refusal is a line for the administrator. */
final class DeviceRules {
    private static final int NAME_LIMIT = 15;
    /** ARPHRD_LOOPBACK. */
    private static final int LOOPBACK = 772;

    private DeviceRules() {
    }

    /**
     * The kernel's own rule (dev_valid_name); a longer name would be cut to that of another device, and it takes % for "any number". Control characters, which it
     * takes too, could do anything to a terminal.
     */
    static void checkName(Attachment attachment) throws DatapathException {
        String name = attachment.device();
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.getBytes(StandardCharsets.UTF_8).length > NAME_LIMIT
                || name.chars().anyMatch(c -> c == ' ' || c == '/' || c == ':' || c == '%' || Character.isISOControl(c))) {
            throw new DatapathException(attachment.kind() + ": " + (name.isEmpty() ? "(empty)" : name)
                    + " (expected: the name of a network device, 1 to " + NAME_LIMIT + " octets of UTF-8 without space, control characters, /, : and %); ip link shows them");
        }
    }

    /** A port forwards by MAC addresses. So no tun, WireGuard, ppp, tunnel of IP in IP, or loopback. */
    private static void checkEthernet(Link device) throws DatapathException {
        if (!device.isEthernet()) {
            throw new DatapathException("netdev: " + device.name() + " (expected: a device with Ethernet frames) is a " + (device.kind().isEmpty() ? "device" : device.kind())
                    + (device.type() == LOOPBACK ? ", the loopback" : " without MAC addresses") + "; take a veth, a tap or an Ethernet interface");
        }
    }

    /** The device that a port asks for is there, and a tap if that is asked for; null: there is none of that name. */
    static void check(Attachment attachment, Link device) throws DatapathException {
        if (device == null) {
            throw new DatapathException(attachment.kind() + ": " + attachment.device() + " (expected: a network device of this namespace); ip link shows them");
        }
        if (attachment.kind().equals("tap")) {
            checkTap(device, attachment.queues());
        }
    }

    private static void checkTap(Link device, int queues) throws DatapathException {
        if (!device.kind().equals("tun")) {
            throw new DatapathException("tap: " + device.name() + " (expected: a tap, or a name that is free) is a "
                    + (device.kind().isEmpty() ? "device" : device.kind()) + "; attach it as netdev");
        }
        if (queues > 1 && device.queues() < 0) {
            throw new DatapathException("tap: " + device.name() + " (expected: a tap of several queues, or a name that is free) has one queue; ip link delete " + device.name()
                    + " and let the port make it");
        }
    }

    /**
     * The device can be a port, and belongs to nobody else.
     *
     * @param left whether the one program that may be there is what an earlier process of this switch left
     */
    static void checkFree(Link device, boolean left) throws DatapathException {
        checkEthernet(device);
        // One that was put into a bridge while a port had it goes on: that was told, and a restart is to stop no traffic.
        if (device.master() != 0 && !left) {
            throw new DatapathException("netdev: " + device.name() + " (expected: a device of its own) belongs to a bridge or bond; ip link set " + device.name() + " nomaster");
        }
        if (EbpfDriver.isTap(device.name())) {
            throw new DatapathException("netdev: " + device.name() + " (expected: a device of its own) is the upcall tap of a switch");
        }
        if (Bpf.attached(device.ifindex(), Bpf.TCX_INGRESS) > (left ? 1 : 0)) {
            throw new DatapathException("netdev: " + device.name() + " (expected: a device without tcx program) is in use by another switch or program; bpftool net shows it");
        }
    }
}

package org.vnetwork.datapath.ebpf;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.MissLimit;
import org.vnetwork.datapath.PortState;
import org.vnetwork.model.PortId;

/**
 * The ports of one switch: programs at their devices, and the kernel's view of each kept true as devices change.
 *
 * <p>Loop thread only.
 */
final class KernelPorts {
    private static final int UP = 1;
    private static final int PEER = 2;
    private static final int BLOCKED = 4;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final KernelMaps maps;
    private final Links links;
    private final Pins pins;
    private final int program;
    private final KernelPort[] ports = new KernelPort[PortId.LIMIT];
    private final Map<Integer, KernelPort> byIfindex = new LinkedHashMap<>();
    private long openedNanos = System.nanoTime();

    KernelPorts(KernelMaps maps, Links links, Pins pins, int program) {
        this.maps = maps;
        this.links = links;
        this.pins = pins;
        this.program = program;
    }

    KernelPort find(int id) {
        return id > 0 && id < ports.length ? ports[id] : null;
    }

    void attach(int id, Attachment attachment) throws DatapathException {
        if (id < 1 || id >= ports.length || ports[id] != null) {
            throw new DatapathException("port id: " + id + " (expected: a free one of 1.." + (ports.length - 1) + ")");
        }
        DeviceRules.checkName(attachment);
        boolean tap = attachment.kind().equals("tap");
        Links.Link device = links.byName(attachment.device());
        boolean made = tap && device == null;
        if (made) {
            Taps.make(attachment.device());
            device = links.byName(attachment.device());
        }
        if (device == null) {
            throw new DatapathException(attachment.kind() + ": " + attachment.device() + " (expected: a network device of this namespace); ip link shows them");
        }
        if (tap) {
            DeviceRules.checkTap(device);
        }
        KernelPort port = new KernelPort(id, attachment, made);
        try {
            if (made) {
                links.setFlags(device.ifindex(), Links.IFF_UP, Links.IFF_UP);
            }
            DeviceRules.checkFree(device, pins.hasBefore(device.ifindex()));
            maps.clearPort(id);
            KernelMaps.setFlags(maps.port(id), BLOCKED);
            limit(maps.port(id), MissLimit.PRESET);
            take(port, device);
            ports[id] = port;
            refresh(port);
        } catch (DatapathException e) {
            if (made) {
                links.delete(device.ifindex());
            }
            throw e;
        }
    }

    /** Attaches the program, behind what an earlier process left there: that one goes on until {@link #takeOver}. */
    private void take(KernelPort port, Links.Link device) throws DatapathException {
        if (!maps.addPortId(device.ifindex(), port.id)) {
            throw new DatapathException("netdev: " + device.name() + ": " + Libc.error());
        }
        int link = Bpf.attach(program, device.ifindex(), Bpf.TCX_INGRESS);
        if (link < 0) {
            int errno = Libc.errno();
            maps.removePortId(device.ifindex());
            throw new DatapathException("netdev: " + device.name() + ": the program cannot be attached: " + Libc.error(errno)
                    + (errno == Libc.EINVAL ? "; tcx needs Linux 6.6 or newer" : ""));
        }
        try {
            pins.keep(link, device.ifindex());
        } catch (DatapathException e) {
            Libc.close(link);
            maps.removePortId(device.ifindex());
            throw e;
        }
        port.link = link;
        port.ifindex = device.ifindex();
        byIfindex.put(port.ifindex, port);
        port.madeTap = noted(port, Pins.MADE, port.madeTap);
        port.madeQuiet = noted(port, Pins.QUIET, UpcallTap.quiet(device.name()));
        boolean needed = !device.kind().equals("veth") && !device.kind().equals("tun") && (device.flags() & Links.IFF_PROMISC) == 0;
        port.madePromiscuous = noted(port, Pins.PROMISCUOUS, needed && links.setFlags(device.ifindex(), Links.IFF_PROMISC, Links.IFF_PROMISC));
    }

    /** Whether this process or an earlier one changed the device; noted for the next, as this one may be killed. */
    private boolean noted(KernelPort port, String what, boolean changed) {
        boolean is = changed || pins.notedBefore(port.ifindex, what);
        if (is) {
            pins.note(port.ifindex, what);
        }
        return is;
    }

    /** Sets what one port may send up of unknown frames, so that it leaves the loop and the queue to others. */
    void limit(int id, MissLimit limit) {
        if (find(id) != null) {
            limit(maps.port(id), limit);
        }
    }

    private static void limit(MemorySegment port, MissLimit limit) {
        port.set(INT, 20, limit.perSecond());
        port.set(INT, 24, limit.burst());
    }

    void unblock(int id) {
        KernelPort port = find(id);
        if (port != null) {
            port.open = true;
            refresh(port);
            openedNanos = System.nanoTime();
            if (pins.before().stream().allMatch(ifindex -> byIfindex.containsKey(ifindex) && byIfindex.get(ifindex).open)) {
                takeOver();
            }
        }
    }

    /** When a port was opened last, or the datapath when none was. */
    long openedNanos() {
        return openedNanos;
    }

    /**
     * Lets go of what an earlier process left, at all devices at once: until the last port is open it switches what it knows, where
     * the new switch had nowhere to send frames to.
     */
    void takeOver() {
        pins.dropBefore();
    }

    void detach(int id) {
        KernelPort port = find(id);
        if (port == null) {
            return;
        }
        KernelMaps.setFlags(maps.port(id), BLOCKED);
        int ifindex = port.ifindex;
        boolean present = ifindex != 0 && links.byName(port.attachment.device()) != null;
        if (present && port.madePromiscuous) {
            links.setFlags(ifindex, 0, Links.IFF_PROMISC);
        }
        if (present && port.madeQuiet) {
            speak(port.attachment.device());
        }
        letGo(port);
        if (present && port.madeTap) {
            links.delete(ifindex);
        }
        ports[id] = null;
    }

    private static void speak(String device) {
        try {
            Files.writeString(Path.of("/proc/sys/net/ipv6/conf", device, "disable_ipv6"), "0");
        } catch (IOException e) {
            // The device is gone, and its setting with it.
        }
    }

    private void letGo(KernelPort port) {
        if (port.link >= 0) {
            pins.drop(port.ifindex);
            pins.dropBefore(port.ifindex);
            Libc.close(port.link);
            maps.removePortId(port.ifindex);
            byIfindex.remove(port.ifindex);
            maps.port(port.id).set(INT, 0, 0);
            port.link = -1;
            port.ifindex = 0;
        }
    }

    /** A device changed, or is gone; ifindex 0 means any may have. */
    void changed(int ifindex, boolean gone) {
        KernelPort port = byIfindex.get(ifindex);
        if (port != null && gone) {
            port.madeTap = false;
            letGo(port);
        }
        if (port != null) {
            refresh(port);
        } else {
            refreshDown();
        }
    }

    /** Looks at every port again: a peer's address and state change without news. */
    void refresh() {
        for (KernelPort port : ports) {
            if (port != null) {
                refresh(port);
            }
        }
    }

    private void refreshDown() {
        for (KernelPort port : ports) {
            if (port != null && port.ifindex == 0) {
                refresh(port);
            }
        }
    }

    private void refresh(KernelPort port) {
        Links.Link device = links.byName(port.attachment.device());
        if (device != null && device.ifindex() != port.ifindex) {
            letGo(port);
            try {
                DeviceRules.checkFree(device, pins.hasBefore(device.ifindex()));
                take(port, device);
            } catch (DatapathException e) {
                show(port, 0, 0, e.getMessage());
                return;
            }
        }
        if (device == null) {
            letGo(port);
            show(port, 0, 0, "no such device; it is taken up when it comes back");
            return;
        }
        MemorySegment memory = maps.port(port.id);
        memory.set(INT, 0, device.ifindex());
        memory.set(INT, 16, device.mtu());
        if (!device.isUp()) {
            show(port, 0, device.mtu(), "device is down; ip link set " + device.name() + " up");
        } else if (!device.hasCarrier()) {
            show(port, 0, device.mtu(), device.kind().equals("tun") ? "nobody has the tap open" : "no carrier: the other end is down");
        } else {
            int peer = peer(device, memory);
            show(port, UP | peer, device.mtu(), device.kind().isEmpty() ? "device" : device.kind().equals("tun") ? "tap" : device.kind() + (peer != 0 ? ", peer in another namespace" : ""));
        }
    }

    private int peer(Links.Link device, MemorySegment memory) {
        if (!device.kind().equals("veth") || device.namespace() < 0) {
            return 0;
        }
        Links.Link other = links.peer(device);
        if (other == null || !other.isUp()) {
            return 0;
        }
        memory.set(LONG, 8, other.mac());
        return PEER;
    }

    private void show(KernelPort port, int flags, int mtu, String detail) {
        port.up = (flags & UP) != 0;
        port.mtu = mtu;
        port.detail = detail;
        KernelMaps.setFlags(maps.port(port.id), flags | (port.open ? 0 : BLOCKED));
    }

    PortState state(int id) {
        KernelPort port = find(id);
        return port == null ? new PortState(false, "not attached", 0) : new PortState(port.up, port.detail, port.mtu);
    }

    void detachAll() {
        for (int id = 1; id < ports.length; id++) {
            detach(id);
        }
    }
}

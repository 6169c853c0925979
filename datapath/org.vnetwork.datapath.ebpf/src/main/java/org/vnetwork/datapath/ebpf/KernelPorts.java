package org.vnetwork.datapath.ebpf;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.MissLimit;
import org.vnetwork.datapath.PortState;
import org.vnetwork.model.FastWay;
import org.vnetwork.model.PortId;

/**
 * The ports of one switch: programs at their devices, and the kernel's view of each kept true as devices change.
 *
 * <p>Loop thread only.
 */
final class KernelPorts {
    private final KernelMaps maps;
    private final PortAccounts accounts;
    private final Links links;
    private final Pins pins;
    private final DeviceChanges changes;
    private Groups groups;
    private Onlookers onlookers;
    private final int program;
    private final KernelPort[] ports = new KernelPort[PortId.LIMIT];
    private final Map<Integer, KernelPort> byIfindex = new LinkedHashMap<>();
    /** Ids of ports that an earlier process left at work, by ifindex, until they are opened again or let go. */
    private final Map<Integer, Integer> left = new LinkedHashMap<>();
    private long openedNanos = System.nanoTime();

    KernelPorts(KernelMaps maps, PortAccounts accounts, Links links, Pins pins, int program) {
        this.maps = maps;
        this.accounts = accounts;
        this.links = links;
        this.pins = pins;
        this.changes = new DeviceChanges(links, pins);
        this.program = program;
    }

    /** Finds the ports that an earlier process left at work. */
    void adopt(List<Integer> taps) {
        List<Integer> linked = pins.links();
        maps.portIds().forEach((ifindex, id) -> {
            if (linked.contains(ifindex) && id > 0 && id < ports.length) {
                left.put(ifindex, id);
            } else {
                maps.removePortId(ifindex);
            }
        });
        linked.stream().filter(ifindex -> !left.containsKey(ifindex) && !taps.contains(ifindex)).forEach(pins::drop);
        for (int id = 1; id < ports.length; id++) {
            if (!left.containsValue(id)) {
                maps.port(id).clear();
            }
        }
        accounts.settle(left.values());
    }

    /** To be called once, before any port is attached. */
    void tell(Groups told, Onlookers looking) {
        groups = told;
        onlookers = looking;
    }

    /** The device of a port; 0 when it has none. */
    int ifindex(int id) {
        KernelPort port = find(id);
        return port == null ? 0 : port.ifindex;
    }

    /** Ports that have a device now. */
    Collection<KernelPort> attached() {
        return byIfindex.values();
    }

    /** Ports whose device is not there. */
    List<KernelPort> absent() {
        return Arrays.stream(ports).filter(port -> port != null && port.ifindex == 0).toList();
    }

    /** The port whose device this is; null for none. */
    KernelPort at(int ifindex) {
        return byIfindex.get(ifindex);
    }

    KernelPort find(int id) {
        return id > 0 && id < ports.length ? ports[id] : null;
    }

    void attach(int id, Attachment attachment) throws DatapathException {
        DatapathException.checkFree(id, find(id) != null);
        DeviceRules.checkName(attachment);
        Link device = links.byName(attachment.device());
        boolean made = attachment.kind().equals("tap") && device == null;
        if (made) {
            Taps.make(attachment.device(), attachment.queues());
            device = links.byName(attachment.device());
        }
        DeviceRules.check(attachment, device);
        KernelPort port = new KernelPort(id, attachment);
        try {
            if (made) {
                links.setFlags(device.ifindex(), Links.IFF_UP, Links.IFF_UP);
            }
            DeviceRules.checkFree(device, isLeft(device));
            if (Integer.valueOf(id).equals(left.get(device.ifindex()))) {
                accounts.load(port);
                port.open = !maps.port(id).isBlocked();
            } else {
                forget(id, device.ifindex());
                accounts.clear(id);
                maps.port(id).setFlags(PortEntry.BLOCKED);
            }
            maps.port(id).setMisses(MissLimit.PRESET);
            take(port, device, made);
            ports[id] = port;
            refresh(port);
        } catch (Throwable e) {
            try {
                undo(port, device.ifindex(), made);
            } catch (Throwable more) {
                e.addSuppressed(more);
            }
            throw e;
        }
    }

    /** Takes back what was done of an attachment, however far it came. */
    private void undo(KernelPort port, int ifindex, boolean made) {
        ports[port.id] = null;
        if (port.ifindex != 0) {
            putBack(ifindex);
            letGo(port);
        }
        if (made) {
            links.delete(ifindex);
        }
    }

    private boolean isLeft(Link device) {
        return pins.has(device.ifindex()) && !byIfindex.containsKey(device.ifindex());
    }

    /** What an earlier process left under this id at another device, or at this device under another id, ends. */
    private void forget(int id, int ifindex) {
        left.entrySet().stream().filter(other -> other.getValue() == id).map(Map.Entry::getKey).findFirst().ifPresent(this::letGo);
        Integer former = left.remove(ifindex);
        if (former != null) {
            accounts.clear(former);
        }
    }

    /**
     * Has the device's frames run through the program: in the place of what this switch's earlier process left there, between two frames; or behind what was set
     * aside, which goes on until {@link #takeOver}.
     */
    private void take(KernelPort port, Link device, boolean made) throws DatapathException {
        if (!maps.addPortId(device.ifindex(), port.id)) {
            throw new DatapathException("netdev: " + device.name() + ": " + Libc.error());
        }
        boolean filters;
        try {
            filters = groups.hook(device.ifindex(), pins.has(device.ifindex()));
            port.link = pins.carry(program, device.ifindex(), device.name(), Bpf.TCX_INGRESS);
        } catch (Throwable e) {
            maps.removePortId(device.ifindex());
            groups.unhook(device.ifindex());
            if (e instanceof DatapathException) {
                throw new DatapathException("netdev: " + device.name() + ": " + e.getMessage());
            }
            throw e;
        }
        if (port.deviceDropped < 0 || !Integer.valueOf(port.id).equals(left.get(device.ifindex()))) {
            port.deviceDropped = links.dropped(device.ifindex());
            accounts.touch(port);
        }
        port.ifindex = device.ifindex();
        port.forOthers = links.forOthers(port.ifindex);
        port.carrierDowns = device.carrierDowns();
        port.filtered = onlookers.hasFilters(port.ifindex);
        byIfindex.put(port.ifindex, port);
        changes.make(device, made);
        if (filters) {
            pins.note(port.ifindex, Pins.FILTERS);
        }
    }

    /** Sets what one port may send up of unknown frames, so that it leaves the loop and the queue to others. */
    void limit(int id, MissLimit limit) {
        if (find(id) != null) {
            maps.port(id).setMisses(limit);
        }
    }

    /** Says anew whether frames may go around a port's device. */
    void fast(int id, FastWay way) {
        KernelPort port = find(id);
        if (port != null) {
            port.fast = way;
            refresh(port);
        }
    }

    void unblock(int id) {
        KernelPort port = find(id);
        if (port != null) {
            port.open = true;
            refresh(port);
            openedNanos = System.nanoTime();
            left.remove(port.ifindex);
        }
    }

    /** Whether every port that an earlier process left is open again. */
    boolean isComplete() {
        return left.isEmpty() && pins.before().stream().allMatch(ifindex -> byIfindex.containsKey(ifindex) && byIfindex.get(ifindex).open);
    }

    /** When a port was opened last, or the datapath when none was. */
    long openedNanos() {
        return openedNanos;
    }

    /**
     * Lets go of what an earlier process left. What was set aside goes at all devices at once: until the last port is open it switches what it knows, where the new
     * switch had nowhere to send frames to.
     */
    void takeOver() {
        pins.before().stream().filter(ifindex -> !byIfindex.containsKey(ifindex)).forEach(this::putBack);
        pins.dropBefore();
        left.keySet().removeAll(byIfindex.keySet());
        List.copyOf(left.keySet()).forEach(this::letGo);
    }

    /** Leaves a device that is no port now as it was found, before its notes go. */
    private void putBack(int ifindex) {
        Link device = links.byIndex(ifindex);
        if (device != null) {
            groups.unhook(ifindex);
        }
        if (device != null && changes.putBack(device)) {
            links.delete(ifindex);
        }
    }

    /** Lets go of a device that an earlier process left and that is no port now. */
    private void letGo(int ifindex) {
        int id = left.remove(ifindex);
        if (find(id) == null) {
            maps.port(id).setFlags(PortEntry.BLOCKED);
            accounts.clear(id);
        }
        pins.detach(ifindex);
        putBack(ifindex);
        pins.drop(ifindex);
        maps.removePortId(ifindex);
    }

    void detach(int id) {
        KernelPort port = find(id);
        if (port == null) {
            return;
        }
        maps.port(id).setFlags(PortEntry.BLOCKED);
        groups.forget(id);
        accounts.store();
        if (port.ifindex != 0) {
            putBack(port.ifindex);
        }
        letGo(port);
        ports[id] = null;
    }

    private void letGo(KernelPort port) {
        if (port.link >= 0) {
            groups.forget(port.id);
            groups.unhook(port.ifindex);
            pins.end(port.link);
            pins.drop(port.ifindex);
            pins.dropBefore(port.ifindex);
            Libc.close(port.link);
            maps.removePortId(port.ifindex);
            byIfindex.remove(port.ifindex);
            left.remove(port.ifindex);
            maps.port(port.id).setDevice(0);
            port.link = -1;
            port.goneIfindex = port.ifindex;
            port.ifindex = 0;
            port.downs++;
            port.trouble = null;
            port.oddities.clear();
            port.toldMtu = 0;
        }
    }

    /** A device changed, or is gone; ifindex 0 means any may have. */
    void changed(int ifindex, boolean gone) {
        KernelPort port = byIfindex.get(ifindex);
        if (port != null && gone) {
            letGo(port);
        }
        (port == null ? absent() : List.of(port)).forEach(this::refresh);
    }

    /** Queue disciplines or filters of a device changed; of any, for ifindex 0. */
    void filtersChanged(int ifindex) {
        for (KernelPort port : List.copyOf(byIfindex.values())) {
            if (ifindex == 0 || port.ifindex == ifindex) {
                port.filtered = onlookers.hasFilters(port.ifindex);
                refresh(port);
            }
        }
    }

    /** Looks at every port again: who looks at its device, what that dropped, and how many queues of a tap are in use change without news; {@code peers}: news of the other ends of veths. */
    void look(PeerNews peers) {
        onlookers.look();
        Set<KernelPort> changed = new HashSet<>();
        boolean known = peers.read(ifindex -> changed.add(byIfindex.get(ifindex)));
        links.atOnce(() -> Arrays.stream(ports).filter(Objects::nonNull).forEach(port -> {
            if (!known || port.ifindex == 0 || port.seen == null || changed.contains(port) || port.attachment.queues() > 1) {
                refresh(port);
            } else {
                accounts.deviceDropped(port, links.dropped(port.ifindex));
                port.show(onlookers, maps.port(port.id));
            }
        }));
    }

    /** Has a port's device receive all frames again, if somebody had it not; false when it does, or cannot. */
    boolean keepPromiscuous(KernelPort port) {
        return changes.keep(port.seen);
    }

    /** Has a port be as its device now is. */
    void refresh(KernelPort port) {
        Link device = links.byName(port.attachment.device());
        port.seen = device;
        if (device == null || device.ifindex() != port.ifindex) {
            release(port);
        }
        if (device != null && device.ifindex() != port.ifindex) {
            try {
                DeviceRules.checkFree(device, isLeft(device));
                take(port, device, port.made);
            } catch (DatapathException e) {
                port.show(DeviceState.absent(e.getMessage()), maps.port(port.id));
                return;
            }
        }
        if (device == null) {
            port.show(DeviceState.absent("no such device; it is taken up when it comes back"), maps.port(port.id));
            return;
        }
        accounts.deviceDropped(port, links.dropped(device.ifindex()));
        if (port.carrierDowns != device.carrierDowns()) {
            port.carrierDowns = device.carrierDowns();
            port.downs++;
        }
        maps.port(port.id).setDevice(device.ifindex());
        port.peer = device.kind().equals("veth") && device.namespace() >= 0 ? links.peer(device) : null;
        port.show(onlookers, maps.port(port.id));
    }

    /** Lets go of the port's device, if it has one; one that has another name now is left as it was found. */
    private void release(KernelPort port) {
        Link former = port.ifindex == 0 ? null : links.byIndex(port.ifindex);
        if (former != null) {
            changes.putBack(former);
        }
        letGo(port);
    }

    PortState state(int id) {
        KernelPort port = find(id);
        return port == null ? new PortState(false, "not attached", 0) : new PortState(port.up, port.detail, port.mtu, port.downs);
    }

    /** Lets go of nothing but this process's own descriptors. */
    void abandon() {
        byIfindex.values().forEach(port -> Libc.close(port.link));
    }

    void detachAll() {
        for (int id = 1; id < ports.length; id++) {
            detach(id);
        }
        takeOver();
    }
}

package org.vnetwork.datapath.ebpf;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.vnetwork.datapath.DatapathException;

/**
 * Looks whether what this switch put at devices and into the bpf file system is still there, puts it right, and tells.
 *
 * <p>The kernel tells of filters, queue disciplines and devices at once. Programs and pins go without news, so they are looked at every second. Loop thread only.
 */
final class Repairs {
    /** What it means that something else has a port's device too. */
    private static final String PAST = ", which gets none of the frames that come in, as the switch takes each before; but what it sends, floods too, leaves by the device, past VLANs and filters; ";

    private final KernelPorts ports;
    private final Groups groups;
    private final TrafficControl control;
    private final Links links;
    private final Pins pins;
    private final UpChannels up;
    private final Drifts drifts;
    private final Uppers uppers;
    private final int program;
    private final int ingress;
    private final Set<Integer> suspects = new LinkedHashSet<>();
    /** What could not be pinned again, so that it is told once. */
    private List<String> unpinned = List.of();

    /** @param program that ports' devices run */
    Repairs(KernelPorts ports, Groups groups, TrafficControl control, Links links, Pins pins, UpChannels up, Drifts drifts, int program) {
        this.ports = ports;
        this.groups = groups;
        this.control = control;
        this.links = links;
        this.pins = pins;
        this.up = up;
        this.drifts = drifts;
        this.uppers = new Uppers(links);
        this.program = program;
        this.ingress = Bpf.programId(program);
    }

    /** Somebody else changed filters or queue disciplines of a device; 0 for every device. */
    void filtersChanged(int ifindex) {
        if (ifindex != 0) {
            suspects.add(ifindex);
        } else {
            ports.attached().forEach(port -> suspects.add(port.ifindex));
            suspects.addAll(up.ifindexes());
        }
    }

    /** A device changed or is gone; ifindex 0 for every device. To be called when ports have been told. */
    void deviceChanged(int ifindex, boolean gone) {
        if (ifindex == 0 || up.ifindexes().contains(ifindex)) {
            lookAtTaps();
        }
        int below = uppers.changed(ifindex, gone);
        if (gone) {
            uppers.forget(ifindex);
        }
        if (below < 0) {
            lookAtDevices();
        } else {
            lookAtDevice(ports.at(below));
            lookAtDevice(ports.at(ifindex));
        }
    }

    /** A device went to another namespace; the news before, that it was down, may have found it gone already. */
    void deviceMoved(int ifindex) {
        uppers.moved(ifindex);
        Stream.concat(ports.attached().stream().filter(port -> port.ifindex == ifindex), ports.absent().stream().filter(port -> port.goneIfindex == ifindex))
                .forEach(port -> drifts.tell(port.id, port.attachment.device()
                        + ": somebody moved it to another network namespace; the port is down until a device of this name is here again"));
    }

    private void lookAtDevices() {
        List.copyOf(ports.attached()).forEach(this::lookAtDevice);
    }

    /** Who else has a port's device, and whether its settings are as the port needs them. */
    private void lookAtDevice(KernelPort port) {
        Link device = port == null ? null : port.seen;
        if (device == null) {
            return;
        }
        Link master = device.master() == 0 ? null : links.byIndex(device.master());
        note(port, KernelPort.Oddity.MASTER, device.master() == 0 ? null : "it is in " + (master == null ? "a bridge or bond" : master.kind() + " " + master.name()) + PAST
                + "ip link set " + device.name() + " nomaster ends that. A restart takes the port over as it is; after down or a reboot it is refused as long as it is in there");
        String on = uppers.on(device.ifindex());
        note(port, KernelPort.Oddity.UPPER, on.isEmpty() ? null : "on top of it is " + on + PAST + "ip link del ends that");
        if (ports.keepPromiscuous(port)) {
            drifts.tell(port.id, device.name() + ": somebody had it receive its own frames only; it is promiscuous again");
        }
        if (port.toldMtu > device.mtu()) {
            drifts.tell(port.id, device.name() + ": its MTU is " + device.mtu() + " now, and was " + port.toldMtu + "; frames for it that are longer are dropped as datapath/too-long");
        }
        port.toldMtu = device.mtu();
    }

    /** Looks at the devices that there was news of. */
    void check(long now) {
        if (suspects.isEmpty()) {
            return;
        }
        List<Integer> all = List.copyOf(suspects);
        suspects.clear();
        for (int ifindex : all) {
            KernelPort port = ports.at(ifindex);
            if (port != null) {
                String found = groups.check(ifindex, now);
                note(port, KernelPort.Oddity.FILTERS, groups.others(ifindex));
                if (found != null) {
                    drifts.tell(port.id, port.attachment.device() + ": " + found + lost(port));
                }
            } else if (up.ifindexes().contains(ifindex) && control.clear(ifindex)) {
                drifts.tell(0, up.name(ifindex) + ": somebody put a queue discipline or filters on this device of the switch's own, by which frames come up; they are removed again");
            }
        }
    }

    /** How many frames met no filter that was to send them: the kernel counts those of IP, while the program took them for sent. */
    private String lost(KernelPort port) {
        long before = port.forOthers;
        port.forOthers = links.forOthers(port.ifindex);
        long lost = port.forOthers - before;
        return lost <= 0 ? "" : "; " + lost + " IP " + (lost == 1 ? "frame" : "frames") + " to flood that came in meanwhile went nowhere, though counted as sent";
    }

    /**
     * Looks at what goes without news.
     *
     * @param alone whether programs of an earlier process are gone from devices
     */
    void look(boolean alone) {
        if (alone) {
            List.copyOf(ports.attached()).forEach(this::lookAtProgram);
        }
        lookAtDevices();
        ports.absent().stream().filter(port -> port.attachment.kind().equals("tap")).forEach(this::remakeTap);
        lookAtTaps();
        lookAtPins();
    }

    private void lookAtProgram(KernelPort port) {
        List<Integer> programs = Bpf.programs(port.ifindex, Bpf.TCX_INGRESS);
        if (programs == null) {
            // The device has just gone; news of it come.
            return;
        }
        String device = port.attachment.device();
        if (!programs.contains(ingress)) {
            String before = port.trouble;
            String failed = carryAgain(port);
            if (failed != null && failed.equals(before)) {
                return;
            }
            drifts.tell(port.id, device + ": somebody took the switch's program off the device's tcx ingress; "
                    + (failed == null ? "it is there again. Frames that came in meanwhile went to the host" : failed + ". Frames that come in go to the host until it is there again"));
        } else if (port.trouble != null) {
            port.trouble = null;
            ports.refresh(port);
        }
        long others = programs.stream().filter(id -> id != ingress).count();
        note(port, KernelPort.Oddity.PROGRAMS, others == 0 ? null : "tcx ingress has " + others + " other " + (others == 1 ? "program" : "programs")
                + (programs.indexOf(ingress) > 0 ? ", which take frames before the switch" : "; frames meet the switch first") + " (bpftool net show dev " + device + ")");
    }

    /** Has a port's device run the program again; null, or why that cannot be. */
    private String carryAgain(KernelPort port) {
        try {
            int before = port.link;
            port.link = pins.carry(program, port.ifindex, port.attachment.device(), Bpf.TCX_INGRESS);
            Libc.close(before);
            port.trouble = null;
        } catch (DatapathException e) {
            port.trouble = e.getMessage();
        }
        ports.refresh(port);
        return port.trouble;
    }

    /** Notes what is odd about a port's device, or with null that it is not so any more; told when that is new. */
    private void note(KernelPort port, KernelPort.Oddity what, String text) {
        String before = text == null ? port.oddities.remove(what) : port.oddities.put(what, text);
        if (!Objects.equals(before, text)) {
            drifts.tell(port.id, port.attachment.device() + ": " + (text == null ? "no more: " + before : text));
            ports.refresh(port);
        }
    }

    /** Makes a port's tap again that somebody removed: the port is configured to have one. */
    private void remakeTap(KernelPort port) {
        String name = port.attachment.device();
        if (links.byName(name) != null) {
            return;
        }
        try {
            Taps.make(name, port.attachment.queues());
            Link device = links.byName(name);
            port.made = device != null && links.setFlags(device.ifindex(), Links.IFF_UP, Links.IFF_UP);
            drifts.tell(port.id, "tap " + name + ": somebody removed it; it is made again, and its owner has to open it again");
            ports.refresh(port);
        } catch (DatapathException e) {
            port.detail = "the tap was removed and cannot be made again: " + e.getMessage();
        }
    }

    private void lookAtTaps() {
        for (int channel = 0; channel < UpChannels.CHANNELS; channel++) {
            try {
                String found = up.mend(channel);
                if (found != null) {
                    drifts.tell(0, found);
                    control.clear(up.ifindexes().get(channel));
                }
            } catch (DatapathException e) {
                if (up.isNewFailure(channel, e.getMessage())) {
                    drifts.tell(0, "frames cannot come up: " + e.getMessage() + "; those without a flow are dropped as datapath/no-upcall");
                }
            }
        }
    }

    private void lookAtPins() {
        List<String> missing = pins.missing();
        if (missing.isEmpty()) {
            unpinned = missing;
            return;
        }
        String failed = pins.mend(missing);
        if (failed == null || !missing.equals(unpinned)) {
            drifts.tell(0, BpfFileSystem.shown(pins.folder()) + ": somebody removed " + (missing.size() > 3 ? missing.size() + " pins" : String.join(", ", missing)) + "; "
                    + (failed == null ? "they are there again" : failed + ": until they are, traffic stops when the host's process is killed"));
        }
        unpinned = failed == null ? List.of() : missing;
    }
}

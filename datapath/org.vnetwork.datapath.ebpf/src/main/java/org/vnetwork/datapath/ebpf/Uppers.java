package org.vnetwork.datapath.ebpf;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Devices that were made on top of others, as far as they were seen in this namespace. Loop thread only. */
final class Uppers {
    /** Kinds whose frames go out by the device below. */
    private static final Set<String> KINDS = Set.of("macvlan", "macvtap", "ipvlan", "ipvtap", "vlan", "macsec");

    private final Links links;
    private final Map<Integer, Upper> uppers = new LinkedHashMap<>();
    /** Devices whose kind is known: it never changes. */
    private final Set<Integer> known = new HashSet<>();

    private record Upper(int below, String text) {
    }

    Uppers(Links links) {
        this.links = links;
        lookAtAll();
    }

    private void lookAtAll() {
        uppers.keySet().removeIf(ifindex -> ifindex > 0);
        known.clear();
        links.all().forEach(this::note);
    }

    private void note(Link device) {
        known.add(device.ifindex());
        if (device.link() != 0 && device.namespace() < 0 && KINDS.contains(device.kind())) {
            uppers.put(device.ifindex(), new Upper(device.link(), device.kind() + " " + device.name()));
        }
    }

    /**
     * A device changed or is gone; ifindex 0 means any may have.
     *
     * @return the device below it; 0 when there is none, -1 when that may be any
     */
    int changed(int ifindex, boolean gone) {
        if (ifindex == 0) {
            lookAtAll();
            return -1;
        }
        Link device = gone || known.contains(ifindex) ? null : links.byIndex(ifindex);
        if (device != null) {
            note(device);
        }
        if (gone) {
            known.remove(ifindex);
        }
        Upper upper = gone ? uppers.remove(ifindex) : uppers.get(ifindex);
        return upper == null ? 0 : upper.below;
    }

    /** A device left for another namespace, where it stays on top of what it was on. */
    void moved(int ifindex) {
        Upper upper = uppers.remove(ifindex);
        if (upper != null) {
            // Numbers of other namespaces mean nothing here: this one is never told gone, as its going is not seen.
            uppers.put(-ifindex, new Upper(upper.below, upper.text + ", now in another namespace"));
        }
    }

    /** Forgets what was on top of a device that is gone. */
    void forget(int below) {
        uppers.values().removeIf(upper -> upper.below == below);
    }

    /** Names of the devices on top of one; empty for none. */
    String on(int below) {
        return uppers.values().stream().filter(upper -> upper.below == below).map(Upper::text).collect(Collectors.joining(", "));
    }
}

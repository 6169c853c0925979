package org.vnetwork.datapath.ebpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds who sees, shapes or drops frames between a port's device and its station: whatever {@code bpf_redirect_peer} would pass by.
 *
 * <p>The kernel tells of queue disciplines, filters and XDP programs ({@link Links}). Nobody tells of packet sockets and tcx programs, and nf_tables not here, so these are looked for. Loop thread only.
 */
final class Onlookers {
    /** A line for each packet socket of this thread's namespace, behind one line of header: address, references, type, protocol, ifindex. */
    private static final Path SOCKETS = Path.of("/proc/thread-self/net/packet");
    private static final int PROTOCOL = 3;
    private static final int IFINDEX = 4;
    /** ETH_P_ALL: sockets of one protocol see what comes in, and not what goes out. */
    private static final String ALL_PROTOCOLS = "0003";
    private static final int EVERY_DEVICE = 0;

    private final TrafficControl control;
    private final EgressHooks hooks;
    private Set<Integer> tapped = Set.of();

    Onlookers(TrafficControl control, EgressHooks hooks) {
        this.control = control;
        this.hooks = hooks;
        look();
    }

    /** Looks again for packet sockets and nf_tables' chains: once for all ports. */
    void look() {
        hooks.look();
        try {
            List<String> lines = Files.readAllLines(SOCKETS);
            Set<Integer> found = new HashSet<>();
            for (String line : lines.subList(1, lines.size())) {
                String[] words = line.strip().split(" +");
                if (words[PROTOCOL].equals(ALL_PROTOCOLS)) {
                    found.add(Integer.valueOf(words[IFINDEX]));
                }
            }
            tapped = found;
        } catch (IOException e) {
            // A kernel without packet sockets has no such file.
            tapped = Set.of();
        }
    }

    /** Whether a device has filters at its egress. Asks the kernel, which tells when this may be different. */
    boolean hasFilters(int ifindex) {
        return control.hasEgressFilters(ifindex);
    }

    /**
     * Who looks; null when nobody does.
     *
     * @param device of the port
     * @param peer the veth's other end
     * @param filters what {@link #hasFilters} said last
     */
    String at(Link device, Link peer, boolean filters) {
        if (!device.qdisc().equals("noqueue")) {
            return "queue discipline " + device.qdisc() + " at the device";
        }
        if (peer.nativeXdp()) {
            return "an XDP program at the peer";
        }
        if (tapped.contains(device.ifindex()) || tapped.contains(EVERY_DEVICE)) {
            return "a packet socket at the device";
        }
        if (hooks.at(device.name())) {
            return "an nft chain at the device's egress";
        }
        if (filters) {
            return "a tc filter at the device's egress";
        }
        return Bpf.attached(device.ifindex(), Bpf.TCX_EGRESS) > 0 ? "a tcx program at the device's egress" : null;
    }
}

package org.vnetwork.shell.command;

import java.util.Optional;
import org.vnetwork.model.PortVlan;
import org.vnetwork.model.Refusal;
import org.vnetwork.model.VlanSet;

/**
 * The VLANs of a port, as typed.
 *
 * @param access VLAN of an access port
 * @param trunk VLANs of a trunk
 * @param untagged native VLAN of a trunk
 * @param service whether its tags are service tags
 * @param mirror in no VLAN, for mirrored copies
 */
public record VlanOptions(
        @Option(value = "access", kind = Kind.VLAN, help = "untagged frames only, in this VLAN") Optional<String> access,
        @Option(value = "trunk", kind = Kind.VLANS, help = "tagged frames of these VLANs, as in 10,20-30, or all") Optional<String> trunk,
        @Option(value = "native", kind = Kind.VLAN, help = "with --trunk: untagged frames too, in this VLAN") Optional<String> untagged,
        @Option(value = "service", help = "its tags are service tags (IEEE 802.1ad); customer tags are payload") boolean service,
        @Option(value = "mirror", help = "in no VLAN: it takes mirrored copies, and nothing else") boolean mirror) {

    boolean given() {
        return access.isPresent() || trunk.isPresent() || untagged.isPresent() || service || mirror;
    }

    /** The membership; an access port in VLAN 1 when nothing is given. */
    PortVlan vlan() {
        if (service && access.isEmpty() && trunk.isEmpty()) {
            throw new Refusal("--service: no VLAN (expected: --access or --trunk with it)");
        }
        PortVlan vlan = membership();
        return service ? vlan.withServiceTags() : vlan;
    }

    private PortVlan membership() {
        if (access.isPresent() && trunk.isPresent()) {
            throw new Refusal("vlan: --access " + access.get() + " and --trunk " + trunk.get() + " (expected: one of them)");
        }
        if (mirror) {
            if (access.isPresent() || trunk.isPresent() || untagged.isPresent()) {
                throw new Refusal("vlan: --mirror with --access, --trunk or --native (expected: --mirror alone; a mirror port is in no VLAN)");
            }
            return PortVlan.MIRROR;
        }
        if (untagged.isPresent() && trunk.isEmpty()) {
            throw Refusal.value("--native", untagged.get(), "--trunk with it", "an access port has its VLAN from --access");
        }
        if (trunk.isPresent()) {
            return PortVlan.trunk(VlanSet.parse(trunk.get()), untagged.map(VlanOptions::vlan).orElse(0));
        }
        return access.map(a -> PortVlan.access(vlan(a))).orElse(PortVlan.DEFAULT);
    }

    private static int vlan(String text) {
        try {
            return PortVlan.check(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            throw Refusal.value("vlan", text, "1..4094");
        }
    }
}

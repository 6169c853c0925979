package org.vnetwork.model;

import java.util.Collection;

/**
 * Which VLANs a port belongs to, and how its frames are tagged (IEEE 802.1Q-2022 clause 6.9).
 *
 * @param trunk whether tagged frames are admitted; false for an access port
 * @param untagged the VLAN of untagged and priority-tagged frames (access VLAN, or native VLAN of a trunk), 1..4094; 0: such frames are refused (trunks only)
 * @param allowed the VLANs of a trunk, the native VLAN included; empty for an access port, and for a {@link #MIRROR}
 * @param service whether the tags that it reads and writes are service tags (IEEE 802.1ad, 0x88a8): then customer tags (0x8100) are payload, and a frame
 *     without a service tag is untagged; an access port so is a customer network port, a trunk a provider network port (IEEE 802.1Q-2022 clause 15.3)
 */
public record PortVlan(boolean trunk, int untagged, VlanSet allowed, boolean service) {
    /** An access port in VLAN 1: what a port is unless told otherwise. */
    public static final PortVlan DEFAULT = access(1);

    /** A mirror port: in no VLAN, it takes what is mirrored to it and nothing else, and admits no frame. */
    public static final PortVlan MIRROR = new PortVlan(true, 0, VlanSet.NONE, false);

    public PortVlan {
        if (untagged != 0 || !trunk) {
            check(untagged);
        }
        if (!trunk && !allowed.isEmpty()) {
            throw new Refusal("vlan: an access port has no list of allowed VLANs; use --trunk instead of --access");
        }
        if (trunk && untagged != 0) {
            allowed = allowed.with(untagged);
        }
    }

    /** An access port: untagged frames of one VLAN. */
    public static PortVlan access(int vlan) {
        return new PortVlan(false, vlan, VlanSet.NONE, false);
    }

    /** A trunk; {@code nativeVlan} 0 refuses untagged frames. */
    public static PortVlan trunk(Collection<Integer> allowed, int nativeVlan) {
        return trunk(VlanSet.of(allowed), nativeVlan);
    }

    /** A trunk; {@code nativeVlan} 0 refuses untagged frames. */
    public static PortVlan trunk(VlanSet allowed, int nativeVlan) {
        if (allowed.isEmpty() && nativeVlan == 0) {
            throw Refusal.value("trunk", "", "at least one VLAN, as in --trunk 10,20");
        }
        return new PortVlan(true, nativeVlan, allowed, false);
    }

    /** The same, with service tags. */
    public PortVlan withServiceTags() {
        if (mirror()) {
            throw new Refusal("vlan: a mirror port with service tags (expected: --mirror alone; copies leave with the tags that came)");
        }
        return new PortVlan(trunk, untagged, allowed, true);
    }

    /** Whether it is a {@link #MIRROR}. */
    public boolean mirror() {
        return trunk && allowed.isEmpty();
    }

    /** Whether frames of this VLAN may enter and leave the port. */
    public boolean carries(int vlan) {
        return trunk ? allowed.contains(vlan) : untagged == vlan;
    }

    /**
     * The VLAN id itself, when it is one.
     *
     * @throws Refusal outside 1..4094 (0 and 4095 are reserved, IEEE 802.1Q-2022 table 9-2)
     */
    public static int check(int vlan) {
        return VlanSet.check(vlan);
    }

    @Override
    public String toString() {
        if (mirror()) {
            return "mirror";
        }
        String tags = service ? " service tags" : "";
        if (!trunk) {
            return "access " + untagged + tags;
        }
        return "trunk " + allowed + (untagged == 0 ? "" : " native " + untagged) + tags;
    }
}

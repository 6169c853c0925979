package org.vnetwork.packet;

import org.vnetwork.model.Refusal;

/**
 * A VLAN tag to push (IEEE 802.1Q-2022 clause 9).
 *
 * @param service true for 0x88a8 (802.1ad), false for 0x8100
 * @param vid VLAN id, 0..4094
 * @param pcp priority, 0..7
 * @param dei drop eligible (clause 9.6)
 */
public record Tag(boolean service, int vid, int pcp, boolean dei) {
    public Tag {
        if (vid < 0 || vid > 4094) {
            throw Refusal.value("tag VLAN id", vid, "0..4094");
        }
        if (pcp < 0 || pcp > 7) {
            throw Refusal.value("tag priority", pcp, "0..7");
        }
    }

    /** A tag that is not drop eligible. */
    public Tag(boolean service, int vid, int pcp) {
        this(service, vid, pcp, false);
    }

    /** A customer tag of priority 0. */
    public static Tag customer(int vid) {
        return new Tag(false, vid, 0);
    }

    /** A service tag (802.1ad) of priority 0. */
    public static Tag service(int vid) {
        return new Tag(true, vid, 0);
    }

    /** Tag protocol identifier. */
    public int tpid() {
        return service ? 0x88a8 : 0x8100;
    }

    /** Tag control information: PCP, DEI, VID. */
    public int tci() {
        return pcp << 13 | (dei ? 1 << 12 : 0) | vid;
    }
}

package org.vnetwork.core.decide;

import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Parse;

/**
 * Classifies a received frame to a VLAN, or refuses it (IEEE 802.1Q-2022 clause 6.9.1).
 *
 * <p>A tag that carries the VLAN or only a priority is taken off here; the stage of each output puts its own on.
 */
final class PortStage {
    private final Recorder recorder;
    private int vlan;

    PortStage(Recorder recorder) {
        this.recorder = recorder;
    }

    /** The VLAN, once a frame was admitted. */
    int vlan() {
        return vlan;
    }

    /** Null, or why the frame is refused. */
    DropReason admit(PortVlan port, Branch branch) {
        if (port.mirror()) {
            return Reasons.MIRROR_ONLY;
        }
        if (recorder.get(Field.PARSE) == Parse.TAG_TRUNCATED) {
            return Reasons.MALFORMED_TAG;
        }
        long kind = recorder.get(Field.TAG_KIND);
        boolean tagged = kind == TagKind.of(port);
        if (!tagged && !TagKind.payload(port, kind)) {
            return Reasons.TAG_NOT_ADMITTED;
        }
        int vid = tagged ? (int) recorder.get(Field.VLAN_VID) : 0;
        if (tagged) {
            branch.vlanTagged = true;
            branch.removed = 1;
        }
        // A second tag behind one that carries no VLAN, or the native one, would lead where the first one may not (VLAN hopping).
        if (tagged && (vid == 0 || vid == port.untagged()) && !TagKind.payload(port, recorder.get(Field.INNER_TAG_KIND))) {
            return Reasons.TAG_NOT_ADMITTED;
        }
        if (vid == 0) {
            vlan = port.untagged();
            return vlan == 0 ? Reasons.UNTAGGED_NOT_ADMITTED : null;
        }
        if (!port.trunk()) {
            return Reasons.TAG_NOT_ADMITTED;
        }
        vlan = vid;
        return port.carries(vid) ? null : Reasons.VLAN_NOT_ALLOWED;
    }
}

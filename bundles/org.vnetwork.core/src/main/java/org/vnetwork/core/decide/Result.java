package org.vnetwork.core.decide;

import java.util.ArrayList;
import java.util.List;
import org.vnetwork.packet.DropReason;

/** What a stage left: outputs, a drop, or that the frame was used up. */
final class Result {
    final List<Output> outputs = new ArrayList<>();
    final List<Output> mirrored = new ArrayList<>();
    DropReason drop;
    boolean consumed;
    boolean flooded;

    boolean isEmpty() {
        return outputs.isEmpty() && drop == null && !consumed && !flooded;
    }

    void clear() {
        outputs.clear();
        mirrored.clear();
        drop = null;
        consumed = false;
        flooded = false;
    }
}

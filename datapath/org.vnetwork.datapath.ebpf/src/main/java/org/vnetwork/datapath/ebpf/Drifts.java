package org.vnetwork.datapath.ebpf;

import java.util.ArrayList;
import java.util.List;
import org.vnetwork.datapath.Drift;

/** What others changed under this switch, until the core asks for it. Loop thread only. */
final class Drifts {
    /** Enough for one change at every device; the core asks several times a second. */
    private static final int KEPT = 4096;

    private List<Drift> waiting = new ArrayList<>();

    void tell(int port, String text) {
        if (waiting.size() < KEPT) {
            waiting.add(new Drift(port, text));
        }
    }

    List<Drift> take() {
        List<Drift> taken = waiting;
        if (!taken.isEmpty()) {
            waiting = new ArrayList<>();
        }
        return taken;
    }
}

package org.vnetwork.core.flow;

import java.util.ArrayDeque;
import java.util.Deque;

/** Flows that must be decided again: those that may be denied now before the others, each oldest first. Loop thread only. */
final class DirtyFlows {
    private final Deque<Flow> mayBeDenied = new ArrayDeque<>();
    private final Deque<Flow> others = new ArrayDeque<>();

    void add(Flow flow, boolean mayDeny) {
        (mayDeny ? mayBeDenied : others).add(flow);
    }

    boolean isEmpty() {
        return mayBeDenied.isEmpty() && others.isEmpty();
    }

    /** The next one, to be marked clean by the caller; null when there is none. A flow that stands in both queues comes once. */
    Flow poll() {
        for (Flow flow = next(); flow != null; flow = next()) {
            if (flow.isDirty()) {
                return flow;
            }
        }
        return null;
    }

    private Flow next() {
        Flow flow = mayBeDenied.poll();
        return flow != null ? flow : others.poll();
    }
}

package org.vnetwork.core.flow;

import java.util.ArrayDeque;
import java.util.Deque;

/** Flows that must be decided again: those that may be denied now before the others, each oldest first. Loop thread only. */
final class DirtyFlows {
    private final Deque<Flow> first = new ArrayDeque<>();
    private final Deque<Flow> others = new ArrayDeque<>();

    void add(Flow flow, boolean ahead) {
        (ahead ? first : others).add(flow);
    }

    boolean isEmpty() {
        return first.isEmpty() && others.isEmpty();
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
        Flow flow = first.poll();
        return flow != null ? flow : others.poll();
    }
}

package org.vnetwork.core.flow;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/** Flows that were found idle and are about to go, a few at a time. Loop thread only. */
final class IdleFlows {
    private static final long SLICE_NANOS = 1_000_000;

    private final Deque<Flow> flows = new ArrayDeque<>();

    /** Those found so far stay; a new search begins. */
    void clear() {
        flows.clear();
    }

    void add(Flow flow) {
        flows.add(flow);
    }

    /** Has flows removed, for at most a millisecond; says how many. */
    int remove(Consumer<Flow> remover) {
        int removed = 0;
        long end = flows.isEmpty() ? 0 : System.nanoTime() + SLICE_NANOS;
        for (Flow flow = flows.poll(); flow != null; flow = flows.poll()) {
            remover.accept(flow);
            removed++;
            if (System.nanoTime() >= end) {
                break;
            }
        }
        return removed;
    }
}

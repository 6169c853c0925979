package org.vnetwork.core.flow;

import java.util.ArrayDeque;
import java.util.Deque;

/** Flows that drain, in the order in which they began. Loop thread only. */
final class Drains {
    private final Deque<Flow> flows = new ArrayDeque<>();
    private long nanos = 1_000_000_000;

    /** Sets how long a flow drains from now on; 0: none does. */
    void last(long draining) {
        nanos = draining;
    }

    /** Whether flows drain at all. */
    boolean wanted() {
        return nanos > 0;
    }

    /** When a flow that begins now has drained. */
    long end(long now) {
        return now + nanos;
    }

    void add(Flow flow) {
        flows.add(flow);
    }

    /** Takes out the next flow that is removed, or has drained; null when there is none. */
    Flow ended(long now) {
        Flow first = flows.peek();
        return first != null && (first.isRemoved() || now - first.drainedNanos >= 0) ? flows.poll() : null;
    }

    /** Those that are left, of a change that may deny: some of their frames may be denied now, which their sample does not tell. */
    void mayDeny() {
        flows.forEach(f -> f.dirty(true));
    }

    /** How many are left. */
    int count() {
        return (int) flows.stream().filter(f -> !f.isRemoved()).count();
    }
}

package org.vnetwork.control;

import org.vnetwork.model.Refusal;

/**
 * Which flows of a switch to show.
 *
 * @param port only those of frames that come in by the port of this name; empty: by any
 * @param draining only those that are about to go
 * @param from how many of them to pass over, 0 or more
 * @param limit most to show, 1 or more
 */
public record FlowQuery(String port, boolean draining, int from, int limit) {
    /** Every flow. */
    public static final FlowQuery ALL = new FlowQuery("", false, 0, Integer.MAX_VALUE);

    /** Checks the numbers. */
    public FlowQuery {
        if (from < 0) {
            throw Refusal.value("from", from, "0 or more");
        }
        if (limit < 1) {
            throw Refusal.value("limit", limit, "1 or more");
        }
    }
}

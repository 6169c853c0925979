package org.vnetwork.core.flow;

/** Where a flow stands between its first decision and its end. */
enum FlowState {
    /** Decided; the datapath does not have it yet. */
    PENDING,
    /** In the datapath, ahead of all flows that drain. */
    ACTIVE,
    /** On its way out: it matches what no other flow does, and copies of its frames come up. */
    DRAINING,
    /** Neither in the datapath nor in the table, for good. */
    REMOVED;

    /** Whether a flow may go from this state to the next. */
    boolean leadsTo(FlowState next) {
        return switch (this) {
            case PENDING -> next == ACTIVE || next == REMOVED;
            case ACTIVE -> next == DRAINING || next == REMOVED;
            case DRAINING -> next == REMOVED;
            case REMOVED -> false;
        };
    }
}

package org.vnetwork.core.flow;

/** What became of a flow that was decided again. */
enum Outcome {
    /** It does what it did. */
    KEPT,
    /** It does something else with the same frames. */
    REPLACED,
    /** It gives way to others, and serves its frames meanwhile. */
    DRAINED,
    /** It drained already, and goes on to. */
    DRAINS_ON,
    /** It went at once: its frames come up, as many as the port's limit of misses lets. */
    REVOKED
}

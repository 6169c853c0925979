package org.vnetwork.core.flow;

/** What has become of the things that a flow's decision read, the gravest last. */
enum Staleness {
    /** They are as they were. */
    FRESH,
    /** Some are others now: the flow must be decided again. */
    CHANGED,
    /** Some are others now, and the change may deny what the flow lets pass: it must be decided again before those that only changed. */
    MAY_DENY
}

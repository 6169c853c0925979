package org.vnetwork.core.gate;

/**
 * Thrown on a thread whose epoch was ended while it was in a plugin: its switch goes on on another thread, and this one may change nothing more.
 *
 * <p>It leads the thread out of the switch's code. Whoever catches every failure lets this one through, and what is cleaned up on the way is this thread's own alone.
 */
public final class EpochOver extends Error {
    private static final long serialVersionUID = 1;

    EpochOver(Guest guest) {
        super((guest == null ? "a plugin" : guest.role()) + " held its switch for too long; what it does now has no effect", null, false, false);
    }
}

package org.vnetwork.core.run;

/**
 * A plugin that may not come back to its place by itself, since it did not return from a call or failed too often.
 *
 * @param plugin only this one is kept away; another version may come
 * @param why for a person
 */
record CutOff(Plugin<?> plugin, String why) {
    /** Failures in a row after which a plugin is cut off. */
    static final int FAILURES = 100;

    /** What a view says of the place. */
    String state() {
        return "cut off: " + why;
    }
}

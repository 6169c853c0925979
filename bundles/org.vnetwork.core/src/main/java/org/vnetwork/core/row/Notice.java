package org.vnetwork.core.row;

/** A call to a listener that waits: a row has changed, and the change is committed. */
public interface Notice {
    /** Who listens, as failures name it. */
    String owner();

    /**
     * Calls the listener.
     *
     * @throws RuntimeException what the listener threw
     * @throws IllegalStateException instead of a call, when listeners change rows in a circle
     */
    void run();
}

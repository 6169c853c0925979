package org.vnetwork.core.row;

/**
 * Tells of each change in one switch that may deny what was allowed: of a port, a filter, a rule, a row that the administrator places, a row of a policy.
 *
 * <p>Who read what changed is told by {@link Dependency}. This tells who cannot know what to read: a flow that drains stands for frames that no decision has seen yet. Loop thread only.
 */
public final class Denials {
    private Runnable listener = () -> {
    };

    /** Sets who is told. */
    public void listen(Runnable told) {
        listener = told;
    }

    /** Something changed that may deny. */
    public void mayDeny() {
        listener.run();
    }
}

package org.vnetwork.datapath;

import java.util.concurrent.atomic.AtomicBoolean;

/** Whether a datapath is still open: a driver checks it first thing in every call, so that none reaches what was given back. Any thread. */
public final class Life {
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Throws IllegalStateException once the datapath is closed. */
    public void check() {
        if (isOver()) {
            throw new IllegalStateException("the datapath is closed");
        }
    }

    /** Ends it; true the first time, false when it had ended before. */
    public boolean end() {
        return closed.compareAndSet(false, true);
    }

    /** Whether it has ended. */
    public boolean isOver() {
        return closed.get();
    }
}

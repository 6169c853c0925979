package org.vnetwork.core.host;

import java.io.IOException;
import org.vnetwork.datapath.DatapathException;

/** Has the n-th step of what is armed fail, before or after its effect, with an exception of any kind. */
final class Faults {
    private int left;
    private Kind kind;
    private boolean late;
    private boolean hit;

    /** What is thrown. */
    enum Kind {
        /** What a driver may throw. */
        DATAPATH,
        /** A checked exception that nobody declared, as code in other languages throws it. */
        CHECKED,
        RUNTIME,
        ERROR
    }

    /** A step, which may throw what it says. */
    interface Step<E extends Exception> {
        void run() throws E;
    }

    void arm(int step, Kind thrown, boolean afterItsEffect) {
        left = step;
        kind = thrown;
        late = afterItsEffect;
        hit = false;
    }

    /** Ends it; whether a step has failed. */
    boolean disarm() {
        left = 0;
        return hit;
    }

    <E extends Exception> void step(Step<E> step) throws E {
        boolean fails = left > 0 && --left == 0;
        hit |= fails;
        if (fails && !late) {
            fail(kind);
        }
        step.run();
        if (fails) {
            fail(kind);
        }
    }

    private static void fail(Kind kind) {
        sneak(switch (kind) {
            case DATAPATH -> new DatapathException("the driver says no");
            case CHECKED -> new IOException("a step failed");
            case RUNTIME -> new UnsupportedOperationException("a step failed");
            case ERROR -> new NoSuchMethodError("a step failed");
        });
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable failure) throws T {
        throw (T) failure;
    }
}

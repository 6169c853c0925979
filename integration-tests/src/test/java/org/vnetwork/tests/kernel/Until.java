package org.vnetwork.tests.kernel;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waiting for a condition with a deadline that only a failure reaches. */
public final class Until {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long PAUSE_NANOS = 50_000;

    private Until() {
    }

    /** Returns when the condition holds; fails with the text when it does not in time. */
    public static void holds(Callable<String> otherwise, Callable<Boolean> condition) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (!condition.call()) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("not within " + PATIENCE.toSeconds() + " s: " + otherwise.call());
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}

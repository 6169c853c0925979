package org.vnetwork.core.run;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.vnetwork.core.gate.Guest;
import org.vnetwork.model.Refusal;

/** Runs what a plugin does before it is at work, on a thread that can be given up: whatever happens there never holds up a switch. */
final class Staging {
    /** Longest time that a plugin may take to open. */
    static final Duration LONGEST = Duration.ofSeconds(10);
    /** How long one that was never at work is waited for when it closes. */
    static final Duration MOMENT = Duration.ofSeconds(1);

    private Staging() {
    }

    /**
     * Does work on a thread of its own and waits for it.
     *
     * @param what as in {@code open}
     * @param longest for how long it is waited for
     * @param late takes what comes after nobody waits any more, on the thread that was given up
     * @return what the work returned
     * @throws Refusal when it takes too long; its thread is interrupted and left behind
     */
    static <T> T run(Guest guest, String what, Duration longest, Callable<T> work, Consumer<T> late) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().name("stage-" + guest.role().replace(' ', '-')).daemon().start(() -> {
            try {
                T made = work.call();
                if (!result.complete(made)) {
                    late.accept(made);
                }
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        try {
            return result.get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (TimeoutException e) {
            if (!result.cancel(false)) {
                return result.join();
            }
            String where = guest.where(thread.getStackTrace());
            thread.interrupt();
            throw new Refusal(where + " did not " + what + " (expected: within " + longest.toSeconds() + " s); its thread is left behind", e);
        } catch (InterruptedException e) {
            result.cancel(false);
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw new Refusal("interrupted while waiting for " + guest + " to " + what, e);
        }
    }

    private static RuntimeException failure(Throwable failure) {
        switch (failure) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e.toString(), e);
        }
    }
}

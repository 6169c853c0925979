package org.vnetwork.core.run;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.vnetwork.core.gate.EpochOver;

/**
 * Work that somebody has the loop do and waits for. It has one outcome: it is done, or it never will be.
 *
 * @param <T> what it returns
 */
final class Task<T> {
    private enum State {
        WAITING, UNDER_WAY, OVER
    }

    private final Callable<T> work;
    private final boolean last;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private final CountDownLatch over = new CountDownLatch(1);
    private T result;
    private Throwable failure;
    /** Whether the work itself has ended; its outcome is told with {@link #end}. */
    private volatile boolean worked;

    Task(Callable<T> work) {
        this(work, false);
    }

    /** {@code last}: nothing is done behind it. */
    Task(Callable<T> work, boolean last) {
        this.work = work;
        this.last = last;
    }

    /** Whether nothing is done behind it. */
    boolean isLast() {
        return last;
    }

    /** Does the work, unless it was given up; the loop's thread. The one who waits is told with {@link #end}. */
    void run() {
        if (!state.compareAndSet(State.WAITING, State.UNDER_WAY)) {
            return;
        }
        try {
            result = work.call();
        } catch (EpochOver e) {
            throw e;
        } catch (Throwable e) {
            failure = e;
        }
        worked = true;
    }

    /** Tells the one who waits. Work that did not come to its end, as its epoch ended, has failed for this reason. */
    void end(RuntimeException unless) {
        if (state.compareAndSet(State.UNDER_WAY, State.OVER)) {
            if (!worked) {
                failure = unless;
            }
            over.countDown();
        }
    }

    /** Has it never be done; false when it is done or under way. */
    boolean giveUp() {
        return state.compareAndSet(State.WAITING, State.OVER);
    }

    /** Waits; false when the time is over first. */
    boolean await(long nanos) throws InterruptedException {
        return over.await(nanos, TimeUnit.NANOSECONDS);
    }

    /** What it returned; throws what it threw. */
    T outcome() {
        switch (failure) {
            case null -> {
                return result;
            }
            case RuntimeException e -> throw e;
            case Throwable e -> throw new IllegalStateException(e.toString(), e);
        }
    }
}

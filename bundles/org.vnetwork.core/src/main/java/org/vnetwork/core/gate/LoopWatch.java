package org.vnetwork.core.gate;

import java.util.function.LongSupplier;

/**
 * Tells a thread that is stuck in one round, or in one call, from one that waits for a processor.
 *
 * <p>It is stuck for as long as it ran within the round, or slept within it. A thread that could run and gets no processor is not stuck, nor is one that waits for the collector. Any thread; each look compares with the one
 * before, so somebody must look now and then.
 */
public final class LoopWatch {
    /** What is seen of a thread from outside. */
    public interface Sight {
        /** Processor time that the thread has had, in nanoseconds. */
        long processorNanos();

        /** Whether it neither runs nor could run now, nor waits for a disk. */
        boolean asleep();

        /** Time so far for which all threads of the process were held up together, in nanoseconds. */
        long heldUpNanos();
    }

    private final LongSupplier round;
    private final LongSupplier clock;
    private final Sight sight;
    private long seenRound;
    private long seenNanos;
    private long seenProcessorNanos;
    private long seenHeldUpNanos;
    private boolean seenAsleep;
    private long stuckNanos;

    /**
     * A watch that has seen nothing.
     *
     * @param round which round is under way, 0 while there is none; for {@link #lasted}, when it began, on the clock
     * @param clock in nanoseconds
     */
    public LoopWatch(LongSupplier round, LongSupplier clock, Sight sight) {
        this.round = round;
        this.clock = clock;
        this.sight = sight;
    }

    /** Looks at the thread; nanoseconds for which it is known to have been stuck in the round that is under way, 0 when none is. */
    public synchronized long look() {
        long now = round.getAsLong();
        if (now == 0) {
            seenRound = 0;
            return 0;
        }
        long nanos = clock.getAsLong();
        long processorNanos = sight.processorNanos();
        boolean asleep = sight.asleep();
        long heldUpNanos = sight.heldUpNanos();
        if (now != seenRound) {
            stuckNanos = 0;
        } else {
            stuckNanos += seenAsleep && asleep ? Math.max(0, nanos - seenNanos - (heldUpNanos - seenHeldUpNanos)) : processorNanos - seenProcessorNanos;
        }
        seenRound = now;
        seenNanos = nanos;
        seenProcessorNanos = processorNanos;
        seenAsleep = asleep;
        seenHeldUpNanos = heldUpNanos;
        return stuckNanos;
    }

    /** Nanoseconds since the round began that is under way, 0 when none is. */
    public long lasted() {
        long began = round.getAsLong();
        return began == 0 ? 0 : clock.getAsLong() - began;
    }
}

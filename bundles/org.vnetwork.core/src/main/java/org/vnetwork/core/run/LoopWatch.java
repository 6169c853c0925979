package org.vnetwork.core.run;

import java.util.function.LongSupplier;

/**
 * Tells a loop that is stuck in one round from one that waits for a processor.
 *
 * <p>A loop is stuck for as long as its thread ran within the round, or slept within it. A thread that could run and gets no processor is not stuck. Any thread; each look compares with the one
 * before, so somebody must look now and then.
 */
final class LoopWatch {
    /** What is seen of a thread from outside. */
    interface Sight {
        /** Processor time that the thread has had, in nanoseconds. */
        long processorNanos();

        /** Whether it neither runs nor could run now. */
        boolean asleep();
    }

    private final LongSupplier round;
    private final LongSupplier clock;
    private final Sight sight;
    private long seenRound;
    private long seenNanos;
    private long seenProcessorNanos;
    private boolean seenAsleep;
    private long stuckNanos;

    /**
     * A watch that has seen nothing.
     *
     * @param round when the round began that is under way, on the clock; 0 while the loop waits for work
     * @param clock in nanoseconds
     */
    LoopWatch(LongSupplier round, LongSupplier clock, Sight sight) {
        this.round = round;
        this.clock = clock;
        this.sight = sight;
    }

    /** Looks at the thread; nanoseconds for which it is known to have been stuck in the round that is under way, 0 when none is. */
    synchronized long look() {
        long now = round.getAsLong();
        if (now == 0) {
            seenRound = 0;
            return 0;
        }
        long nanos = clock.getAsLong();
        long processorNanos = sight.processorNanos();
        boolean asleep = sight.asleep();
        if (now != seenRound) {
            stuckNanos = 0;
        } else {
            stuckNanos += seenAsleep && asleep ? nanos - seenNanos : processorNanos - seenProcessorNanos;
        }
        seenRound = now;
        seenNanos = nanos;
        seenProcessorNanos = processorNanos;
        seenAsleep = asleep;
        return stuckNanos;
    }

    /** Nanoseconds since the round began that is under way, 0 when none is. */
    long lasted() {
        long began = round.getAsLong();
        return began == 0 ? 0 : clock.getAsLong() - began;
    }
}

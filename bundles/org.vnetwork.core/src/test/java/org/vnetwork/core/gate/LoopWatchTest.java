package org.vnetwork.core.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** What a loop is judged by, on a clock that the test moves. */
class LoopWatchTest {
    private static final long MILLI = 1_000_000;

    private long round;
    private long now = 50 * MILLI;
    private long processor = 7 * MILLI;
    private boolean asleep;
    private long heldUp;
    private final LoopWatch watch = new LoopWatch(() -> round, () -> now, new LoopWatch.Sight() {
        @Override
        public long processorNanos() {
            return processor;
        }

        @Override
        public long heldUpNanos() {
            return heldUp;
        }

        @Override
        public boolean asleep() {
            return asleep;
        }
    });

    /** Time passes, of which the thread had the processor for some; what the watch says then. */
    private long after(long millis, long ran) {
        now += millis * MILLI;
        processor += ran * MILLI;
        return watch.look() / MILLI;
    }

    private void begin() {
        round = now | 1;
        watch.look();
    }

    @Test
    void aThreadThatRunsInOneRoundIsStuckForAsLongAsItRan() {
        begin();
        assertEquals(100, after(100, 100));
        assertEquals(130, after(100, 30));
    }

    @Test
    void aThreadThatGetsNoProcessorIsNot() {
        begin();
        assertEquals(0, after(60_000, 0));
    }

    @Test
    void aThreadThatSleepsInOneRoundIsStuckForAsLongAsItSleeps() {
        asleep = true;
        begin();
        assertEquals(500, after(500, 0));
        asleep = false;
        assertEquals(500, after(500, 0), "it woke and may only lack a processor");
    }

    @Test
    void aNewRoundIsANewBeginning() {
        begin();
        assertEquals(3_000, after(3_000, 3_000));
        begin();
        assertEquals(100, after(100, 100));
        round = 0;
        assertEquals(0, after(100, 100));
        assertEquals(0, watch.lasted());
    }
}

package org.vnetwork.datapath;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.vnetwork.packet.wire.Action;

class MeterTableTest {
    private static final int BURST = 65_536;
    private static final long MEGABIT = 1_000_000;
    private static final long MILLI = 1_000_000;
    private static final Action.Meter METER = new Action.Meter(0, 1, 8 * MEGABIT, BURST);

    private final MeterTable meters = new MeterTable(Arena.ofAuto().allocate(MeterTable.METERS * MeterTable.SIZE, 8), 0);

    private boolean passes(long bytes, long nanos) {
        return meters.ask(METER, bytes, nanos) == 0;
    }

    @Test
    void aFrameLongerThanTheBurstPassesAndIsPaidForAfterwards() {
        assertEquals(true, passes(2 * BURST, 0), "a full bucket");
        assertEquals(false, passes(60, 65 * MILLI), "in debt for 65.5 ms at 1 byte a microsecond");
        assertEquals(false, passes(60, 65 * MILLI + 600_000), "closed by the frame before");
        assertEquals(true, passes(60, 67 * MILLI));
    }

    @Test
    void aFrameThatFindsNothingClosesTheMeterForAMillisecond() {
        assertEquals(true, passes(BURST + 1, 0));
        assertEquals(false, passes(60, 0));
        assertEquals(false, passes(60, MILLI - 1), "999 bytes came in");
        assertEquals(true, passes(60, MILLI));
    }

    @Test
    void aFastMeterClosesForHalfItsBurst() {
        Action.Meter fast = new Action.Meter(0, 2, 8_000 * MEGABIT, BURST);
        assertEquals(0, meters.ask(fast, BURST + 8, 0));
        assertEquals(DropNumbers.METERED, meters.ask(fast, 60, 0));
        assertEquals(DropNumbers.METERED, meters.ask(fast, 60, BURST / 2 - 1));
        assertEquals(0, meters.ask(fast, 60, BURST / 2));
    }

    @Test
    void theRateHoldsInTheLongRunWhateverTheFramesAre() {
        for (int size : new int[] {60, 1514, 68_000}) {
            Action.Meter meter = new Action.Meter(0, size, 8 * MEGABIT, BURST);
            long passed = 0;
            long step = size * 1000L * 2 / 3;
            for (long now = 0; now < 10_000 * MILLI; now += step) {
                passed += meters.ask(meter, size, now) == 0 ? size : 0;
            }
            assertEquals(1.0, (passed - BURST) / 10e6, 0.01, size + " bytes a frame, half as many again as the rate");
        }
    }
}

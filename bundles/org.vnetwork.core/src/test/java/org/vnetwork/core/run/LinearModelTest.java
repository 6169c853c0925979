package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever changes, and whatever the datapath refuses: what leaves a switch is what a linear model of it allows. {@code -Dvnet.steps=N} takes more steps. */
class LinearModelTest {
    private static final int STEPS = Integer.getInteger("vnet.steps", 2_000);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void nothingPassesThatIsDeniedAndNothingIsLost(long seed) {
        try (ModelledSwitch modelled = new ModelledSwitch(seed)) {
            modelled.steps(STEPS);
            assertTrue(modelled.drained() > STEPS / 200, () -> "flows drain: " + modelled.drained());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6})
    void norWhenTheDatapathRefusesAtRandom(long seed) {
        try (ModelledSwitch modelled = new ModelledSwitch(seed)) {
            Random random = new Random(seed);
            modelled.datapath.refuses = call -> random.nextInt(4) == 0;
            modelled.steps(STEPS);
            assertTrue(modelled.datapath.refused.values().stream().allMatch(n -> n > 3) && modelled.datapath.refused.size() == 3, () -> "each kind of call was refused: " + modelled.datapath.refused);
        }
    }

    /** Each call fails in turn, once. */
    @Test
    void norWhenOneCallIsRefused() {
        int refused = 0;
        for (int turn = 1; turn <= 40; turn++) {
            int which = turn;
            int[] calls = new int[1];
            try (ModelledSwitch modelled = new ModelledSwitch(7)) {
                modelled.datapath.refuses = call -> ++calls[0] == which;
                modelled.steps(80);
            }
            refused += calls[0] >= which ? 1 : 0;
        }
        assertEquals(40, refused, "there were as many calls");
    }
}

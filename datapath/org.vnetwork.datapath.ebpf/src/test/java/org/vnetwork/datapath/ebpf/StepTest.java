package org.vnetwork.datapath.ebpf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;

/** Lists as they stand in the kernel: the same actions, in little room. */
class StepTest {
    private static List<Action> flood(int from, int members) {
        return IntStream.rangeClosed(1, members).filter(port -> port != from).<Action>mapToObj(Action.Output::new).toList();
    }

    private static int size(List<Step> steps) {
        return steps.stream().mapToInt(Step::size).sum();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void stepsAreTheActionsThatTheyWereMadeOf(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            List<Action> actions = new ArrayList<>();
            for (int rows = random.nextInt(6); rows > 0; rows--) {
                row(random, actions);
            }
            int port = 1 + random.nextInt(1023);
            List<Step> steps = Step.of(actions, port);
            assertEquals(actions, Step.actions(steps, port));
            assertTrue(size(steps) <= Math.max(1, Action.size(actions)));
            assertTrue(actions.isEmpty() || steps.getLast() instanceof Step.One, "the last one takes the frame itself");
        }
    }

    private static void row(Random random, List<Action> actions) {
        long gates = random.nextInt(3) == 0 ? 1L << random.nextInt(64) : 0;
        switch (random.nextInt(4)) {
            case 0 -> IntStream.range(0, 1 + random.nextInt(200)).sorted().forEach(i -> actions.add(new Action.Output(1 + random.nextInt(1023), gates)));
            case 1 -> {
                double share = random.nextDouble();
                IntStream.range(1, 1024).filter(port -> random.nextDouble() < share).forEach(port -> actions.add(new Action.Output(port, gates)));
            }
            case 2 -> actions.addAll(Collections.nCopies(1 + random.nextInt(100), new Action.Drop(1 + random.nextInt(63))));
            default -> actions.add(new Action.SetField(Field.IP_SRC, 1, random.nextLong()));
        }
    }

    @Test
    void theFloodOfAVlanIsOneListWhicheverPortItCameInBy() {
        List<Step> one = Step.of(flood(1, 1023), 1);
        assertEquals(17, size(one));
        for (int port = 2; port < 1023; port++) {
            assertEquals(one, Step.of(flood(port, 1023), port), "from port " + port);
        }
    }

    @Test
    void outputsBackToWhereTheFrameCameFromAreKept() {
        List<Action> all = flood(0, 500);
        assertEquals(all, Step.actions(Step.of(all, 77), 77));
    }

    @Test
    void whatAGroupCanSendStandsOneByOneUntilThereIsNoRoom() {
        assertEquals(32, size(Step.of(flood(33, 33), 33)));
        assertArrayEquals(IntStream.rangeClosed(1, 32).toArray(), Step.lastOutputs(Step.of(flood(33, 33), 33)));
        List<Action> tagged = new ArrayList<>();
        for (int vid = 0; vid < 60; vid++) {
            tagged.add(new Action.PushTag(0x8100, vid));
            tagged.addAll(flood(33, 33));
            tagged.add(new Action.PopTag());
        }
        tagged.add(new Action.Drop(1));
        assertEquals(60 * 3 + 1, size(Step.of(tagged, 33)));
    }
}

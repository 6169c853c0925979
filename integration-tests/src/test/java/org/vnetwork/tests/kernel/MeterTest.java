package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.CounterTable;
import org.vnetwork.datapath.MeterTable;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.packet.wire.FrameText;

/** Meters and counters that the kernel and Java share. The rates are so low that no token comes in during a test. */
class MeterTest {
    private static final int SIZE = 1000;
    private static final byte[] FRAME = FrameText.build("eth() ipv4() udp() payload(" + (SIZE - 42) + ")");
    /** Frames that pass: while the bucket is not empty, the one that empties it among them. */
    private static final int BURST = 65_536 / SIZE + 1;
    private static final Action.Meter SLOW = new Action.Meter(5, 77, 1000, 65_536);

    private final Lab lab = new Lab();
    private KernelLists kernel;

    @BeforeEach
    void open() throws Exception {
        Lab.needed();
        kernel = lab.keep(new KernelLists(lab, 3));
    }

    @AfterEach
    void close() throws IOException {
        lab.close();
    }

    private void send(int port, int count) throws IOException {
        long before = kernel.datapath.counters(port).received();
        for (int i = 0; i < count; i++) {
            kernel.wires.get(port - 1).send(FRAME);
        }
        Until.holds(() -> kernel.datapath.counters(port).toString(), () -> kernel.datapath.counters(port).received() == before + count);
    }

    @Test
    void aBurstPassesAndTheRestIsMetered() throws IOException {
        kernel.list(1, SLOW, new Action.Output(2, 1L << 5), new Action.Output(3));
        send(1, 200);
        assertEquals(BURST, kernel.datapath.counters(2).sent());
        assertEquals(200, kernel.datapath.counters(3).sent(), "an output without the meter's gate");
        assertEquals(200 - BURST, kernel.drops(1).get("datapath/metered"));
        assertEquals("", kernel.imbalance());
    }

    @Test
    void flowsThatNameTheSameMeterShareItAndJavaDoesToo() throws IOException {
        kernel.list(1, SLOW, new Action.Output(3, 1L << 5));
        kernel.list(2, new Action.Meter(0, 77, 1000, 65_536), new Action.Output(3, 1));
        send(1, BURST - 20);
        send(2, 10);
        kernel.list(2);
        kernel.datapath.remove(2);
        send(2, 20);
        kernel.decide(20, frame -> kernel.datapath.execute(frame, List.of(SLOW, new Action.Output(3, 1L << 5))));
        assertEquals(BURST, kernel.datapath.counters(3).sent());
        assertEquals(10, kernel.drops(2).get("datapath/metered"));
        send(1, 10);
        assertEquals(10, kernel.drops(1).get("datapath/metered"));
        assertEquals("", kernel.imbalance());
    }

    @Test
    void countersCountInTheKernelAndInJavaOnTheWire() throws IOException {
        kernel.list(1, new Action.Count(9), new Action.Count(-9), new Action.Drop(30));
        send(1, 5);
        kernel.datapath.remove(1);
        send(1, 2);
        kernel.decide(2, frame -> kernel.datapath.execute(frame, List.of(new Action.Count(9), new Action.Output(2))));
        assertEquals(new CounterTable.Count(7, 7 * SIZE), kernel.datapath.counter(9));
        assertEquals(new CounterTable.Count(5, 5 * SIZE), kernel.datapath.counter(-9));
        assertEquals(CounterTable.Count.NONE, kernel.datapath.counter(10));
        assertEquals("", kernel.imbalance());
    }

    @Test
    void thePlaceOfAForgottenCounterBeginsAtZeroForAnother() throws IOException {
        kernel.list(1, new Action.Count(9), new Action.Count(-9), new Action.Drop(30));
        send(1, 5);
        kernel.datapath.remove(1);
        kernel.datapath.keepCounters(id -> id == -9);
        assertEquals(CounterTable.Count.NONE, kernel.datapath.counter(9));
        kernel.list(1, new Action.Count(11), new Action.Count(-9), new Action.Drop(30));
        send(1, 3);
        assertEquals(new CounterTable.Count(3, 3 * SIZE), kernel.datapath.counter(11));
        assertEquals(new CounterTable.Count(8, 8 * SIZE), kernel.datapath.counter(-9));
        assertEquals("", kernel.imbalance());
    }

    @Test
    void whenAllMetersAreInUseAFlowIsRefusedAndItsFramesAreDropsWithAReason() throws IOException {
        Action[] many = new Action[65];
        for (int list = 0; list < MeterTable.METERS / 64; list++) {
            for (int i = 0; i < 64; i++) {
                many[i] = new Action.Meter(i, list * 64 + i, 1000, 65_536);
            }
            many[64] = new Action.Drop(30);
            long[] mask = new long[FlowKey.WORDS];
            long[] key = new long[FlowKey.WORDS];
            mask[0] = 0xffffffffL << 32 | 0xffffL << 16;
            key[0] = 1L << 32 | (0x9000L + list) << 16;
            assertTrue(kernel.datapath.install(List.of(new org.vnetwork.datapath.FlowEntry(100 + list, key, mask, List.of(many))))[0], "list " + list);
        }
        assertFalse(kernel.installs(2, new Action.Meter(0, 5000, 1000, 65_536), new Action.Output(3, 1)));
        send(2, 1);
        kernel.decide(1, frame -> kernel.datapath.execute(frame, List.of(new Action.Meter(0, 5000, 1000, 65_536), new Action.Output(3, 1))));
        assertEquals(1, kernel.drops(2).get("datapath/no-meter"));
        assertTrue(kernel.installs(2, new Action.Meter(0, 1023, 1000, 65_536), new Action.Output(3, 1)), "one that is there already");
        assertEquals("", kernel.imbalance());
    }
}

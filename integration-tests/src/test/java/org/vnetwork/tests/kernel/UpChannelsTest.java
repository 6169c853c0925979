package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.FrameBatch;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.Frame;
import org.vnetwork.packet.wire.FrameText;

/** Frames that come up from the kernel: misses, inspected ones and copies, apart from each other. */
class UpChannelsTest {
    private static final byte[] PLAIN = FrameText.build("eth(src=02:00:00:00:02:01,dst=02:00:00:00:02:02) ipv4() udp() payload(30)");
    private static final byte[] TAGGED = FrameText.build("eth(src=02:00:00:00:02:01,dst=02:00:00:00:02:02) vlan(vid=10,pcp=3) ipv4() udp() payload(30)");
    private static final byte[] DOUBLE = FrameText.build("eth(src=02:00:00:00:02:01,dst=02:00:00:00:02:02) vlan(vid=7,service=true) vlan(vid=10) ipv4() udp() payload(30)");

    private final Lab lab = new Lab();
    private KernelLists lists;
    private Datapath datapath;

    @BeforeEach
    void open() throws Exception {
        Lab.needed();
        lists = lab.keep(new KernelLists(lab, 2));
        datapath = lists.datapath;
    }

    @AfterEach
    void close() throws IOException {
        lab.close();
    }

    @Test
    void aCopyComesUpMarkedAndTheFrameGoesOn() throws IOException {
        lists.list(1, new Action.CopyUp(), new Action.Output(2));
        for (byte[] sent : List.of(PLAIN, TAGGED, DOUBLE)) {
            lists.wires.get(0).send(sent);
            lists.decide(1, frame -> {
                assertTrue(frame.copy);
                assertEquals(1, frame.flow);
                assertArrayEquals(sent, frame.bytes().toArray(ValueLayout.JAVA_BYTE));
                datapath.execute(frame, List.of());
            });
            byte[][] arrived = new byte[1][];
            Until.holds(() -> "the frame did not go on", () -> (arrived[0] = lists.wires.get(1).receive()) != null);
            assertArrayEquals(sent, arrived[0]);
        }
        assertEquals(3, lists.drops(1).get("consumed"));
        assertEquals("", lists.imbalance());
    }

    @Test
    void copiesAreLimitedAndFramesAreNot() throws IOException {
        lists.list(1, new Action.CopyUp(), new Action.Output(2));
        for (int i = 0; i < 2_000; i++) {
            lists.wires.get(0).send(PLAIN);
        }
        Until.holds(() -> datapath.counters(1).toString(), () -> datapath.counters(1).outputs() == 2_000);
        long copies = datapath.counters(1).up();
        assertTrue(copies > 200 && copies < 1_500, "of 2,000 frames " + copies + " were copied");
        lists.decide((int) copies, frame -> datapath.execute(frame, List.of()));
        assertEquals("", lists.imbalance());
    }

    @Test
    void inspectedFramesAndMissesAreNotMarkedAsCopies() throws IOException {
        lists.list(1, new Action.Inspect());
        lists.wires.get(0).send(TAGGED);
        lists.wires.get(1).send(TAGGED);
        List<Frame> seen = new ArrayList<>();
        lists.decide(2, frame -> {
            assertFalse(frame.copy);
            assertEquals(frame.ingress == 1 ? 1 : -1, frame.flow);
            seen.add(new Frame());
            datapath.execute(frame, List.of(new Action.Output(3 - frame.ingress)));
        });
        assertEquals(2, seen.size());
        assertEquals("", lists.imbalance());
    }

    @Test
    void framesThatWereTakenOutliveTheDatapath() throws IOException {
        FrameBatch batch = new FrameBatch();
        List<byte[]> sent = List.of(PLAIN, TAGGED, DOUBLE);
        for (byte[] frame : sent) {
            lists.wires.get(0).send(frame);
        }
        Until.holds(() -> batch.left() + " came up", () -> datapath.take(batch) >= 0 && batch.left() == sent.size());
        datapath.execute(batch.next(), List.of(new Action.PushTag(0x8100, 10), new Action.PushTag(0x8100, 11), new Action.Output(2)));
        lists.close();
        for (byte[] frame : sent.subList(1, sent.size())) {
            assertArrayEquals(frame, batch.next().bytes().toArray(ValueLayout.JAVA_BYTE));
            assertThrows(IllegalStateException.class, () -> datapath.execute(batch.current(), List.of()));
        }
    }

    @Test
    void whatDoesNotFitIntoABatchWaits() throws IOException {
        FrameBatch batch = new FrameBatch(2, 2 * FrameBatch.LONGEST);
        for (int i = 0; i < 5; i++) {
            lists.wires.get(0).send(PLAIN);
        }
        Until.holds(() -> datapath.counters(1).toString(), () -> datapath.counters(1).up() == 5);
        for (int left = 5; left > 0; left -= 2) {
            batch.clear();
            assertEquals(Math.min(left, 2), datapath.take(batch));
            assertEquals(left > 2, batch.isFull());
            for (Frame frame = batch.next(); frame != null; frame = batch.next()) {
                datapath.execute(frame, List.of());
            }
            datapath.flush();
        }
        assertEquals(5, lists.drops(1).get("consumed"));
        assertEquals("", lists.imbalance());
    }

    @Test
    void aFloodOfMissesTakesNoInspectedFrame() throws IOException {
        lists.list(2, new Action.Inspect());
        overflow(1);
        lists.wires.get(1).send(PLAIN);
        boolean[] came = {false};
        int[] before = {0};
        Until.holds(() -> "the inspected frame did not come up", () -> {
            lists.decide(frame -> {
                came[0] |= frame.ingress == 2;
                before[0] += came[0] ? 0 : 1;
                datapath.execute(frame, List.of());
            });
            return came[0];
        });
        assertTrue(before[0] <= 64, before[0] + " misses came first");
        drain();
        assertTrue(lists.drops(1).get("datapath/upcall-lost") > 0, () -> lists.drops(1).toString());
        assertEquals(java.util.Map.of("consumed", 1L), lists.drops(2));
        assertEquals("", lists.imbalance());
    }

    @Test
    void aFloodOfInspectedFramesTakesNoMiss() throws IOException {
        lists.list(1, new Action.Inspect());
        overflow(1);
        lists.wires.get(1).send(PLAIN);
        int[] misses = {0};
        Until.holds(() -> "the miss did not come up", () -> {
            lists.decide(frame -> {
                misses[0] += frame.flow < 0 ? 1 : 0;
                datapath.execute(frame, List.of());
            });
            return misses[0] == 1;
        });
        drain();
        assertTrue(lists.drops(1).get("datapath/inspect-lost") > 0, () -> lists.drops(1).toString());
        assertEquals(java.util.Map.of("consumed", 1L), lists.drops(2));
        assertEquals("", lists.imbalance());
    }

    /** Sends more than a tap can hold; a port's misses are limited too, so that it takes its time. */
    private void overflow(int port) throws IOException {
        Until.holds(() -> "a queue that overflows; " + datapath.counters(port), () -> {
            for (int i = 0; i < 64; i++) {
                lists.wires.get(port - 1).send(PLAIN);
            }
            return datapath.counters(port).up() > 4_096 + 500;
        });
    }

    private void drain() {
        while (lists.decide(frame -> datapath.execute(frame, List.of())) > 0) {
            // Until nothing waits.
        }
    }
}

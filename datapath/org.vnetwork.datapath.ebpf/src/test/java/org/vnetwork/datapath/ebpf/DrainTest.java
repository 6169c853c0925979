package org.vnetwork.datapath.ebpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.packet.wire.FrameText;
import org.vnetwork.packet.wire.KeyParser;

/** A flow that drains matches where no other does, and no frame finds neither. */
class DrainTest {
    private static final int OLD = 20;
    private static final int DRAINING = 21;
    private static final int NEW = 22;
    private static final byte[] FRAME = Rig.frame(1000);
    private static final byte[] OTHER = Rig.frame(2000);
    /** Of another station. */
    private static final byte[] FOREIGN = FrameText.build("eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:03) ipv4() udp()");

    private Rig rig;

    @BeforeEach
    void open() throws Exception {
        rig = new Rig();
    }

    @AfterEach
    void close() {
        if (rig != null) {
            rig.close();
        }
    }

    private static List<Action> drop(int reason) {
        return List.of(new Action.Drop(reason));
    }

    @Test
    void matchesOnlyWhereNoOtherDoesWhateverCameFirst() {
        assertTrue(rig.flows.add(Rig.entry(0, FRAME, OLD, Field.ETH_DST)));
        rig.run(FRAME);
        assertTrue(rig.flows.drain(0, drop(DRAINING)));
        rig.run(FRAME);
        assertEquals(List.of(1L, 1L), List.of(rig.dropped(OLD), rig.dropped(DRAINING)));

        assertTrue(rig.flows.add(Rig.entry(1, FRAME, NEW, Field.ETH_DST, Field.L4_SRC)));
        rig.run(FRAME);
        rig.run(OTHER);
        assertEquals(List.of(2L, 1L), List.of(rig.dropped(DRAINING), rig.dropped(NEW)), "the other frame is the draining flow's still");

        assertTrue(rig.flows.add(Rig.entry(2, FRAME, NEW, Field.ETH_DST)), "its own key is free again");
        rig.run(OTHER);
        assertEquals(List.of(2L, 2L), List.of(rig.dropped(DRAINING), rig.dropped(NEW)));
        assertEquals(0, rig.missed());
    }

    @Test
    void keepsItsCountersAndItsIdAndCanBeReplacedAndRemoved() {
        assertTrue(rig.flows.add(Rig.entry(3, FRAME, OLD, Field.ETH_DST)));
        rig.run(FRAME);
        assertTrue(rig.flows.drain(3, drop(DRAINING)));
        rig.run(FRAME);
        assertTrue(rig.flows.replace(3, drop(NEW)));
        assertFalse(rig.flows.drain(3, drop(OLD)), "it drains already");
        rig.run(FRAME);
        assertEquals(List.of(1L, 1L, 1L), List.of(rig.dropped(OLD), rig.dropped(DRAINING), rig.dropped(NEW)));
        List<List<Long>> seen = new ArrayList<>();
        rig.flows.statistics((id, packets, bytes, last) -> seen.add(List.of((long) id, packets)));
        assertEquals(List.of(List.of(3L, 3L)), seen);
        assertEquals(3, rig.flows.remove(3).packets());
        rig.run(FRAME);
        assertEquals(1, rig.missed());
        assertEquals(List.of(0, 0), List.of(rig.maps.portMasks(Rig.PORT, false).length, rig.maps.portMasks(Rig.PORT, true).length));
    }

    /** A flow for the frame with a mask that no other number gives. */
    private static FlowEntry numbered(int id, int number, byte[] frame) {
        FlowEntry entry = Rig.entry(id, frame, OLD, Field.ETH_DST);
        long[] mask = entry.mask().clone();
        mask[6] = number;
        long[] key = new long[FlowKey.WORDS];
        KeyParser.parse(MemorySegment.ofArray(frame), 0, frame.length, Rig.PORT, key);
        return new FlowEntry(id, FlowKey.masked(key, mask), mask, entry.actions());
    }

    @Test
    void saysSoWhenThereIsNoRoomAndChangesNothing() {
        for (int i = 0; i < 32; i++) {
            assertTrue(rig.flows.add(numbered(i, i + 1, FOREIGN)));
            assertTrue(rig.flows.drain(i, drop(DRAINING)));
        }
        assertTrue(rig.flows.add(numbered(32, 33, FRAME)), "all 32 places of regular masks are free");
        assertFalse(rig.flows.drain(32, drop(DRAINING)), "no mask's place");
        rig.run(FRAME);
        assertEquals(1, rig.dropped(OLD));
        rig.flows.remove(5);
        assertTrue(rig.flows.drain(32, drop(DRAINING)));
    }

    @Test
    void twoOfTheSameKeyDoNotDrainAtOnce() {
        assertTrue(rig.flows.add(Rig.entry(0, FRAME, OLD, Field.ETH_DST)));
        assertTrue(rig.flows.drain(0, drop(DRAINING)));
        assertTrue(rig.flows.add(Rig.entry(1, FRAME, NEW, Field.ETH_DST)));
        assertFalse(rig.flows.drain(1, drop(DRAINING)));
        rig.run(FRAME);
        assertEquals(List.of(0L, 1L), List.of(rig.dropped(DRAINING), rig.dropped(NEW)));
        rig.flows.remove(0);
        assertTrue(rig.flows.drain(1, drop(DRAINING)));
        rig.run(FRAME);
        assertEquals(1, rig.dropped(DRAINING));
    }

    @Test
    void noFrameMissesWhileFlowsDrainAndMasksComeAndGo() throws InterruptedException {
        assertTrue(rig.flows.add(Rig.entry(0, FRAME, OLD, Field.ETH_DST)));
        AtomicBoolean stop = new AtomicBoolean();
        Thread traffic = new Thread(() -> {
            while (!stop.get()) {
                rig.run(FRAME);
            }
        }, "traffic");
        traffic.start();
        try {
            int rounds = 0;
            for (int in = 0; traffic.isAlive() && (rounds < 100 || rig.received() < 20_000); rounds++, in ^= 1) {
                // Masks before and behind its own come and go.
                rig.flows.add(numbered(10, rounds % 7 + 1, FOREIGN));
                assertTrue(rig.flows.drain(in, drop(DRAINING)));
                rig.flows.add(numbered(11, rounds % 5 + 10, FOREIGN));
                for (long from = rig.received(); traffic.isAlive() && rig.received() < from + 20;) {
                    Thread.onSpinWait();
                }
                assertTrue(rig.flows.add(Rig.entry(in ^ 1, FRAME, NEW, rounds % 2 == 0 ? new Field[] {Field.ETH_DST, Field.L4_SRC} : new Field[] {Field.ETH_DST})));
                rig.flows.remove(10);
                // As the draining flow is kept until it is idle.
                Rig.quiesce();
                rig.flows.remove(in);
                rig.flows.remove(11);
            }
        } finally {
            stop.set(true);
            traffic.join();
        }
        assertEquals(0, rig.missed());
        assertTrue(rig.dropped(DRAINING) > 0, "some met the draining flow");
        assertEquals(rig.received(), rig.dropped(OLD) + rig.dropped(DRAINING) + rig.dropped(NEW));
    }
}

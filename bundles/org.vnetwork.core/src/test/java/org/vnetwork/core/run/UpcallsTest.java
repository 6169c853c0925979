package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.Simulated;
import org.vnetwork.engine.learning.LearningEngine;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.wire.Frame;
import org.vnetwork.packet.wire.FrameText;

/** Frames that wait together, so that what one of them changes concerns those behind it. */
class UpcallsTest {
    private static final String A_TO_B = "eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) payload(46)";
    private static final String B_TO_A = "eth(src=02:00:00:00:00:0b,dst=02:00:00:00:00:0a) payload(46)";
    private final TestSwitch sw = new TestSwitch(LearningEngine::new);

    @BeforeEach
    void ports() {
        sw.ports(PortVlan.access(10), "a", "b", "c");
    }

    @AfterEach
    void close() {
        sw.close();
    }

    /** Injects at ports by id, all before the first is received. */
    private void together(int times, Object... portsAndFrames) {
        sw.home.onLoop(() -> {
            for (int t = 0; t < times; t++) {
                for (int i = 0; i < portsAndFrames.length; i += 2) {
                    ((Simulated) sw.home.datapath).inject((int) portsAndFrames[i], FrameText.build((String) portsAndFrames[i + 1]));
                }
            }
            int idle = 0;
            while (idle < 2) {
                idle = sw.home.loop.step() == 0 ? idle + 1 : 0;
            }
            return null;
        });
    }

    @Test
    void aFrameBehindTheOneThatChangesItsDecisionIsDecidedAfresh() {
        together(1, 1, A_TO_B, 2, B_TO_A, 1, A_TO_B);
        assertEquals(List.of(1, 2, 1), List.of(sw.count("a"), sw.count("b"), sw.count("c")));
        long decided = sw.decided();
        sw.inject("a", A_TO_B);
        assertEquals(List.of(1, 0, decided), List.of(sw.count("b"), sw.count("c"), sw.decided()));
        assertEquals("", sw.imbalance());
    }

    @Test
    void aFrameOfAnInstalledFlowThatIsOutOfDateIsDecidedAfresh() {
        sw.inject("a", A_TO_B);
        sw.captured("c");
        int flow = sw.flows().getFirst().id();
        sw.home.onLoop(() -> {
            sw.home.tables.view(org.vnetwork.table.shared.Station.class, org.vnetwork.table.shared.FdbEntry.class)
                    .put(new org.vnetwork.table.shared.Station(10, 0x0200_0000_000bL), new org.vnetwork.table.shared.FdbEntry(new org.vnetwork.model.PortId(2), true));
            byte[] octets = FrameText.build(A_TO_B);
            byte[] buffer = new byte[64 + octets.length];
            System.arraycopy(octets, 0, buffer, 64, octets.length);
            sw.home.upcalls.upcall(new org.vnetwork.packet.wire.Frame().over(java.lang.foreign.MemorySegment.ofArray(buffer), 64, octets.length, 1));
            return null;
        });
        assertEquals(0, sw.count("c"), "not flooded as the flow still says");
        assertEquals("output b", sw.home.views().flow(flow).actions());
    }

    @Test
    void framesThatTakeLongKeepTheLoopFromNothingElse() {
        List<String> order = new CopyOnWriteArrayList<>();
        sw.swap("slow", () -> (packet, forward) -> {
            if (order.isEmpty()) {
                sw.home.loop.later(() -> order.add("task"));
            }
            order.add("frame");
            long end = System.nanoTime() + 30_000_000;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            packet.uncacheable();
            forward.flood();
        });
        sw.home.onLoop(() -> {
            for (int i = 0; i < 5; i++) {
                ((Simulated) sw.home.datapath).inject(1, FrameText.build(A_TO_B));
            }
            return null;
        });
        while (order.size() < 6) {
            Thread.onSpinWait();
        }
        assertTrue(order.indexOf("task") < 5, order::toString);
        assertEquals(5, sw.count("b"));
    }

    @Test
    void framesBehindTheFirstGoTheWayOfItsFlowBeforeItIsInstalled() {
        together(100, 1, A_TO_B);
        assertEquals(List.of(1L, 100L), List.of(sw.decided(), sw.flows().getFirst().packets()));
        assertEquals(100, sw.count("b"));
    }

    @Test
    void flowsAreInstalledUnderALoadThatNeverEnds() {
        together(6000, 1, A_TO_B);
        assertEquals(1, sw.decided());
        assertEquals(6000, sw.flows().getFirst().packets());
        long up = sw.home.onLoop(() -> sw.home.datapath.counters(1).up());
        assertTrue(up < 6000, up + " came up although a flow was there");
        assertEquals("", sw.imbalance());
    }

    private void comesUpAgain(String frame) {
        sw.home.onLoop(() -> {
            byte[] octets = FrameText.build(frame);
            sw.home.upcalls.upcall(new Frame().over(MemorySegment.ofArray(octets), 0, octets.length, 1));
            return null;
        });
    }

    @Test
    void aFrameThatComesUpAlthoughItsFlowHasLongBeenInstalledIsAnEventThatSaysItsKindAndNothingThatIsInIt() {
        sw.inject("a", A_TO_B);
        sw.warp(3);
        comesUpAgain(A_TO_B);
        sw.warp(2);
        String kind = "in Java in=a,ether_type=0x88b5,tag_kind=none,inner_tag_kind=none,parse=ok,fragment=none,ip_protocol=0, 60 octets";
        assertEquals(1, sw.events().stream().filter(e -> e.contains("parser mismatch: frame 1 so far") && e.endsWith(kind)).count(), sw.events()::toString);
        assertTrue(sw.events().stream().noneMatch(e -> e.contains("02:00") || e.contains("payload")), sw.events()::toString);
    }

    @Test
    void ofManySuchFramesTheLatestAreKeptAndAFewAreTold() {
        sw.inject("a", A_TO_B);
        sw.warp(3);
        for (int i = 0; i < 40; i++) {
            comesUpAgain("eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) payload(" + (600 + i) + ")");
        }
        assertEquals(40, sw.home.onLoop(() -> sw.home.upcalls.mismatches().count()));
        assertEquals(List.of(25L, 40L, 653), sw.home.onLoop(() -> {
            var kept = sw.home.upcalls.mismatches().kept();
            return List.of(kept.getFirst().number(), kept.getLast().number(), kept.getLast().size());
        }));
        sw.warp(1);
        long told = sw.events().stream().filter(e -> e.contains("parser mismatch")).count();
        assertTrue(told > 0 && told <= 10, () -> told + " events");
        assertTrue(sw.events().getLast().endsWith(" octets"), sw.events()::getLast);
    }
}

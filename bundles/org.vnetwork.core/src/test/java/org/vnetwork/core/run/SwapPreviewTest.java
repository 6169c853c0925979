package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.PortDocument;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.engine.flood.FloodEngine;
import org.vnetwork.engine.learning.LearningEngine;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;
import org.vnetwork.table.DataType;
import org.vnetwork.table.Table;

class SwapPreviewTest {
    private static final String A_TO_B = "eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) ipv4(src=10.0.0.1,dst=10.0.0.2) udp(src=1,dst=2)";
    private static final String B_TO_A = "eth(src=02:00:00:00:00:0b,dst=02:00:00:00:00:0a) ipv4(src=10.0.0.2,dst=10.0.0.1) udp(src=2,dst=1)";

    private final TestSwitch sw = new TestSwitch(LearningEngine::new);

    @BeforeEach
    void twoStationsThatTalk() {
        sw.ports(PortVlan.access(10), "a", "b", "c");
        sw.inject("b", B_TO_A);
        sw.inject("a", A_TO_B);
        sw.inject("b", B_TO_A);
        List.of("a", "b", "c").forEach(sw::captured);
    }

    @AfterEach
    void close() {
        sw.close();
    }

    private String preview(Supplier<ForwardingEngine> engine) {
        return String.join("\n", new SwapPreview(sw.home).engine(new TestSwitch.Given<>("candidate", engine)));
    }

    /** Everything that an operator can see of the switch. */
    private String everything() {
        StringBuilder all = new StringBuilder();
        all.append(sw.home.views().summary()).append(sw.home.views().ports()).append(sw.flows()).append(sw.home.views().tables()).append(sw.home.views().drops());
        sw.home.views().tables().forEach(t -> all.append(sw.home.views().rows(t.type())));
        return all.toString();
    }

    @Test
    void theSameEngineWouldTreatEveryFlowAsNow() {
        assertEquals("preview of engine candidate on the flows of now: 2 same, 0 changed, 0 split", preview(LearningEngine::new));
    }

    @Test
    void showsWhichFlowsAnotherEngineWouldTreatDifferently() {
        String lines = preview(FloodEngine::new);
        assertTrue(lines.contains("0 same, 2 changed, 0 split"), lines);
        assertTrue(lines.contains("1 flow: output b -> output b,output c; as flow "), lines);
    }

    @Test
    void tellsEachDifferenceOnceWithTheNumberOfItsFlows() {
        for (int source = 0x10; source < 0x30; source++) {
            String sender = "%02x".formatted(source);
            sw.inject("a", A_TO_B.replace("src=02:00:00:00:00:0a", "src=02:00:00:00:00:" + sender));
        }
        List<String> lines = new SwapPreview(sw.home).engine(new TestSwitch.Given<>("candidate", FloodEngine::new));
        assertEquals(3, lines.size(), lines.toString());
        assertTrue(lines.get(0).contains("0 same, 34 changed, 0 split"), lines.get(0));
        assertTrue(lines.get(1).startsWith("33 flows: output b -> output b,output c; as flow "), lines.get(1));
        assertTrue(lines.get(2).startsWith("1 flow: output a -> output a,output c; as flow "), lines.get(2));
    }

    /** Notes itself in a table of its own, arms a timer, learns, reads a field that the flows do not compare, and drops. */
    private static final class BusyEngine implements ForwardingEngine {
        /** Its row type. */
        @DataType("test.busy/1")
        private record Busy(int times) {
        }

        /** Its key type. */
        private record Who(String name) {
        }

        private Table<Who, Busy> table;

        @Override
        public void open(Context context) {
            table = context.table(Who.class, Busy.class);
            table.put(new Who("open"), new Busy(1));
            context.every(Duration.ofSeconds(1), () -> {
                throw new IllegalStateException("a preview has no timers");
            });
        }

        @Override
        public void decide(Packet packet, Forward forward) {
            if (table.get(new Who("open")) == null) {
                throw new IllegalStateException("the overlay of open is lost");
            }
            table.put(new Who("decide " + packet.get(Field.L4_DST)), new Busy(2));
            forward.drop(DropReason.of("test/busy"));
        }
    }

    @Test
    void hasNoEffectWhateverTheCandidateDoes() {
        String before = everything();
        String lines = preview(BusyEngine::new);
        assertTrue(lines.contains("0 same, 0 changed, 2 split"), lines);
        assertTrue(lines.contains("drop test/busy"), lines);
        assertEquals(before, everything());
        sw.warp(3);
        assertEquals(0, sw.home.views().summary().failures());
    }

    @Test
    void aCandidateThatHangsHoldsUpNobodyButWhoAsked() throws InterruptedException {
        CountDownLatch hung = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Thread asking = Thread.ofVirtual().start(() -> preview(() -> (packet, forward) -> {
            hung.countDown();
            while (release.getCount() > 0) {
                Thread.onSpinWait();
            }
            forward.flood();
        }));
        hung.await();
        Thread loop = sw.home.loop.thread();
        sw.inject("a", A_TO_B.replace("src=02:00:00:00:00:0a", "src=02:00:00:00:00:0d"));
        assertEquals(1, sw.count("b"));
        assertSame(loop, sw.home.loop.thread());
        release.countDown();
        asking.join();
        assertEquals("first", sw.home.engine().name());
    }

    @Test
    void showsWhatAnotherFilterWouldDo() {
        sw.filter("deny", () -> (packet, verdict) -> verdict.reject(DropReason.of("test/denied")));
        PortDocument document = new PortDocument(2, "b", "sim", "b", PortVlan.access(10), List.of(new FilterDocument(1, "deny", false)));
        String before = everything();
        String lines = String.join("\n", new SwapPreview(sw.home).filter(document, 1, sw.filters.get("deny")));
        assertTrue(lines.startsWith("preview of filter deny@0.0.0 in slot 1 of b on the flows of now: 0 same, 2 changed, 0 split"), lines);
        assertTrue(lines.contains("1 flow: output b -> drop test/denied"), lines);
        assertEquals(before, everything());
    }

    @Test
    void countsFailuresOfTheCandidateWithoutChargingTheSwitch() {
        String lines = preview(() -> (packet, forward) -> {
            throw new IllegalStateException("always");
        });
        assertTrue(lines.contains("it failed 4 times"), lines);
        assertEquals(0, sw.home.views().summary().failures());
    }
}

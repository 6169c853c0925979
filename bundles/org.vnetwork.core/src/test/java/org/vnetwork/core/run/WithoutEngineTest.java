package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.FlowView;
import org.vnetwork.control.PortDocument;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.engine.learning.LearningEngine;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;

/** A switch without an engine: flows go on, and nothing comes in their way. */
class WithoutEngineTest {
    private static final String A_TO_B = "eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) ipv4(src=10.0.0.1,dst=10.0.0.2) udp(src=1,dst=2)";
    private static final String B_TO_A = "eth(src=02:00:00:00:00:0b,dst=02:00:00:00:00:0a) ipv4(src=10.0.0.2,dst=10.0.0.1) udp(src=2,dst=1)";
    private static final String STRANGER = "eth(src=02:00:00:00:00:0e,dst=02:00:00:00:00:0f) ipv4() udp()";

    private final TestSwitch sw = new TestSwitch(LearningEngine::new);

    /** Decides by addresses, or looks at what no flow can match. */
    private static final class Looking implements ForwardingEngine {
        private boolean looks;

        @Override
        public void decide(Packet packet, Forward forward) {
            if (looks) {
                packet.get(Field.TTL);
            } else {
                packet.get(Field.ETH_DST);
            }
            forward.to(2);
        }
    }

    @AfterEach
    void close() {
        sw.close();
    }

    private void known() {
        sw.ports(PortVlan.access(10), "a", "b");
        sw.inject("b", B_TO_A);
        sw.inject("a", A_TO_B);
        sw.captured("b");
    }

    private void withoutEngine() {
        sw.home.swap("first", null);
    }

    @Test
    void anUnknownFrameMakesNoFlowThatHidesTheKnownOnes() {
        known();
        withoutEngine();
        List<String> before = sw.flows().stream().map(FlowView::match).sorted().toList();
        sw.inject("a", STRANGER);
        sw.inject("a", A_TO_B);
        assertEquals(1, sw.count("b"), "the known flow");
        assertEquals(before, sw.flows().stream().map(FlowView::match).sorted().toList());
        for (int i = 0; i < 5; i++) {
            sw.inject("a", STRANGER);
        }
        assertEquals(6, sw.drops("core/no-engine"));
        assertEquals("", sw.imbalance());
        sw.swap("first", LearningEngine::new);
        sw.inject("a", STRANGER);
        assertEquals(1, sw.count("b"));
    }

    @Test
    void flowsOfFramesThatAreLookedAtGoSoThatTheOthersAreSeen() {
        Looking engine = new Looking();
        sw.ports(PortVlan.access(10), "a", "b");
        sw.swap("looking", () -> engine);
        sw.inject("a", A_TO_B);
        engine.looks = true;
        sw.inject("a", STRANGER);
        assertTrue(sw.flows().stream().anyMatch(FlowView::inspect));
        withoutEngine();
        sw.captured("b");
        sw.inject("a", A_TO_B);
        assertEquals(1, sw.count("b"));
        assertTrue(sw.flows().stream().noneMatch(FlowView::inspect));
    }

    /** Nobody can tell whether the port's new VLAN leads where the flow does. */
    @Test
    void aFlowEndsWhenItsPortChangesAndLeavesNothingInItsPlace() {
        known();
        withoutEngine();
        sw.home.setPort(new PortDocument(2, "b", "sim", "b", PortVlan.access(20), List.of()));
        sw.inject("a", A_TO_B);
        assertEquals(0, sw.count("b"));
        assertEquals(1, sw.drops("core/no-engine"));
        assertEquals(List.of(), sw.flows());
    }

    /** What the port itself refuses needs no engine. */
    @Test
    void whatThePortRefusesIsStillAFlow() {
        known();
        withoutEngine();
        for (int i = 0; i < 3; i++) {
            sw.inject("a", "eth() vlan(vid=7) payload(46)");
        }
        assertEquals(3, sw.drops("port/tag-not-admitted"));
        assertEquals(List.of("drop port/tag-not-admitted"), sw.flows().stream().map(FlowView::actions).filter(a -> a.startsWith("drop")).toList());
    }

    @Test
    void aTraceSaysThatNothingIsInstalled() {
        known();
        withoutEngine();
        assertEquals("none: no engine is installed", sw.home.views().trace("a", org.vnetwork.packet.wire.FrameText.build(STRANGER)).match());
    }
}

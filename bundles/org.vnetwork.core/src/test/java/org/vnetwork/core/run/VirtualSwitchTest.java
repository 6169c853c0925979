package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.FlowView;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.PortView;
import org.vnetwork.control.TraceView;
import org.vnetwork.engine.flood.FloodEngine;
import org.vnetwork.engine.learning.LearningEngine;
import org.vnetwork.model.PortVlan;

class VirtualSwitchTest {
    private static final String A_TO_B = "eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) ipv4(src=10.0.0.1,dst=10.0.0.2) udp(src=1,dst=2)";
    private static final String B_TO_A = "eth(src=02:00:00:00:00:0b,dst=02:00:00:00:00:0a) ipv4(src=10.0.0.2,dst=10.0.0.1) udp(src=2,dst=1)";

    private final TestSwitch sw = new TestSwitch(LearningEngine::new);

    @AfterEach
    void close() {
        sw.close();
    }

    private void threePorts() {
        sw.ports(PortVlan.access(10), "a", "b", "c");
    }

    @Test
    void floodsUnknownUnicastInsideTheVlan() {
        threePorts();
        sw.port("other", PortVlan.access(20));
        sw.inject("a", A_TO_B);
        assertEquals(List.of(0, 1, 1, 0), List.of(sw.count("a"), sw.count("b"), sw.count("c"), sw.count("other")));
    }

    @Test
    void sendsToTheLearnedPortAlone() {
        threePorts();
        sw.inject("b", B_TO_A);
        sw.captured("c");
        sw.inject("a", A_TO_B);
        assertEquals(1, sw.count("b"));
        assertEquals(0, sw.count("c"));
    }

    @Test
    void decidesTheSecondFrameOfAFlowInTheDatapath() {
        threePorts();
        sw.inject("a", A_TO_B);
        long decided = sw.decided();
        sw.inject("a", A_TO_B);
        sw.inject("a", A_TO_B.replace("dst=2)", "dst=3)"));
        assertEquals(decided, sw.decided());
        assertEquals(3, sw.count("b"));
        assertEquals(3, sw.flows().getFirst().packets());
    }

    @Test
    void aLearnedStationRedecidesTheFloodThatMissedIt() {
        threePorts();
        sw.inject("a", A_TO_B);
        FlowView flood = sw.flows().getFirst();
        long before = sw.decided();
        sw.inject("b", B_TO_A);
        sw.captured("c");
        sw.inject("a", A_TO_B);
        assertEquals(before + 1, sw.decided(), "the flow was replaced, not flushed");
        assertEquals(0, sw.count("c"));
        assertEquals("output b", sw.home.views().flow(flood.id()).actions());
    }

    @Test
    void followsAStationThatMoves() {
        threePorts();
        sw.inject("b", B_TO_A);
        sw.inject("a", A_TO_B);
        sw.inject("c", B_TO_A);
        sw.captured("b");
        sw.captured("c");
        sw.inject("a", A_TO_B);
        assertEquals(0, sw.count("b"));
        assertEquals(1, sw.count("c"));
    }

    @Test
    void learnsAgainWhenTheStationMovesBack() {
        threePorts();
        sw.inject("b", B_TO_A);
        sw.inject("c", B_TO_A);
        sw.inject("b", B_TO_A);
        sw.captured("b");
        sw.inject("a", A_TO_B);
        assertEquals(1, sw.count("b"));
    }

    @Test
    void forgetsASilentStationAlthoughOthersSendToIt() {
        threePorts();
        sw.inject("b", B_TO_A);
        sw.captured("c");
        for (int i = 0; i < 31; i++) {
            sw.inject("a", A_TO_B);
            sw.warp(10);
        }
        assertTrue(sw.count("c") > 0, "the last frames are flooded");
        assertEquals(1, sw.home.views().rows("fdb").size(), "the sender is still known");
    }

    @Test
    void keepsAStationYoungThatSendsThroughTheDatapathAlone() {
        threePorts();
        sw.inject("b", B_TO_A);
        long decided = sw.decided();
        for (int i = 0; i < 80; i++) {
            sw.inject("b", B_TO_A);
            sw.warp(5);
        }
        assertEquals(decided, sw.decided());
        assertEquals(1, sw.home.views().rows("fdb").size());
    }

    @Test
    void removesIdleFlows() {
        threePorts();
        sw.inject("a", A_TO_B);
        assertFalse(sw.flows().isEmpty());
        sw.warp(15);
        assertTrue(sw.flows().isEmpty());
    }

    @Test
    void tagsAndUntagsBetweenTrunkAndAccess() {
        sw.port("trunk", PortVlan.trunk(List.of(10, 20), 1)).port("access", PortVlan.access(10)).port("trunk2", PortVlan.trunk(List.of(10), 0));
        sw.inject("trunk", "eth(src=02:00:00:00:00:0a,dst=ff:ff:ff:ff:ff:ff) vlan(vid=10,pcp=5) payload(46)");
        assertEquals(List.of("eth(src=02:00:00:00:00:0a,dst=ff:ff:ff:ff:ff:ff) payload(46)"), sw.captured("access"));
        assertTrue(sw.captured("trunk2").getFirst().contains("vlan(vid=10,pcp=5)"));
        sw.inject("access", "eth(src=02:00:00:00:00:0c,dst=02:00:00:00:00:0a) payload(46)");
        assertTrue(sw.captured("trunk").getFirst().contains("vlan(vid=10)"));
    }

    @Test
    void refusesFramesThatThePortDoesNotAdmit() {
        sw.port("access", PortVlan.access(10)).port("trunk", PortVlan.trunk(List.of(20), 0));
        sw.inject("access", "eth() vlan(vid=10) payload(46)");
        sw.inject("trunk", "eth() vlan(vid=10) payload(46)");
        sw.inject("trunk", "eth() payload(46)");
        assertEquals(List.of(1L, 1L, 1L), List.of(sw.drops("port/tag-not-admitted"), sw.drops("port/vlan-not-allowed"), sw.drops("port/untagged-not-admitted")));
    }

    @Test
    void aPortThatChangesItsVlanIsOutOfTheOldOneAtOnce() {
        threePorts();
        sw.inject("b", B_TO_A);
        sw.inject("a", A_TO_B);
        sw.captured("b");
        sw.home.setPort(new PortDocument(2, "b", "sim", "b", PortVlan.access(20), List.of()));
        sw.inject("a", A_TO_B);
        assertEquals(0, sw.count("b"));
        assertEquals(1, sw.captured("c").size() - 1, "flooded in the old VLAN again");
    }

    @Test
    void aRemovedPortTakesItsFlowsAndStationsAlong() {
        threePorts();
        sw.inject("b", B_TO_A);
        sw.inject("a", A_TO_B);
        sw.home.removePort(new PortDocument(2, "b", "sim", "b", PortVlan.access(10), List.of()));
        assertEquals(1, sw.home.views().rows("fdb").size());
        assertTrue(sw.flows().stream().noneMatch(f -> f.actions().contains("#2") || f.match().contains("in=#2")));
    }

    @Test
    void swapsEnginesWithoutLosingTheFdb() {
        threePorts();
        sw.inject("b", B_TO_A);
        sw.inject("a", A_TO_B);
        sw.captured("c");
        sw.swap("flood", FloodEngine::new);
        sw.inject("a", A_TO_B);
        assertEquals(1, sw.count("c"));
        sw.swap("learning", LearningEngine::new);
        sw.inject("a", A_TO_B);
        assertEquals(0, sw.count("c"));
        assertEquals(3, sw.count("b"));
    }

    @Test
    void tracesWithoutAnyEffect() {
        threePorts();
        TraceView trace = sw.home.views().trace("a", org.vnetwork.packet.wire.FrameText.build(A_TO_B));
        assertEquals("output b,output c", trace.actions());
        assertTrue(trace.stages().stream().anyMatch(s -> s.writes().toString().contains("put fdb/1[vlan=10,mac=02:00:00:00:00:0a]")));
        assertTrue(trace.match().startsWith("in=a,"));
        assertEquals(0, sw.home.views().rows("fdb").size());
        assertEquals(0, sw.flows().size());
        assertEquals(0, sw.count("b"));
    }

    @Test
    void everyReceivedFrameEndsSomewhere() {
        threePorts();
        sw.inject("a", A_TO_B);
        sw.inject("a", A_TO_B);
        sw.inject("a", "eth(dst=01:80:c2:00:00:00) payload(46)");
        sw.inject("a", "eth() vlan(vid=3) payload(46)");
        PortView a = sw.home.views().ports().getFirst();
        assertEquals(4, a.received());
        assertEquals(4, a.outputs());
        assertEquals(2, a.dropped());
        assertEquals(a.received() + a.copies(), a.outputs() + a.dropped() + a.consumed());
    }
}

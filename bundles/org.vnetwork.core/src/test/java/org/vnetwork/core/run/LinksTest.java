package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.RowDocument;
import org.vnetwork.core.flow.Redecider;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.datapath.sim.SimDriver;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.engine.learning.LearningEngine;
import org.vnetwork.model.PortId;
import org.vnetwork.model.PortVlan;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;
import org.vnetwork.table.DataType;
import org.vnetwork.table.Table;
import org.vnetwork.table.shared.PortLink;

/** A link goes down: what was learned by it goes at once, and engines can see it. */
class LinksTest {
    private static final String TO_B = "eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) ipv4() udp(src=1,dst=2)";
    private static final String FROM_B = "eth(src=02:00:00:00:00:0b,dst=02:00:00:00:00:0a) ipv4() udp(src=2,dst=1)";

    private TestSwitch sw;

    @AfterEach
    void balance() {
        assertEquals("", sw.imbalance());
        sw.close();
    }

    private void learning() {
        sw = new TestSwitch(LearningEngine::new).ports(PortVlan.access(10), "a", "b", "c");
        sw.inject("b", FROM_B);
        sw.inject("a", TO_B);
        sw.inject("a", TO_B);
        sw.settle();
        sw.captured("b");
        sw.captured("c");
    }

    private void link(String port, boolean up) {
        sw.home.simulated().link(port, up);
        sw.settle();
    }

    private List<String> learnedAt(String port) {
        return sw.home.views().rows("fdb").stream().filter(r -> port.equals(r.row().get("port"))).map(r -> String.valueOf(r.key())).toList();
    }

    private boolean isUp(String port) {
        return sw.home.views().ports().stream().filter(p -> p.name().equals(port)).findFirst().orElseThrow().up();
    }

    @Test
    void aStationThatComesUpBehindAnotherPortIsReachedByFloodingAtOnce() {
        learning();
        link("b", false);
        assertEquals(List.of(), learnedAt("b"));
        assertEquals(1, learnedAt("a").size(), "stations elsewhere stay");
        sw.inject("a", TO_B);
        assertEquals(1, sw.count("c"), "flooded");
        assertEquals(1, sw.drops("datapath/link-down"), "of what the flood sent to b");
    }

    @Test
    void aFlowThatGoesOnToAPortWithoutLinkIsDroppedAndCounted() {
        sw = new TestSwitch(() -> (packet, forward) -> forward.to(2)).ports(PortVlan.access(10), "a", "b");
        sw.inject("a", TO_B);
        int flows = sw.flows().size();
        link("b", false);
        sw.inject("a", TO_B);
        assertEquals(1, sw.drops("datapath/link-down"));
        assertEquals(flows, sw.flows().size(), "the flow stays");
        link("b", true);
        sw.inject("a", TO_B);
        assertEquals(2, sw.count("b"));
    }

    @Test
    void whatStaysAndWhatIsPlacedStays() {
        learning();
        sw.home.placeRow(new RowDocument("fdb", Map.of("vlan", "10", "mac", "02:00:00:00:00:0c"), Map.of("port", "b", "fixed", "true")), true);
        link("b", false);
        assertEquals(1, learnedAt("b").size());
    }

    @Test
    void aLinkThatWasDownForAMomentIsNotMissed() {
        learning();
        sw.home.onLoop(() -> {
            ((org.vnetwork.datapath.Simulated) sw.home.datapath).link(2, false);
            ((org.vnetwork.datapath.Simulated) sw.home.datapath).link(2, true);
            return null;
        });
        sw.warp(1);
        assertTrue(isUp("b"));
        assertEquals(List.of(), learnedAt("b"));
    }

    /** Frames that waited when the link went down are decided afterwards. */
    @Test
    void whatIsLearnedFromFramesThatWaitedGoesToo() {
        learning();
        sw.home.onLoop(() -> {
            org.vnetwork.datapath.Simulated simulated = (org.vnetwork.datapath.Simulated) sw.home.datapath;
            simulated.inject(2, org.vnetwork.packet.wire.FrameText.build("eth(src=02:00:00:00:00:1b,dst=02:00:00:00:00:0a) ipv4() udp(src=2,dst=1)"));
            simulated.link(2, false);
            sw.home.watch.look();
            return null;
        });
        sw.warp(2);
        assertEquals(List.of(), learnedAt("b"));
    }

    @Test
    void aPortThatFlapsTouchesNothingOfOthers() {
        learning();
        Redecider.Totals before = sw.home.onLoop(sw.home::totals);
        for (int i = 0; i < 50; i++) {
            link("c", false);
            link("c", true);
        }
        assertEquals(before, sw.home.onLoop(sw.home::totals));
        assertEquals(2, sw.home.views().rows("fdb").size());
    }

    record Flow(PortId port, int number) {
    }

    @DataType("seen/1")
    record Seen(boolean yes) {
    }

    /** Goes to its second port while the first has no link, as a team does. */
    private static final class Failover implements ForwardingEngine {
        private final boolean notes;
        private Table<PortId, PortLink> links;
        private Table<Flow, Seen> seen;

        Failover(boolean notes) {
            this.notes = notes;
        }

        @Override
        public void open(Context context) {
            links = context.table(PortId.class, PortLink.class);
            seen = context.table(Flow.class, Seen.class);
        }

        @Override
        public void decide(Packet packet, Forward forward) {
            if (notes) {
                seen.put(new Flow(new PortId(2), 1), new Seen(true), Duration.ofSeconds(100));
            }
            forward.to(links.get(new PortId(2)).up() ? 2 : 3);
        }
    }

    @Test
    void anEngineReadsLinksAndItsFlowsAreDecidedAgain() {
        sw = new TestSwitch(() -> new Failover(false)).ports(PortVlan.access(10), "a", "b", "c");
        sw.inject("a", TO_B);
        sw.inject("a", TO_B);
        assertEquals(2, sw.count("b"));
        int id = sw.flows().getFirst().id();
        link("b", false);
        assertTrue(sw.flows().stream().anyMatch(f -> f.id() == id && f.actions().equals("output c")), sw.flows()::toString);
        sw.inject("a", TO_B);
        assertEquals(1, sw.count("c"));
        link("b", true);
        sw.inject("a", TO_B);
        assertEquals(1, sw.count("b"));
        assertEquals(0, sw.drops("datapath/link-down"));
    }

    @Test
    void rowsThatNameThePortInTheirKeyGoToo() {
        sw = new TestSwitch(() -> new Failover(true)).ports(PortVlan.access(10), "a", "b", "c");
        sw.inject("a", TO_B);
        assertEquals(1, sw.home.views().rows("seen").size());
        link("b", false);
        assertEquals(List.of(), sw.home.views().rows("seen"));
    }

    @Test
    void nobodyElseWritesLinks() {
        sw = new TestSwitch(() -> new ForwardingEngine() {
            @Override
            public void open(Context context) {
                Table<PortId, PortLink> links = context.table(PortId.class, PortLink.class);
                assertThrows(Refusal.class, () -> links.put(new PortId(1), new PortLink(false)));
                assertThrows(Refusal.class, () -> links.remove(new PortId(1)));
            }

            @Override
            public void decide(Packet packet, Forward forward) {
                forward.flood();
            }
        }).ports(PortVlan.access(10), "a");
        assertThrows(Refusal.class, () -> sw.home.onLoop(() -> {
            sw.home.rowText().check(new RowDocument("link", Map.of("value", "1"), Map.of("up", "false")));
            return null;
        }));
        assertEquals(List.of("true"), sw.home.views().rows("link").stream().map(r -> String.valueOf(r.row().get("up"))).toList());
    }

    @Test
    void aPortThatCannotBeAttachedHasALinkThatIsDown() {
        sw = new TestSwitch(new SimDriver().open("test", "sw1", java.nio.file.Path.of(".")), Journal.none());
        sw.home.restorePort(new org.vnetwork.control.PortDocument(1, "x", "netdev", "none", PortVlan.access(10), List.of()));
        assertEquals("false", String.valueOf(sw.home.views().rows("link").getFirst().row().get("up")));
        sw.home.restored();
    }
}

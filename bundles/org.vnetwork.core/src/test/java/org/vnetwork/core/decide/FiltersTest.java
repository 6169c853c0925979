package org.vnetwork.core.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.filter.Direction;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Field;
import org.vnetwork.table.DataType;
import org.vnetwork.table.Table;

class FiltersTest extends DecideTest {
    private static final String FRAME = "eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) ipv4() udp()";
    private static final DropReason DENIED = DropReason.of("test/denied");
    private final List<String> calls = new ArrayList<>();

    @DataType("seen/1")
    record Seen(int times) {
    }

    record Where(int place) {
    }

    @BeforeEach
    void ports() {
        engine = (packet, forward) -> {
            calls.add("engine");
            forward.flood();
        };
        port(1, PortVlan.access(10), slot(2), slot(7));
        port(2, PortVlan.access(10), slot(1), slot(9));
        port(3, PortVlan.access(10));
        port(4, PortVlan.access(20));
        note(1, 2);
        note(1, 7);
        note(2, 1);
        note(2, 9);
    }

    private static FilterDocument slot(int slot) {
        return new FilterDocument(slot, "f" + slot, false);
    }

    private void note(int port, int slot) {
        filter(port, slot, (packet, verdict) -> calls.add(port + "/" + slot + " " + verdict.direction()));
    }

    @Test
    void frameMeetsSlotsInAscendingOrderOnTheWayInAndDescendingOnTheWayOut() {
        assertEquals("output p3,output p2", actions(decide(1, FRAME)));
        assertEquals(List.of("1/2 IN", "1/7 IN", "engine", "2/9 OUT", "2/1 OUT"), calls);
    }

    @Test
    void aRejectionOnTheWayInEndsTheFrame() {
        filter(1, 2, (packet, verdict) -> verdict.reject(DENIED));
        Decision decision = decide(1, FRAME);
        assertEquals("drop test/denied", actions(decision));
        assertEquals(Decision.End.DROPPED, decision.end());
        assertEquals(List.of(), calls);
        assertFalse(decision.inspect());
    }

    @Test
    void aRejectionOnTheWayOutConcernsThatOutputAlone() {
        filter(2, 9, (packet, verdict) -> verdict.reject(DENIED));
        assertEquals("drop test/denied,output p3", actions(decide(1, FRAME)));
    }

    @Test
    void aRewriteOnTheWayOutConcernsThatOutputAlone() {
        filter(2, 9, (packet, verdict) -> verdict.set(Field.ETH_SRC, 0x77));
        filter(2, 1, (packet, verdict) -> calls.add("sees " + packet.source()));
        List<String> out = execute(decide(1, FRAME), 1, FRAME);
        assertTrue(out.contains("3: " + FRAME), out.toString());
        assertTrue(out.contains("2: eth(src=00:00:00:00:00:77,dst=02:00:00:00:00:0b) ipv4() udp()"), out.toString());
        assertTrue(calls.contains("sees 119"));
    }

    @Test
    void aRewriteOnTheWayInIsSeenByAllThatFollow() {
        filter(1, 2, (packet, verdict) -> verdict.set(Field.ETH_DST, 0x55));
        filter(1, 7, (packet, verdict) -> calls.add("sees " + packet.destination()));
        List<String> out = execute(decide(1, FRAME), 1, FRAME);
        assertTrue(calls.contains("sees 85"));
        assertTrue(out.stream().allMatch(o -> o.contains("dst=00:00:00:00:00:55")), out.toString());
    }

    @Test
    void aRedirectOnTheWayInPassesNoEngineAndNoFurtherFilter() {
        filter(1, 2, (packet, verdict) -> verdict.redirect(2));
        assertEquals("output p2", actions(decide(1, FRAME)));
        assertEquals(List.of(), calls);
    }

    @Test
    void aRedirectOnTheWayOutGoesThereInstead() {
        filter(2, 9, (packet, verdict) -> verdict.redirect(3));
        Decision decision = decide(1, FRAME, (packet, forward) -> forward.to(2));
        assertEquals("output p3", actions(decision));
        assertEquals(List.of("1/2 IN", "1/7 IN"), calls);
    }

    @Test
    void aCopyGoesElsewhereAndTheFrameGoesOn() {
        filter(1, 2, (packet, verdict) -> {
            verdict.copy().set(Field.ETH_SRC, 0x77).to(3);
            verdict.pass();
        });
        Decision decision = decide(1, FRAME, (packet, forward) -> forward.to(2));
        List<String> out = execute(decision, 1, FRAME);
        assertTrue(out.contains("2: " + FRAME), out.toString());
        assertTrue(out.contains("3: eth(src=00:00:00:00:00:77,dst=02:00:00:00:00:0b) ipv4() udp()"), out.toString());
        filter(2, 1, (packet, verdict) -> verdict.copy().to(3));
        assertEquals(3, execute(decide(1, FRAME), 1, FRAME).size());
    }

    @Test
    void aCopyIsMadeOfAFrameThatIsRejectedToo() {
        filter(1, 2, (packet, verdict) -> {
            verdict.copy().to(3);
            verdict.reject(DENIED);
        });
        assertEquals("drop test/denied,output p3", actions(decide(1, FRAME)));
    }

    @Test
    void filtersThatCopyToEachOtherComeToAnEnd() {
        filter(2, 1, (packet, verdict) -> verdict.copy().to(2, 3));
        assertEquals("output p2,output p2,output p3", actions(decide(1, FRAME, (packet, forward) -> forward.to(2))));
    }

    @Test
    void noStageGetsAFrameOutOfItsVlan() {
        filter(1, 2, (packet, verdict) -> verdict.copy().to(4));
        filter(1, 7, (packet, verdict) -> verdict.redirect(4));
        assertEquals("drop port/not-in-vlan,drop port/not-in-vlan", actions(decide(1, FRAME)));
        note(1, 2);
        note(1, 7);
        filter(2, 9, (packet, verdict) -> verdict.redirect(4));
        assertEquals("drop port/not-in-vlan,drop port/not-in-vlan", actions(decide(1, FRAME, (packet, forward) -> forward.to(2, 4))));
    }

    @Test
    void aFilterThatThrowsUndoesItsOwnWritesRewritesAndCopies() {
        Table<Where, Seen> seen = tables.view(Where.class, Seen.class);
        filter(1, 2, (packet, verdict) -> {
            seen.put(new Where(1), new Seen(1));
            verdict.set(Field.ETH_DST, 0x11);
        });
        filter(1, 7, (packet, verdict) -> {
            seen.put(new Where(2), new Seen(1));
            verdict.set(Field.ETH_DST, 0x22).copy().to(3);
            verdict.redirect(3);
            throw new IllegalStateException("test");
        });
        port(1, PortVlan.access(10), slot(2), new FilterDocument(7, "f7", true));
        Decision decision = decide(1, FRAME, (packet, forward) -> forward.to(2));
        assertEquals(List.of("2: eth(src=02:00:00:00:00:0a,dst=00:00:00:00:00:11) ipv4() udp()"), execute(decision, 1, FRAME));
        assertEquals(new Seen(1), seen.get(new Where(1)));
        assertEquals(null, seen.get(new Where(2)));
        assertEquals(List.of("filter f7"), failures);
        assertTrue(decision.inspect(), "the next frame may fare better");
    }

    @Test
    void aPortFailsClosedUnlessToldOtherwise() {
        filter(1, 7, (packet, verdict) -> {
            throw new AssertionError("test");
        });
        assertEquals("drop core/filter-failed", actions(decide(1, FRAME)));
        filter(1, 7, null);
        Decision decision = decide(1, FRAME);
        assertEquals("drop core/filter-failed", actions(decision));
        assertFalse(decision.inspect(), "it depends on there being none, and is made again when one comes");
        assertEquals(1, decision.reads().stream().filter(r -> r.toString().equals("filter/1[port=#1,slot=7]")).count(), () -> decision.reads().toString());
        assertEquals(1, failures.size(), "one that is not installed is no failure");
        note(1, 7);
        filter(2, 1, null);
        assertEquals("drop core/filter-failed,output p3", actions(decide(1, FRAME)));
        port(2, PortVlan.access(10), new FilterDocument(1, "f1", true), slot(9));
        assertEquals("output p3,output p2", actions(decide(1, FRAME)));
    }

    @Test
    void anEngineThatThrowsOrLeavesNoResultDropsAndUndoes() {
        Table<Where, Seen> seen = tables.view(Where.class, Seen.class);
        filter(1, 2, (packet, verdict) -> seen.put(new Where(1), new Seen(1)));
        Decision decision = decide(1, FRAME, (packet, forward) -> {
            seen.put(new Where(2), new Seen(1));
            forward.to(2);
            throw new StackOverflowError("test");
        });
        assertEquals("drop core/engine-failed", actions(decision));
        assertEquals(new Seen(1), seen.get(new Where(1)));
        assertEquals(null, seen.get(new Where(2)));
        assertEquals("drop core/engine-failed", actions(decide(1, FRAME, (packet, forward) -> forward.set(Field.ETH_DST, 1))));
        assertEquals("drop core/engine-failed", actions(decide(1, FRAME, (packet, forward) -> forward.copy())));
        assertEquals(3, failures.size());
        engine = null;
        Decision undecided = decide(1, FRAME);
        assertEquals("drop core/no-engine", actions(undecided));
        assertTrue(undecided.undecided());
    }

    @Test
    void consumedFramesHaveNoActionsAndFloodsToNobodyAReason() {
        Decision consumed = decide(1, FRAME, (packet, forward) -> forward.consume());
        assertEquals(List.of(Decision.End.CONSUMED, List.of()), List.of(consumed.end(), consumed.actions()));
        assertEquals("drop port/no-other-member", actions(decide(4, FRAME, (packet, forward) -> forward.flood())));
        assertEquals("output p1", actions(decide(1, FRAME, (packet, forward) -> forward.to(1))), "back out of the ingress port");
    }

    @Test
    void directionsAndPortsAreToldToTheFilter() {
        filter(2, 9, (packet, verdict) -> calls.add(verdict.port() + " " + verdict.direction() + " " + packet.ingress() + " " + packet.vlan()));
        decide(1, FRAME);
        assertTrue(calls.contains("2 " + Direction.OUT + " 1 10"), calls.toString());
    }
}

package org.vnetwork.core.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.core.row.Dependency;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.wire.Frame;

class FloodsTest extends DecideTest {
    private static final String UNTAGGED = "eth(src=02:00:00:00:00:01,dst=ff:ff:ff:ff:ff:ff) payload(46)";

    @BeforeEach
    void floodingEngine() {
        engine = (packet, actions) -> actions.flood();
    }

    private Decision decide(String text) {
        Frame frame = frame(1, text);
        return pipeline().evaluate(key(frame), frame);
    }

    private static String reads(Decision decision) {
        return decision.reads().stream().map(Dependency::toString).sorted().collect(Collectors.joining(" "));
    }

    @Test
    void aFloodToAThousandPortsReadsOneRowOfThem() {
        IntStream.rangeClosed(1, 1000).forEach(id -> port(id, PortVlan.access(10)));
        Decision decision = decide(UNTAGGED);
        assertEquals(999, decision.outputs().size());
        assertFalse(decision.outputs().contains(1));
        assertEquals("member/1[id=10] port/1[value=1]", reads(decision));
    }

    @Test
    void theRowOfAPortWithFiltersIsReadToo() {
        port(1, PortVlan.access(10));
        port(2, PortVlan.access(10));
        port(3, PortVlan.access(10), new FilterDocument(4, "f", true));
        assertEquals("filter/1[port=#3,slot=4] member/1[id=10] port/1[value=1] port/1[value=3]", reads(decide(UNTAGGED)));
    }

    @Test
    void eachKindOfPortGetsTheTagThatItAsksForAndAListHasEachRewriteOnce() {
        port(1, PortVlan.access(10));
        for (int id = 2; id < 12; id += 5) {
            port(id, PortVlan.access(10));
            port(id + 1, PortVlan.trunk(List.of(10, 20), 0));
            port(id + 2, PortVlan.trunk(List.of(10, 20), 10));
            port(id + 3, PortVlan.trunk(List.of(10), 0).withServiceTags());
            port(id + 4, PortVlan.access(20));
        }
        assertEquals("output p2,output p7,output p4,output p9,push(vid=10),output p3,output p8,pop,push(vid=10,service=true),output p5,output p10", actions(decide(UNTAGGED)));
    }

    @Test
    void aTagThatWouldBeLeftBareIsADropForEachTrunkWhoseNativeVlanItIs() {
        port(1, PortVlan.trunk(List.of(10), 0));
        port(2, PortVlan.trunk(List.of(10), 10));
        port(3, PortVlan.trunk(List.of(10), 10));
        port(4, PortVlan.access(10));
        Decision decision = decide("eth(src=02:00:00:00:00:01,dst=ff:ff:ff:ff:ff:ff) vlan(vid=10) vlan(vid=20) payload(46)");
        assertTrue(actions(decision).startsWith("drop port/tag-not-admitted,drop port/tag-not-admitted,"), actions(decision));
        assertEquals(Set.of(4), decision.outputs());
    }

    @Test
    void aFloodFollowsAPortsVlansAndFilters() {
        port(1, PortVlan.access(10));
        port(2, PortVlan.access(10));
        assertEquals("output p2", actions(decide(UNTAGGED)));
        port(2, PortVlan.trunk(List.of(10), 0));
        assertEquals("push(vid=10),output p2", actions(decide(UNTAGGED)));
        port(2, PortVlan.trunk(List.of(10), 0), new FilterDocument(1, "f", false));
        assertEquals("drop core/filter-failed", actions(decide(UNTAGGED)), "the filter is not installed");
        port(2, PortVlan.access(20));
        assertEquals("drop port/no-other-member", actions(decide(UNTAGGED)));
    }
}

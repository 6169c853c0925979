package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.PortDocument;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;
import org.vnetwork.table.DataType;
import org.vnetwork.table.Table;

/** An engine whose behaviour is a row: each change of it must end each flow in the right one of four ways. */
class RedecisionTest {
    private static final String FRAME = "eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) ipv4() udp(src=1,dst=2)";
    private final List<Table<Rule, Way>> table = new ArrayList<>();
    private final TestSwitch sw = new TestSwitch(Steered::new);

    record Rule(int id) {
    }

    @DataType("way/1")
    record Way(int port, boolean byAddress, boolean writes) {
    }

    private final class Steered implements ForwardingEngine {
        private Table<Rule, Way> ways;

        @Override
        public void open(Context context) {
            ways = context.table(Rule.class, Way.class);
            table.add(ways);
        }

        @Override
        public void decide(Packet packet, Forward forward) {
            Way way = ways.get(new Rule(1));
            if (way.byAddress()) {
                packet.get(Field.L4_DST);
            }
            if (way.writes() && ways.get(new Rule(2)) == null) {
                ways.put(new Rule(2), way);
            }
            forward.to(way.port());
        }
    }

    @BeforeEach
    void start() {
        sw.ports(PortVlan.access(10), "a", "b", "c");
        steer(new Way(2, false, false));
        sw.inject("a", FRAME);
        assertEquals(1, sw.count("b"));
    }

    @AfterEach
    void close() {
        sw.close();
    }

    private String steer(Way way) {
        var before = sw.home.onLoop(() -> sw.home.totals());
        sw.home.onLoop(() -> {
            table.getFirst().put(new Rule(1), way);
            return null;
        });
        sw.settle();
        return sw.home.onLoop(() -> sw.home.totals()).since(before).toString();
    }

    @Test
    void keepsAFlowWhoseActionsStay() {
        assertEquals("0 kept, 0 replaced, 0 drained, 0 revoked", steer(new Way(2, false, false)));
        sw.home.setPort(new PortDocument(2, "b", "sim", "b", PortVlan.trunk(List.of(10, 20), 10), List.of()));
        assertTrue(sw.swap("again", Steered::new).toString().contains("1 kept, 0 replaced"), "the same decision by another engine");
        assertEquals(1, sw.flows().size());
    }

    @Test
    void replacesTheActionsUnderTheSameMask() {
        int id = sw.flows().getFirst().id();
        assertEquals("0 kept, 1 replaced, 0 drained, 0 revoked", steer(new Way(3, false, false)));
        long decided = sw.decided();
        sw.inject("a", FRAME);
        assertEquals(List.of(1, decided), List.of(sw.count("c"), sw.decided()));
        assertEquals(id, sw.flows().getFirst().id());
    }

    @Test
    void drainsAFlowBehindTheNarrowerOneThatFollowsIt() {
        assertEquals("0 kept, 0 replaced, 1 drained, 0 revoked", steer(new Way(3, true, false)));
        long decided = sw.decided();
        sw.inject("a", FRAME);
        assertEquals(List.of(1, decided), List.of(sw.count("c"), sw.decided()), "the stored key was decided, nothing came up");
        sw.warp(2);
        assertEquals(List.of(true), sw.flows().stream().map(f -> f.match().contains("l4_dst=2")).toList(), "the wide one has gone");
        assertEquals("0 kept, 1 replaced, 0 drained, 0 revoked", steer(new Way(2, false, false)), "its mask covers what is read now");
        assertTrue(sw.flows().getFirst().match().contains("l4_dst=2"));
        assertEquals("", sw.imbalance());
    }

    @Test
    void aDrainingFlowServesWhatNoOtherDoesAndLearnsFromACopy() {
        steer(new Way(3, true, false));
        long decided = sw.decided();
        String other = FRAME.replace("dst=2)", "dst=5)");
        sw.inject("a", other);
        assertEquals(List.of(1, 0), List.of(sw.count("b"), sw.count("c")), "it went where the draining flow sends it, once");
        assertEquals(decided + 1, sw.decided(), "and a copy of it was decided");
        sw.inject("a", other);
        assertEquals(List.of(0, 1), List.of(sw.count("b"), sw.count("c")));
        assertEquals(decided + 1, sw.decided());
        assertEquals("", sw.imbalance());
    }

    @Test
    void drainsAFlowWhoseDecisionWouldWrite() {
        assertEquals("0 kept, 0 replaced, 1 drained, 0 revoked", steer(new Way(3, false, true)));
        assertEquals(List.of(true), sw.flows().stream().map(f -> f.actions().startsWith("copy up")).toList());
        assertEquals(1, sw.home.views().rows("way").size(), "nothing was written");
        sw.inject("a", FRAME);
        assertEquals(2, sw.home.views().rows("way").size(), "a copy was decided and committed");
        assertEquals(List.of(1, 0), List.of(sw.count("b"), sw.count("c")), "and not sent");
        sw.inject("a", FRAME);
        assertEquals(1, sw.count("c"));
        sw.warp(2);
        assertEquals(1, sw.flows().size());
        assertEquals("", sw.imbalance());
    }

    @Test
    void revokesAtOnceWhatIsDeniedNow() {
        assertEquals("0 kept, 0 replaced, 1 drained, 0 revoked", steer(new Way(2, true, false)));
        assertEquals(2, sw.flows().size());
        sw.home.setPort(new PortDocument(2, "b", "sim", "b", PortVlan.access(20), List.of()));
        sw.settle();
        assertEquals(List.of(), sw.flows().stream().filter(f -> f.actions().contains("output")).toList(), "the narrow one drops, the draining one did not wait");
        sw.inject("a", FRAME);
        assertEquals(0, sw.count("b"));
        assertEquals("", sw.imbalance());
    }

    @Test
    void whatTheRowDoesNotConcernIsNotDecidedAgain() {
        sw.home.onLoop(() -> {
            table.getFirst().put(new Rule(77), new Way(2, true, true));
            return null;
        });
        sw.home.setPort(new PortDocument(3, "c", "sim", "c", PortVlan.access(20), List.of()));
        assertEquals("0 kept, 0 replaced, 0 drained, 0 revoked", sw.home.onLoop(() -> sw.home.totals()).toString());
    }
}

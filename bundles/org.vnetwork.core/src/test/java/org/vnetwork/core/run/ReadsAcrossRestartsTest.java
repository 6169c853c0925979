package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.Limit;
import org.vnetwork.control.LimitsDocument;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.RowDocument;
import org.vnetwork.engine.learning.LearningEngine;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.filter.Verdict;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;
import org.vnetwork.table.DataType;
import org.vnetwork.table.Match;
import org.vnetwork.table.RuleTable;

/** What the process after a dead one knows of its flows before it has decided any of them again, and what that saves it from. */
class ReadsAcrossRestartsTest extends Lives {
    private static final DropReason DENIED = DropReason.of("test/denied");

    @Test
    void whatAFlowReadIsKnownAlthoughNothingCanBeDecided() {
        Map<Integer, Set<String>> before = reads();
        assertTrue(before.values().stream().allMatch(r -> r.toString().contains("port/1[") && r.toString().contains("fdb/1[")), before::toString);
        restart(null, port(1, 10), port(2, 10));
        assertEquals(before, reads());
        restart(null, port(1, 10), port(2, 10));
        assertEquals(before, reads(), "in the process after that one too");
        assertEquals(List.of(), writes);
    }

    @Test
    void aPortThatLeavesItsVlanTakesItsFlowsWithItAlthoughTheEngineIsMissing() {
        restart(null, port(1, 10), port(2, 10));
        sw.home.setPort(port(2, 20));
        sw.captured("p2");
        sw.inject("p1", A_TO_B);
        assertEquals(List.of(0, "0 kept, 0 replaced, 0 drained, 2 revoked"), List.of(sw.count("p2"), totals()));
    }

    @Test
    void soDoesOneThatLeftItWhileNoProcessWasThere() {
        restart(null, port(1, 10), port(2, 20));
        sw.captured("p2");
        sw.inject("p1", A_TO_B);
        assertEquals(List.of(0, "0 kept, 0 replaced, 0 drained, 2 revoked"), List.of(sw.count("p2"), totals()));
    }

    @Test
    void anotherPortsChangeConcernsNoFlow() {
        restart(null, port(1, 10), port(2, 10), port(3, 30));
        sw.home.setPort(port(3, 40));
        assertEquals("0 kept, 0 replaced, 0 drained, 0 revoked", totals());
    }

    /** The flows of a station are wide: the new filter's verdict is known of the frame alone by which the flow is decided again. */
    @Test
    void aFilterThatCameMeanwhileIsPassedByNoFrame() {
        filters.put("no-53", () -> (packet, verdict) -> {
            if (packet.get(Field.L4_DST) == 53) {
                verdict.reject(DENIED);
            }
        });
        restart(LearningEngine::new, port(1, 10), port(2, 10, new FilterDocument(1, "no-53", false)));
        assertFalse(writes.contains("drain"), () -> writes + " " + totals());
        sw.captured("p2");
        sw.inject("p1", frame(0x0a, 0x0b, 53));
        assertEquals(List.of(0, 1L), List.of(sw.count("p2"), sw.drops("test/denied")));
        sw.inject("p1", A_TO_B);
        assertEquals(1, sw.count("p2"));
    }

    @Test
    void anEngineThatReadsMoreMakesThemDrainAsItDoesInALivingProcess() {
        restart(Narrow::new, port(1, 10), port(2, 10));
        assertEquals("0 kept, 0 replaced, 2 drained, 0 revoked", totals());
    }

    /** What the test's rules say. */
    @DataType("test.ban/1")
    private record Ban(String why) {
    }

    /** Rejects what a rule names; the rules are there once it is open. */
    private static final class Bans implements PacketFilter {
        private final Match[] matches;
        private RuleTable<Ban> rules;

        Bans(Match... matches) {
            this.matches = matches;
        }

        @Override
        public void open(Context context) {
            rules = context.rules(Ban.class);
            for (int i = 0; i < matches.length; i++) {
                rules.put(i, 10, matches[i], new Ban("test"));
            }
        }

        @Override
        public void filter(Packet packet, Verdict verdict) {
            if (rules.first(packet) != null) {
                verdict.reject(DENIED);
            }
        }
    }

    private static final PortDocument GUARDED = port(2, 10, new FilterDocument(1, "bans", false));

    private void guard() {
        filters.put("bans", () -> new Bans(Match.ANY.and(Field.VLAN_PCP, 7)));
        restart(LearningEngine::new, port(1, 10), GUARDED);
        sw.inject("p1", A_TO_B);
        sw.captured("p2");
    }

    @Test
    void aRuleThatCameMeanwhileIsPassedByNoFrame() {
        guard();
        filters.put("bans", () -> new Bans(Match.ANY.and(Field.VLAN_PCP, 7), Match.ANY.and(Field.L4_DST, 53)));
        restart(LearningEngine::new, port(1, 10), GUARDED);
        assertFalse(writes.contains("drain"), () -> writes + " " + totals());
        sw.inject("p1", frame(0x0a, 0x0b, 53));
        sw.inject("p1", A_TO_B);
        assertEquals(List.of(1, 1L), List.of(sw.count("p2"), sw.drops("test/denied")));
    }

    @Test
    void aRuleThatComesWhileTheEngineIsMissingConcernsThoseThatAskedForAny() {
        guard();
        Bans[] opened = new Bans[1];
        filters.put("bans", () -> opened[0] = new Bans(Match.ANY.and(Field.VLAN_PCP, 7)));
        restart(null, port(1, 10), GUARDED);
        sw.inject("p1", A_TO_B);
        assertEquals(List.of(1, List.of()), List.of(sw.count("p2"), writes), "until a rule changes they go on");
        sw.home.onLoop(() -> {
            opened[0].rules.put(9, 10, Match.ANY.and(Field.L4_DST, 53), new Ban("now"));
            return null;
        });
        sw.settle();
        sw.inject("p1", frame(0x0a, 0x0b, 53));
        assertEquals(0, sw.count("p2"));
    }

    @Test
    void thatRulesWereAskedIsKnownInEveryLifeToCome() {
        guard();
        for (int life = 0; life < 3; life++) {
            restart(LearningEngine::new, port(1, 10), GUARDED);
            assertTrue(reads().get(0).contains("test.ban/1[no rule]"), () -> reads().toString());
            adopt(LearningEngine::new, port(1, 10), GUARDED);
            assertTrue(reads().get(0).contains("test.ban/1[any rule]"), () -> reads().toString());
        }
    }

    @Test
    void aChangeIsNoticedOnce() {
        restart(LearningEngine::new, port(1, 10), port(2, 20));
        String decided = sw.flows().toString();
        restart(null, port(1, 10), port(2, 20));
        assertEquals("0 kept, 0 replaced, 0 drained, 0 revoked", totals(), decided);
        restart(LearningEngine::new, port(1, 10), port(2, 10));
        sw.inject("p2", B_TO_A);
        sw.inject("p1", A_TO_B);
        sw.captured("p2");
        restart(null, port(1, 10), port(2, 20));
        sw.inject("p1", A_TO_B);
        assertEquals(0, sw.count("p2"), "back where it was two lives ago");
    }

    @Test
    void withoutItsEngineAFlowOutlivesRowsThatNobodyKeepsYoung() {
        restart(null, port(1, 10), port(2, 10));
        sw.captured("p2");
        for (int i = 0; i < 70; i++) {
            sw.warp(5);
            sw.inject("p1", A_TO_B);
            sw.inject("p2", B_TO_A);
        }
        assertEquals(70, sw.count("p2"));
        sw.home.limit(new LimitsDocument(Map.of(Limit.PORT_ROWS, 1)));
        sw.settle();
        sw.inject("p1", A_TO_B);
        assertEquals(List.of(1, "0 kept, 0 replaced, 0 drained, 0 revoked"), List.of(sw.count("p2"), totals()));
        sw.swap("engine", LearningEngine::new);
        sw.settle();
        sw.inject("p1", A_TO_B);
        assertEquals(List.of(1, 0L), List.of(sw.count("p2"), sw.decided()), "nor is it decided as if nobody had spoken");
    }

    private static RowDocument fdb(String mac, String port) {
        return new RowDocument("fdb/1", Map.of("vlan", "10", "mac", mac), Map.of("port", port, "fixed", "true"));
    }

    /** What it says cannot be asked then, and it may deny. */
    @Test
    void aRowThatIsPlacedWhileTheEngineIsMissingEndsTheFlowsThatReadIt() {
        restart(null, port(1, 10), port(2, 10));
        sw.home.placeRow(fdb("02:00:00:00:00:77", "p1"), true);
        assertEquals("0 kept, 0 replaced, 0 drained, 0 revoked", totals());
        sw.home.placeRow(fdb("02:00:00:00:00:0b", "p1"), true);
        sw.captured("p2");
        sw.inject("p1", A_TO_B);
        assertEquals(0, sw.count("p2"));
    }

    /** Flows that read more by now would drain, as after any change that cannot deny. */
    @Test
    void aPlacedRowThatIsAnotherInTheNextProcessMayDeny() {
        sw.home.placeRow(fdb("02:00:00:00:00:0b", "p2"), true);
        die();
        live(Narrow::new, port(1, 10), port(2, 10));
        sw.home.placeRow(fdb("02:00:00:00:00:0b", "p2"), true);
        restored();
        assertEquals("0 kept, 0 replaced, 2 drained, 0 revoked", totals(), "it is as it was");
        sw.warp(2);
        sw.inject("p1", A_TO_B);
        die();
        live(LearningEngine::new, port(1, 10), port(2, 10));
        sw.swap("engine", Rated::new);
        restored();
        assertEquals(List.of(), sw.flows().stream().filter(f -> f.actions().contains("copy up")).toList(), "it is gone: nothing that read it drains");
    }

    @Test
    void aRowThatWasPlacedAndIsNotAnyMoreDoesNotComeBack() {
        RowDocument row = new RowDocument("fdb/1", Map.of("vlan", "10", "mac", "02:00:00:00:00:77"), Map.of("port", "p2", "fixed", "true"));
        sw.home.placeRow(row, true);
        assertTrue(sw.home.placed().has(row));
        restart(LearningEngine::new, port(1, 10), port(2, 10));
        assertFalse(sw.home.placed().has(row));
        assertEquals(2, sw.home.views().rows("fdb").size(), "those that were learned do");
    }

    @Test
    void whatAFlowReadOfAnEngineThatIsMissingIsKnownWithoutIt() {
        restart(Rated::new, port(1, 10), port(2, 10));
        sw.inject("p1", A_TO_B);
        Map<Integer, Set<String>> before = reads();
        assertTrue(before.toString().contains("test.rate/1[rate=100, any]"), before::toString);
        restart(null, port(1, 10), port(2, 10));
        assertEquals(before, reads(), "the table is there without the engine's classes");
        restart(Rated::new, port(1, 10), port(2, 10));
        assertEquals(before, reads());
        adopt(Rated::new, port(1, 10), port(2, 10));
        assertEquals(before, reads(), "before any is decided again");
    }
}

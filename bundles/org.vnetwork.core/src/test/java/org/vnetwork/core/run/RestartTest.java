package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.FlowView;
import org.vnetwork.engine.learning.LearningEngine;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;

/** A switch whose process dies, on a datapath that goes on: what the next process makes of the journal and the flows. */
class RestartTest extends Lives {
    private static final String C_TO_A = frame(0x0c, 0x0a, 1);

    private String summary() {
        return sw.flows().stream().map(f -> f.id() + " " + f.match() + " " + f.actions() + " " + f.packets() + " " + f.rows() + " " + f.refreshes()).sorted().toList().toString();
    }

    @Test
    void rowsFlowsAndCountersAreAsBeforeAndNothingIsWritten() {
        String before = summary();
        String rows = sw.home.views().rows("fdb").toString().replaceAll("age\\w*=\\d+", "");
        restart(LearningEngine::new, port(1, 10), port(2, 10));
        assertEquals(List.of(), writes);
        assertEquals(before, summary());
        assertEquals(rows, sw.home.views().rows("fdb").toString().replaceAll("age\\w*=\\d+", ""));
        assertEquals("2 kept, 0 replaced, 0 drained, 0 revoked", totals());
        sw.inject("p1", A_TO_B);
        assertEquals(0, sw.decided());
        assertTrue(sw.events().toString().contains("took over 2 flows and 2 rows"), () -> sw.events().toString());
    }

    @Test
    void aRowThatChangesAfterwardsConcernsItsReadersAlone() {
        restart(LearningEngine::new, port(1, 10), port(2, 10));
        FlowView toB = sw.flows().stream().filter(f -> f.match().contains("dst=02:00:00:00:00:0b")).findFirst().orElseThrow();
        sw.home.removePort(port(2, 10));
        assertTrue(sw.flows().stream().noneMatch(f -> f.id() == toB.id() && f.actions().contains("output")), () -> sw.flows().toString());
    }

    @Test
    void whatTheNewConfigurationDeniesIsRevoked() {
        restart(LearningEngine::new, port(1, 10), port(2, 20));
        assertTrue(sw.flows().stream().noneMatch(f -> f.actions().contains("output")), () -> sw.flows().toString());
        sw.captured("p2");
        sw.inject("p1", A_TO_B);
        assertEquals(0, sw.count("p2"));
    }

    @Test
    void aFlowThatTheJournalDoesNotKnowIsRemovedAndItsFramesAreDecided() throws IOException {
        die();
        Files.delete(file());
        live(LearningEngine::new, port(1, 10), port(2, 10));
        restored();
        assertEquals(List.of("remove", "remove"), writes);
        assertTrue(sw.events().toString().contains("took over 0 flows and 0 rows of the process before; 2 flows were removed"), () -> sw.events().toString());
        sw.captured("p2");
        sw.inject("p1", A_TO_B);
        assertEquals(1, sw.count("p2"));
    }

    @Test
    void withoutItsEngineTheFlowsGoOnUntilItIsBack() {
        restart(null, port(1, 10), port(2, 10));
        sw.captured("p2");
        sw.inject("p1", A_TO_B);
        assertEquals(List.of(1, 0L), List.of(sw.count("p2"), sw.decided()));
        assertEquals(List.of(), writes);
        sw.swap("engine", LearningEngine::new);
        sw.settle();
        assertEquals(List.of(), writes);
        assertEquals(2, sw.flows().stream().filter(f -> !f.rows().isEmpty()).count());
    }

    @Test
    void rowsOfAPortThatIsGoneAreForgotten() {
        restart(LearningEngine::new, port(1, 10));
        assertEquals(1, sw.home.views().rows("fdb").size());
        assertTrue(sw.flows().stream().noneMatch(f -> f.match().contains("in=p2") || f.actions().contains("output")), () -> sw.flows().toString());
    }

    /** What comes in by the second port goes to the first, whatever it is. */
    private static void toA(Packet packet, Forward forward) {
        if (packet.ingress() == 2) {
            forward.to(1);
        } else {
            forward.drop(DropReason.of("test/none"));
        }
    }

    @Test
    void aFlowThatDrainedGoesOnToDrainAndIsLearntFrom() {
        sw.warp(11);
        sw.swap("to a", () -> RestartTest::toA);
        sw.inject("p2", B_TO_A);
        sw.swap("engine", LearningEngine::new);
        sw.settle();
        assertEquals(List.of("drain"), writes.subList(writes.size() - 1, writes.size()), () -> sw.flows().toString());
        restart(LearningEngine::new, port(1, 10), port(2, 10));
        assertEquals(List.of(), writes);
        sw.captured("p1");
        long decided = sw.decided();
        sw.inject("p2", C_TO_A);
        assertEquals(List.of(1, decided + 1), List.of(sw.count("p1"), sw.decided()), "it went by the draining flow, once, and its copy was decided");
        sw.warp(2);
        assertTrue(writes.contains("remove"), "the draining flow is gone");
        sw.inject("p2", C_TO_A);
        assertEquals(List.of(1, decided + 1), List.of(sw.count("p1"), sw.decided()), "by the flow that came in its place");
        assertEquals("", sw.imbalance());
    }

    @Test
    void aRestartOfARestartKeepsAsMuch() {
        restart(LearningEngine::new, port(1, 10), port(2, 10));
        sw.inject("p1", A_TO_B);
        String before = summary();
        restart(LearningEngine::new, port(1, 10), port(2, 10));
        assertEquals(before, summary());
        assertEquals(List.of(), writes);
    }
}

package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.control.FlowView;
import org.vnetwork.control.PortDocument;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.engine.learning.LearningEngine;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;

/** A switch whose process dies, on a datapath that goes on: what the next process makes of the journal and the flows. */
class RestartTest {
    private static final String A_TO_B = "eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) ipv4(src=10.0.0.1,dst=10.0.0.2) udp(src=1,dst=2)";
    private static final String B_TO_A = "eth(src=02:00:00:00:00:0b,dst=02:00:00:00:00:0a) ipv4(src=10.0.0.2,dst=10.0.0.1) udp(src=2,dst=1)";

    private static final String C_TO_A = B_TO_A.replace("00:0b", "00:0c");

    @TempDir
    private Path folder;
    private final OutlivingDatapath datapath = new OutlivingDatapath();
    private final List<String> writes = datapath.writes;
    private TestSwitch sw;

    @BeforeEach
    void start() {
        sw = life();
        ports(sw, 10, 10);
        sw.swap("learning", LearningEngine::new);
        sw.home.restored();
        sw.inject("a", A_TO_B);
        sw.inject("b", B_TO_A);
        sw.inject("a", A_TO_B);
        assertEquals(2, sw.flows().size());
    }

    @AfterEach
    void close() {
        sw.close();
        datapath.close();
    }

    /** A switch over the same datapath and journal. */
    private TestSwitch life() {
        return new TestSwitch(datapath.forOneLife(), Journal.open(folder.resolve("sw1.journal"), "boot", line -> writes.add("told " + line)));
    }

    private static void ports(TestSwitch home, int vlanOfA, int vlanOfB) {
        home.home.restorePort(new PortDocument(1, "a", "sim", "a", PortVlan.access(vlanOfA), List.of()));
        home.home.restorePort(new PortDocument(2, "b", "sim", "b", PortVlan.access(vlanOfB), List.of()));
    }

    /** The first process stops where it stands; nothing of it is closed. */
    private void die() {
        sw.home.loop.stop(() -> { });
        writes.clear();
    }

    private void restart(Supplier<ForwardingEngine> engine) {
        die();
        sw = life();
        ports(sw, 10, 10);
        sw.swap("learning", engine);
        sw.home.restored();
        sw.settle();
    }

    private String summary() {
        return sw.flows().stream().map(f -> f.id() + " " + f.match() + " " + f.actions() + " " + f.packets() + " " + f.rows() + " " + f.refreshes()).sorted().toList().toString();
    }

    @Test
    void rowsFlowsAndCountersAreAsBeforeAndNothingIsWritten() {
        String before = summary();
        String rows = sw.home.views().rows("fdb").toString().replaceAll("age\\w*=\\d+", "");
        restart(LearningEngine::new);
        assertEquals(List.of(), writes);
        assertEquals(before, summary());
        assertEquals(rows, sw.home.views().rows("fdb").toString().replaceAll("age\\w*=\\d+", ""));
        assertEquals("2 kept, 0 replaced, 0 drained, 0 revoked", sw.home.onLoop(() -> sw.home.totals()).toString());
        sw.inject("a", A_TO_B);
        assertEquals(0, sw.decided());
        assertTrue(sw.events().toString().contains("took over 2 flows and 2 rows"), () -> sw.events().toString());
    }

    @Test
    void aRowThatChangesAfterwardsConcernsItsReadersAlone() {
        restart(LearningEngine::new);
        FlowView toB = sw.flows().stream().filter(f -> f.match().contains("dst=02:00:00:00:00:0b")).findFirst().orElseThrow();
        sw.home.removePort(new PortDocument(2, "b", "sim", "b", PortVlan.access(10), List.of()));
        assertTrue(sw.flows().stream().noneMatch(f -> f.id() == toB.id() && f.actions().contains("output")), () -> sw.flows().toString());
    }

    @Test
    void whatTheNewConfigurationDeniesIsRevoked() {
        die();
        sw = life();
        ports(sw, 10, 20);
        sw.swap("learning", LearningEngine::new);
        sw.home.restored();
        sw.settle();
        assertTrue(sw.flows().stream().noneMatch(f -> f.actions().contains("output")), () -> sw.flows().toString());
        sw.captured("b");
        sw.inject("a", A_TO_B);
        assertEquals(0, sw.count("b"));
    }

    @Test
    void aFlowThatTheJournalDoesNotKnowIsRemovedAndItsFramesAreDecided() throws java.io.IOException {
        die();
        java.nio.file.Files.delete(folder.resolve("sw1.journal"));
        sw = life();
        ports(sw, 10, 10);
        sw.swap("learning", LearningEngine::new);
        sw.home.restored();
        sw.settle();
        assertEquals(List.of("remove", "remove"), writes);
        assertTrue(sw.events().toString().contains("took over 0 flows and 0 rows of the process before; 2 flows were removed"), () -> sw.events().toString());
        sw.captured("b");
        sw.inject("a", A_TO_B);
        assertEquals(1, sw.count("b"));
    }

    @Test
    void withoutItsEngineTheFlowsGoOnUntilItIsBack() {
        die();
        sw = life();
        ports(sw, 10, 10);
        sw.home.swap("learning", null);
        sw.home.restored();
        sw.settle();
        sw.captured("b");
        sw.inject("a", A_TO_B);
        assertEquals(List.of(1, 0L), List.of(sw.count("b"), sw.decided()));
        assertEquals(List.of(), writes);
        sw.swap("learning", LearningEngine::new);
        sw.settle();
        assertEquals(List.of(), writes);
        assertEquals(2, sw.flows().stream().filter(f -> !f.rows().isEmpty()).count());
    }

    @Test
    void rowsOfAPortThatIsGoneAreForgotten() {
        die();
        sw = life();
        sw.home.restorePort(new PortDocument(1, "a", "sim", "a", PortVlan.access(10), List.of()));
        sw.swap("learning", LearningEngine::new);
        sw.home.restored();
        sw.settle();
        assertEquals(1, sw.home.views().rows("fdb").size());
        assertTrue(sw.flows().stream().noneMatch(f -> f.match().contains("in=b") || f.actions().contains("output")), () -> sw.flows().toString());
    }

    /** What comes in by b goes to a, whatever it is. */
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
        sw.inject("b", B_TO_A);
        sw.swap("learning", LearningEngine::new);
        sw.settle();
        assertEquals(List.of("drain"), writes.subList(writes.size() - 1, writes.size()), () -> sw.flows().toString());
        restart(LearningEngine::new);
        assertEquals(List.of(), writes);
        sw.captured("a");
        long decided = sw.decided();
        sw.inject("b", C_TO_A);
        assertEquals(List.of(1, decided + 1), List.of(sw.count("a"), sw.decided()), "it went by the draining flow, once, and its copy was decided");
        sw.warp(2);
        assertTrue(writes.contains("remove"), "the draining flow is gone");
        sw.inject("b", C_TO_A);
        assertEquals(List.of(1, decided + 1), List.of(sw.count("a"), sw.decided()), "by the flow that came in its place");
        assertEquals("", sw.imbalance());
    }

    @Test
    void aFlowThatIsNotTakenOverLeavesNoRecord() {
        die();
        sw = life();
        sw.home.restorePort(new PortDocument(1, "a", "sim", "a", PortVlan.access(10), List.of()));
        sw.swap("learning", LearningEngine::new);
        sw.home.restored();
        assertTrue(writes.contains("remove"));
        die();
        // Its id is free: with a record left behind, the next process would know two flows of the one that gets it.
        Journal left = Journal.open(folder.resolve("sw1.journal"), "boot", line -> { });
        assertEquals(datapath.forOneLife().adopted().size(), left.take(Journal.Kind.FLOW).size());
        left.close();
    }

    @Test
    void aRestartOfARestartKeepsAsMuch() {
        restart(LearningEngine::new);
        sw.inject("a", A_TO_B);
        String before = summary();
        restart(LearningEngine::new);
        assertEquals(before, summary());
        assertEquals(List.of(), writes);
    }
}

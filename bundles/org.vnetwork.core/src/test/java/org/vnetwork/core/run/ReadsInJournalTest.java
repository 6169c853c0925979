package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.Limit;
import org.vnetwork.control.LimitsDocument;
import org.vnetwork.control.PortDocument;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.engine.flood.FloodEngine;
import org.vnetwork.engine.learning.LearningEngine;

/** What the journal holds of flows and their reads: neither less nor more than there is, and whatever is damaged costs no more than flows. */
class ReadsInJournalTest extends Lives {
    /** Octets before the first record, those that records begin at multiples of, and where in one its kind is. */
    private static final int HEADER = 96;
    private static final int UNIT = 32;
    private static final int KIND = 4;

    /** Says the difference alone: all of it would be pages. */
    private static void assertSame(Map<Integer, Set<String>> before, Map<Integer, Set<String>> now, String when) {
        assertEquals(before.keySet(), now.keySet(), when);
        before.forEach((id, reads) -> assertEquals(reads, now.get(id), when + " flow " + id));
    }

    /** Ports change, stations move and grow old, engines come and go, tables are full; and now and then the process dies. */
    @Test
    void whateverHappenedTheNextProcessKnowsWhatEachFlowReads() {
        Random random = new Random(11);
        List<Supplier<ForwardingEngine>> engines = List.of(knowing(LearningEngine::new), knowing(FloodEngine::new), Rated::new, knowing(Narrow::new));
        Supplier<ForwardingEngine> engine = engines.getFirst();
        PortDocument[] ports = {port(1, 10), port(2, 10), port(3, 10)};
        restart(engine, ports);
        int compared = 0;
        for (int step = 0; step < 3_000; step++) {
            int what = random.nextInt(100);
            if (what < 85) {
                sw.inject("p" + (1 + random.nextInt(3)), frame(1 + random.nextInt(6), random.nextInt(7), 50 + random.nextInt(3)));
            } else if (what < 88) {
                int id = 1 + random.nextInt(3);
                ports[id - 1] = port(id, random.nextBoolean() ? 10 : 20);
                sw.home.setPort(ports[id - 1]);
            } else if (what < 90) {
                sw.warp(random.nextInt(40));
            } else if (what < 92) {
                engine = engines.get(random.nextInt(engines.size()));
                sw.swap("engine", engine);
            } else if (what < 93) {
                sw.home.limit(new LimitsDocument(Map.of(Limit.PORT_ROWS, 1 + random.nextInt(4))));
            } else if (what < 95) {
                sw.settle();
                Map<Integer, Set<String>> before = reads();
                assertKept(before);
                adopt(engine, ports);
                assertSame(before, reads(), "step " + step);
                compared += before.size();
                restart(engine, ports);
            }
        }
        assertTrue(compared > 100, compared + " flows compared");
        sw.warp(600);
        assertKept(Map.of());
    }

    /** Its id is free: with a record left behind, the next process would know two flows of the one that gets it. */
    @Test
    void nothingIsKeptOfAFlowThatIsNotTakenOver() {
        restart(LearningEngine::new, port(1, 10));
        assertEquals(1, sw.flows().size());
        assertKept(reads());
    }

    /** Keeps the journal as it is whenever something is about to be written into the flow table. */
    private void keepJournalOfTheLastWrite() {
        Path snapshot = file().resolveSibling("snapshot");
        datapath.beforeWrite = () -> {
            try {
                Files.copy(file(), snapshot, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    private void adoptByThatJournal() throws IOException {
        datapath.beforeWrite = () -> { };
        Files.move(file().resolveSibling("snapshot"), file(), StandardCopyOption.REPLACE_EXISTING);
        adopt(LearningEngine::new, port(1, 10), port(2, 10));
    }

    @Test
    void theJournalKnowsOfAFlowBeforeItIsInstalled() throws IOException {
        keepJournalOfTheLastWrite();
        sw.inject("p2", frame(0x0b, 0x0c, 2));
        Map<Integer, Set<String>> before = reads();
        assertEquals(3, before.size());
        adoptByThatJournal();
        assertEquals(before, reads());
    }

    @Test
    void theJournalKnowsWhatAFlowReadsBeforeItDoesSomethingElse() throws IOException {
        Map<Integer, Set<String>> before = reads();
        keepJournalOfTheLastWrite();
        sw.inject("p1", frame(0x0b, 0x0c, 2));
        assertEquals("replace", writes.getLast(), () -> writes.toString());
        Map<Integer, Set<String>> now = reads();
        assertNotEquals(before, now);
        adoptByThatJournal();
        assertEquals(now, reads());
    }

    @Test
    void killedBetweenJournalAndFlowTableTheNextProcessTrustsNeither() {
        datapath.beforeWrite = () -> {
            throw new IllegalStateException("killed");
        };
        sw.home.setPort(port(2, 20));
        datapath.beforeWrite = () -> { };
        restart(null, port(1, 10), port(2, 20));
        sw.captured("p2");
        sw.inject("p1", A_TO_B);
        assertEquals(0, sw.count("p2"));
    }

    @Test
    void whatManyPortsWereAskedForIsKnownOfEach() {
        Rated many = new Rated();
        many.rates = IntStream.rangeClosed(1, 37).toArray();
        restart(() -> many, port(1, 10), port(2, 10));
        Map<Integer, Set<String>> before = reads();
        assertTrue(before.get(0).size() > 37);
        adopt(Rated::new, port(1, 10), port(2, 10));
        assertEquals(before, reads());
        assertKept(before);
        assertFalse(sw.home.onLoop(() -> sw.home.flows.settling()), "nothing is lost or changed");
    }

    @Test
    void aFlowThatReadMoreThanARecordHoldsIsDecidedAgain() {
        Rated all = new Rated();
        all.rates = IntStream.rangeClosed(1, 9_000).toArray();
        restart(() -> all, port(1, 10), port(2, 10));
        sw.inject("p1", A_TO_B);
        assertTrue(sw.flows().getFirst().rows().size() > 9_000);
        String two = totals();
        restart(null, port(1, 10), port(2, 10));
        assertEquals("0 kept, 0 replaced, 0 drained, 2 revoked", totals(), two);
    }

    /** Killed between the two, a process leaves the old record beside the new one. */
    @Test
    void ofTwoRecordsOfAFlowTheLaterCounts() throws IOException {
        byte[] old = Files.readAllBytes(file());
        sw.swap("engine", Rated::new);
        sw.settle();
        Map<Integer, Set<String>> now = reads();
        byte[] both = Files.readAllBytes(file());
        int restored = 0;
        for (int at = HEADER; at < both.length; at += UNIT) {
            if (both[at + KIND] == Journal.Kind.FREE.ordinal() && old[at + KIND] == Journal.Kind.FLOW.ordinal()) {
                System.arraycopy(old, at, both, at, UNIT);
                restored++;
            }
        }
        // The second flow's new record has taken the place of the first one's old one.
        assertEquals(1, restored);
        Files.write(file(), both);
        adopt(Rated::new, port(1, 10), port(2, 10));
        assertEquals(now, reads());
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
    }

    @Test
    void onAFullDiskWhatIsKeptIsRightOrKnownNotToBe() throws IOException, InterruptedException {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root, to mount a small disk");
        int flows = 15_000;
        die();
        run("mount", "-t", "tmpfs", "-o", "size=2100k", "vnet-journal-test", folder().toString());
        try {
            live(Narrow::new, port(1, 10), port(2, 10));
            restored();
            for (int i = 0; i < flows; i++) {
                sw.inject("p1", frame(0x0a, 0x0b, i));
            }
            assertTrue(writes.stream().anyMatch(w -> w.contains("no room for more")), "the disk is full");
            assertTrue(sw.flows().size() >= flows);
            // Each reads one thing more now, and there is no room for two records of one.
            sw.swap("engine", Rated::new);
            sw.settle();
            Map<Integer, Set<String>> before = reads();
            restart(Rated::new, port(1, 10), port(2, 10));
            Map<Integer, Set<String>> now = reads();
            assertTrue(now.size() > flows / 2 && now.size() < flows, now.size() + " flows are known");
            sw.flows().stream().filter(f -> f.actions().contains("output")).forEach(f -> assertEquals(before.get(f.id()), now.get(f.id()), "it goes on, so all of it is known"));
        } finally {
            run("umount", "-l", folder().toString());
        }
    }

    private int used() throws IOException {
        byte[] all = Files.readAllBytes(file());
        int used = all.length;
        while (all[used - 1] == 0) {
            used--;
        }
        return used;
    }

    @Test
    void aDamagedOrTornJournalCostsFlowsAndNeverTheSwitch() throws IOException {
        Random random = new Random(3);
        for (int life = 0; life < 400; life++) {
            die();
            byte[] octets = Files.readAllBytes(file());
            int at = HEADER + random.nextInt(used() - HEADER);
            if (life % 2 == 0) {
                octets[at] ^= (byte) (1 << random.nextInt(8));
            } else {
                octets = Arrays.copyOf(octets, at);
            }
            Files.write(file(), octets);
            boolean engine = random.nextInt(4) > 0;
            live(engine ? LearningEngine::new : null, port(1, 10), port(2, 10));
            restored();
            if (!engine) {
                sw.swap("engine", LearningEngine::new);
                sw.settle();
            }
            sw.captured("p2");
            sw.inject("p1", A_TO_B);
            sw.inject("p2", B_TO_A);
            assertEquals(1, sw.count("p2"), "life " + life);
            // One that drains has read a row that was lost; another has taken its place.
            assertEquals(2, sw.flows().stream().filter(f -> f.actions().startsWith("output")).count(), () -> sw.flows().toString());
            assertEquals(List.of(), sw.events().stream().filter(e -> e.contains("xception")).toList());
        }
    }
}

package org.vnetwork.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.control.Change;
import org.vnetwork.control.DeviceOptions;
import org.vnetwork.control.Edit;
import org.vnetwork.control.Edits;
import org.vnetwork.control.HostDocument;
import org.vnetwork.control.Limit;
import org.vnetwork.control.LimitView;
import org.vnetwork.control.PluginDocument;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.RowDocument;
import org.vnetwork.control.Swaps;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.engine.flood.FloodEngine;
import org.vnetwork.engine.learning.LearningEngine;
import org.vnetwork.model.FastWay;
import org.vnetwork.model.PortVlan;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.packet.wire.FrameText;
import org.vnetwork.table.Context;

class ConfigurationTest {
    private static final RowDocument ROW = new RowDocument("fdb", Map.of("vlan", "10", "mac", "02:00:00:00:00:09"), Map.of("port", "a", "fixed", "true"));
    @TempDir
    Path folder;
    private TestHost host;

    /** Refuses to open. */
    private static final class Unopenable implements ForwardingEngine {
        @Override
        public void open(Context context) {
            throw new IllegalStateException("no licence");
        }

        @Override
        public void decide(Packet packet, Forward forward) {
            forward.flood();
        }
    }

    @BeforeEach
    void start() {
        host = new TestHost(folder);
        host.sw("sw1").port("sw1", "a").port("sw1", "b");
        host.configuration.apply(Edits.putRow("sw1", ROW));
        host.home("sw1").simulated().inject("b", FrameText.build("eth(src=02:00:00:00:00:0b,dst=02:00:00:00:00:09) arp()"));
    }

    @AfterEach
    void stop() {
        host.close();
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "not within 30 s");
            Thread.onSpinWait();
        }
    }

    private String refusal(Edit edit) {
        String before = host.everything();
        String message = assertThrows(Refusal.class, () -> host.configuration.apply(edit)).getMessage();
        assertEquals(before, host.everything(), "all is as before");
        assertEquals(message.lines().count(), 1);
        return message;
    }

    /** Both ways, with the same words. */
    private String refusedByPlanToo(Edit edit) {
        String planned = assertThrows(Refusal.class, () -> host.configuration.plan(edit)).getMessage();
        assertEquals(planned, refusal(edit));
        return planned;
    }

    private static Edit with(Edit first, Edit second) {
        return document -> second.apply(first.apply(document));
    }

    @Test
    void aPlanChangesNothingAndSaysWhatApplyDoes() {
        host.engine("flood", FloodEngine::new);
        for (Edit edit : List.<Edit>of(Edits.swapEngine("sw1", "flood"), Edits.setVlan("sw1", "b", PortVlan.trunk(List.of(10, 20), 0)), Edits.removePort("sw1", "b"),
                Edits.setLimits("sw1", Map.of(Limit.FLOWS, 10)), Edits.removeRow("sw1", ROW), Edits.createSwitch("sw2", "flood", "sim"), Edits.removeSwitch("sw1"))) {
            String before = host.everything();
            List<String> planned = host.configuration.plan(edit).differences();
            assertEquals(before, host.everything());
            assertEquals(planned, host.configuration.apply(edit).differences());
        }
    }

    @Test
    void differencesAreWrittenAsCommandsTakeThem() {
        assertEquals(List.of("- row fdb mac=02:00:00:00:00:09,vlan=10 = fixed=true,port=a of sw1"), host.configuration.plan(Edits.removeRow("sw1", ROW)).differences());
        assertEquals(List.of("+ switch x: engine learning@1.0.0, datapath sim"), host.configuration.plan(Edits.createSwitch("x", "learning", "sim")).differences());
        Edit wide = Edits.addPort("sw1", "vm", "tap", "vm", PortVlan.access(10), new DeviceOptions(2, FastWay.AUTO));
        Edit direct = Edits.addPort("sw1", "web", "netdev", "webh", PortVlan.access(10));
        HostDocument both = wide.and(direct).apply(host.configuration.current());
        assertEquals(List.of("+ port vm of sw1: tap vm, 2 queues, access 10", "+ port web of sw1: netdev webh, access 10"), Differences.between(host.configuration.current(), both));
        assertEquals(List.of("~ port web of sw1: fast auto -> fast off"), Differences.between(both, Edits.setFast("sw1", "web", FastWay.OFF).apply(both)));
        assertEquals(List.of("~ port b of sw1: access 10 -> trunk 20 native 20"), host.configuration.plan(Edits.setVlan("sw1", "b", PortVlan.trunk(List.of(20), 20))).differences());
    }

    @Test
    void limitsAreInForceUntilTheyAreUndone() {
        assertEquals(List.of("~ switch sw1: flows 200000 -> 10", "~ switch sw1: moves 5 -> 3"),
                host.configuration.apply(Edits.setLimits("sw1", Map.of(Limit.FLOWS, 10, Limit.MOVES, 3))).differences());
        assertEquals(10, limit("flows").inForce());
        String refused = refusal(with(Edits.setLimits("sw1", Map.of(Limit.FLOWS, 20)), Edits.addPort("sw1", "c", "sim", "a/b", PortVlan.access(1))));
        assertTrue(refused.contains("a/b"), refused);
        assertEquals(10, limit("flows").inForce());
        host.configuration.apply(Edits.setLimits("sw1", Map.of(Limit.FLOWS, Limit.FLOWS.preset())));
        assertEquals(List.of(200_000, 3), List.of(limit("flows").setting(), limit("moves").inForce()));
        assertEquals("flows: 0 (expected: 1..1000000)", refusedByPlanToo(Edits.setLimits("sw1", Map.of(Limit.FLOWS, 0))));
    }

    private LimitView limit(String name) {
        return host.home("sw1").views().limits().stream().filter(l -> l.limit().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void aPlanRefusesWhatApplyWould() {
        assertTrue(refusedByPlanToo(Edits.swapEngine("sw1", "nosuch")).startsWith("engine: nosuch (expected: one of learning)"));
        assertTrue(refusedByPlanToo(Edits.createSwitch("x", "learning", "nosuch")).startsWith("datapath: nosuch (expected: one of sim)"));
        assertTrue(refusedByPlanToo(Edits.addPort("sw1", "tap", "tap", "tap1", PortVlan.access(1))).contains("one that datapath sim takes: --sim"));
        assertTrue(refusedByPlanToo(Edits.addFilter("sw1", "a", "nosuch", 0, false)).startsWith("filter: nosuch (expected: none is installed)"));
        assertTrue(refusedByPlanToo(Edits.putRow("sw1", new RowDocument("nosuch", Map.of(), Map.of()))).startsWith("table: nosuch (expected: one of fdb/1"));
        assertTrue(refusedByPlanToo(Edits.putRow("sw1", new RowDocument("fdb", Map.of("vlan", "9999", "mac", "02:00:00:00:00:01"), ROW.row()))).contains("9999"));
        assertTrue(refusedByPlanToo(Edits.putRow("sw1", new RowDocument("fdb", ROW.key(), Map.of("port", "nosuch", "fixed", "true")))).contains("port: nosuch"));
        assertTrue(refusedByPlanToo(document -> new org.vnetwork.control.HostDocument(document.switches().stream()
                .map(s -> new SwitchDocument(s.name(), s.engine(), "other", s.ports(), s.rows(), s.limits(), s.failOpen(), s.trial())).toList())).contains("for this switch's life"));
    }

    @Test
    void aPortThatAPlacedRowNamesStaysUntilTheRowGoes() {
        assertEquals("port: a is named by a placed row, fdb mac=02:00:00:00:00:09,vlan=10 (expected: a port that none names); table:remove sw1 fdb mac=02:00:00:00:00:09,vlan=10"
                + " removes the row", refusedByPlanToo(Edits.removePort("sw1", "a")));
        host.configuration.apply(with(Edits.removeRow("sw1", ROW), Edits.removePort("sw1", "a")));
        assertEquals(1, host.home("sw1").documents().size());
    }

    @Test
    void anEditThatFailsHalfWayLeavesTheSwitchesAsTheyWere() {
        host.engine("bad", Unopenable::new);
        assertTrue(refusal(with(Edits.addPort("sw1", "c", "sim", "c", PortVlan.access(10)), Edits.swapEngine("sw1", "bad"))).startsWith("engine: bad did not open"));
        assertTrue(refusal(Edits.createSwitch("sw2", "bad", "sim")).startsWith("engine: bad did not open"));
        assertEquals(1, host.switches.all().size());
        host.filter("sour", () -> new org.vnetwork.filter.PacketFilter() {
            @Override
            public void open(Context context) {
                throw new IllegalStateException("no rules");
            }

            @Override
            public void filter(Packet packet, org.vnetwork.filter.Verdict verdict) {
                verdict.pass();
            }
        });
        Edit ports = with(Edits.addPort("sw1", "c", "sim", "c", PortVlan.access(10)), with(Edits.setVlan("sw1", "b", PortVlan.access(30)), Edits.addFilter("sw1", "a", "sour", 0, true)));
        assertTrue(refusal(ports).startsWith("filter: sour@1.0.0 did not open"));
        assertEquals(List.of(), host.events().stream().filter(e -> e.contains("could not be")).toList());
        host.configuration.apply(Edits.addPort("sw1", "c", "sim", "c", PortVlan.access(10)));
        assertEquals(3, host.home("sw1").documents().size());
    }

    @Test
    void ofTwoPortsTheFirstGoesWhenTheSecondCannotBeAttached() {
        Edit two = document -> new org.vnetwork.control.HostDocument(document.switches().stream().map(s -> {
            List<PortDocument> more = new ArrayList<>(s.ports());
            more.add(new PortDocument(3, "c", "sim", "c", PortVlan.access(10), List.of()));
            more.add(new PortDocument(4, "d", "sim", "d", PortVlan.access(10), List.of()));
            return s.withPorts(more);
        }).toList());
        // The datapath takes id 4 for a port that the configuration knows nothing of.
        host.home("sw1").addPort(new PortDocument(4, "stray", "sim", "stray", PortVlan.access(99), List.of()));
        Refusal refusal = assertThrows(Refusal.class, () -> host.configuration.apply(two));
        assertTrue(refusal.getMessage().contains("port id: 4"), refusal.getMessage());
        assertEquals(List.of("a", "b"), host.home("sw1").documents().stream().map(PortDocument::name).toList());
        assertEquals(2, host.configuration.current().need("sw1").ports().size());
    }

    @Test
    void aDataFolderThatCannotBeWrittenRefusesTheEditBeforeAnythingIsTouched() throws IOException {
        Path current = folder.resolve("configuration.json");
        byte[] before = Files.readAllBytes(current);
        Path fresh = folder.resolve("configuration.json.new");
        Files.createDirectory(fresh);
        Files.writeString(fresh.resolve("in the way"), "");
        long received = host.home("sw1").views().ports().get(1).received();
        String message = refusal(Edits.removeSwitch("sw1"));
        assertTrue(message.startsWith("data folder: " + folder + " cannot be written"), message);
        assertEquals(received, host.home("sw1").views().ports().get(1).received(), "the very same switch goes on");
        assertTrue(java.util.Arrays.equals(before, Files.readAllBytes(current)));
    }

    @Test
    void aFullDiskRefusesTheEditAndLeavesTheFilesAsTheyWere() throws Exception {
        Path small = Files.createDirectory(folder.resolve("small"));
        Process mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", small.toString()).redirectErrorStream(true).start();
        assumeTrue(mount.waitFor() == 0, "a small file system can be mounted by root only");
        try (TestHost full = new TestHost(small)) {
            Refusal refusal = null;
            for (int i = 0; i < 1000 && refusal == null; i++) {
                int number = i;
                String before = full.everything();
                try {
                    full.sw("switch" + number);
                } catch (Refusal e) {
                    refusal = e;
                    assertEquals(before, full.everything());
                }
            }
            assertTrue(refusal != null && refusal.getMessage().startsWith("data folder: ") && refusal.getMessage().contains("make room"), String.valueOf(refusal));
            List<String> lines = new ArrayList<>();
            assertEquals(full.configuration.current(), new DocumentFile(small).load(lines::add));
            assertEquals(List.of(), lines);
        } finally {
            new ProcessBuilder("umount", small.toString()).inheritIO().start().waitFor();
        }
    }

    @Test
    void editsOfSeveralThreadsAreMadeOneAfterTheOther() throws InterruptedException {
        AtomicInteger done = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int mine = t;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 10; i++) {
                    host.port("sw1", "t" + mine + "." + i);
                    host.configuration.plan(Edits.removePort("sw1", "b"));
                    if (i % 2 == 1) {
                        host.configuration.apply(Edits.removePort("sw1", "t" + mine + "." + (i - 1)));
                    }
                }
                done.incrementAndGet();
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(4, done.get());
        List<PortDocument> configured = host.configuration.current().need("sw1").ports();
        assertEquals(22, configured.size());
        assertEquals(configured.stream().map(PortDocument::name).sorted().toList(), host.home("sw1").documents().stream().map(PortDocument::name).sorted().toList());
    }

    @Test
    void aRestartBringsBackAllButWhatItCannot() {
        host.engine("flood", FloodEngine::new);
        host.sw("sw2").port("sw2", "z");
        host.configuration.apply(Edits.swapEngine("sw2", "flood"));
        var before = host.configuration.current();
        host.close();
        host = new TestHost(folder);
        assertEquals(before, host.configuration.current());
        assertEquals(List.of("a", "b"), host.home("sw1").documents().stream().map(PortDocument::name).toList());
        assertTrue(host.home("sw1").views().rows("fdb").toString().contains("02:00:00:00:00:09"));
        assertEquals(1, host.home("sw2").documents().size(), "its engine is missing, its ports are there");
        host.engine("flood", Unopenable::new);
        await(() -> host.events().toString().contains("did not open"));
        host.withoutEngine("flood");
        host.engine("flood", FloodEngine::new);
        await(() -> host.home("sw2").engine() != null && host.home("sw2").engine().name().equals("flood"));
    }

    @Test
    void anEngineThatDoesNotReturnIsReplacedAsTheSwitchSaysAndKeptAway() {
        CountDownLatch release = new CountDownLatch(1);
        host.engine("hanging", () -> (packet, forward) -> {
            while (release.getCount() > 0) {
                Thread.onSpinWait();
            }
        });
        host.configuration.apply(Edits.createSwitch("sw2", "hanging", "sim"));
        host.port("sw2", "x");
        assertThrows(Refusal.class, () -> host.home("sw2").simulated().inject("x", FrameText.build("eth() arp()")));
        await(() -> host.events().toString().contains(" was cut off: installed flows go on"));
        assertNull(host.home("sw2").engine(), "it fails closed");
        host.engine("other", FloodEngine::new);
        host.port("sw1", "d");
        assertNull(host.home("sw2").engine(), "nothing that comes brings it back");
        release.countDown();
        Change again = host.configuration.apply(Swaps.engine("sw2", PluginDocument.parse("engine", "hanging"), Optional.empty()));
        assertTrue(again.report().toString().contains("was cut off, and decides again"), again.report().toString());
        assertEquals("hanging", host.home("sw2").engine().name());
        host.configuration.apply(Edits.removeSwitch("sw2"));
        assertEquals(List.of("sw1"), host.switches.all().stream().map(s -> s.name()).toList());
        release.countDown();
    }

    @Test
    void nothingIsChangedOnceTheHostIsStopping() {
        host.configuration.close();
        assertTrue(assertThrows(Refusal.class, () -> host.sw("late")).getMessage().contains("is stopping"));
        host.withoutEngine("learning");
        host.engine("learning", LearningEngine::new);
        assertEquals(1, host.switches.all().size());
    }
}

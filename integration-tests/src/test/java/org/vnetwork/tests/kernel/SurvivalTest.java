package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.tests.transcripts.RunningHost;

/** A host of the product is killed under traffic: the kernel goes on, the next one takes over, and the last leaves nothing. */
class SurvivalTest {
    private static final String HOST = Lab.name("-v");

    @TempDir
    private Path folder;
    private final Lab lab = new Lab();
    private Stations stations;
    private RunningHost host;

    @BeforeEach
    void open() throws Exception {
        Lab.needed();
        stations = new Stations(lab, "v");
        Files.writeString(speaks(), "0");
        host = RunningHost.start(folder, HOST, "ebpf");
        host.run("switch:create sw1");
        host.run("port:add sw1 three --tap " + Lab.name("vt") + " --access 10");
        lab.keep(() -> Lab.remove(Lab.name("vt")));
        host.run("port:add sw1 one --netdev " + Lab.name("v1h") + " --access 10");
        String added = host.run("port:add sw1 two --netdev " + Lab.name("v2h") + " --access 10");
        assertTrue(bothPortsAreUp(), () -> added + ports());
    }

    @AfterEach
    void close() throws Exception {
        try (lab) {
            if (host != null) {
                host.stop();
            }
        }
    }

    private static Path speaks() {
        return Path.of("/proc/sys/net/ipv6/conf", Lab.name("v1h"), "disable_ipv6");
    }

    private String ports() {
        try {
            return host.run("port:show sw1 one") + host.run("port:show sw1 two");
        } catch (IOException e) {
            return e.toString();
        }
    }

    private boolean bothPortsAreUp() {
        return ports().lines().filter(line -> line.contains("peer in another namespace")).count() == 2;
    }

    private static Path pins(String name) {
        return Path.of("/sys/fs/bpf/vnetwork", HOST, name);
    }

    private static void untilAnswered(Ping ping, int more) throws IOException {
        int from = ping.sent();
        Until.holds(() -> ping.missing(from, from + more) + " of " + more + " not answered", () -> ping.sent() >= from + more && ping.missing(from, from + more) == 0);
    }

    @Test
    void nothingIsLostOnItsFlowsAndTheNextHostTakesOver() throws Exception {
        try (Ping ping = stations.ping(); Stream stream = stations.stream()) {
            Until.holds(() -> "first answers", () -> ping.sent() > 200 && stream.arrived() > 10_000_000);
            untilAnswered(ping, 100);

            int killed = ping.sent();
            host.kill();
            long arrived = stream.arrived();
            Until.holds(() -> "traffic without a host", () -> ping.sent() > killed + 500 && stream.arrived() > arrived + 50_000_000);
            int measured = ping.sent() - 50;
            Until.holds(() -> ping.missing(killed, measured) + " of " + (measured - killed) + " lost while no host ran", () -> ping.missing(killed, measured) == 0);

            host = RunningHost.start(folder, HOST, "ebpf");
            Until.holds(this::ports, this::bothPortsAreUp);
            Until.holds(() -> "answers behind the next host", () -> {
                int from = ping.sent();
                Until.holds(() -> "100 sent", () -> ping.sent() >= from + 150);
                return ping.missing(from, from + 100) == 0;
            });
            long then = stream.arrived();
            Until.holds(() -> "octets behind the next host", () -> stream.arrived() > then + 50_000_000);
            Until.holds(() -> "pins of the one before", () -> Files.notExists(pins("sw1~before")));
            assertTrue(Files.exists(pins("sw1")));
            ping.stop();
            int lost = ping.missing(killed, ping.sent() - 50);
            assertEquals(0, lost, "lost while the next host took over");
        }
        assertEquals("1", Files.readString(speaks()).strip());
        assertTrue(Lab.exists(Lab.name("vt")));
        host.stop();
        host = null;
        assertEquals("0", Files.readString(speaks()).strip(), "IPv6 speaks again, though the host that silenced it was killed");
        assertFalse(Lab.exists(Lab.upcallTap(HOST, "sw1")));
        assertEquals(List.of(Lab.name("v1h"), Lab.name("v2h")), Lab.traces());
        try (java.util.stream.Stream<Path> files = Files.list(folder.resolve("run"))) {
            assertEquals(List.of(), files.map(file -> file.getFileName().toString()).filter(file -> !file.equals("pid") && !file.equals("vnet.log")).sorted().toList());
        }
    }

    @Test
    void nothingIsLostOnFlowsThatDrainedWhenTheHostWasKilled() throws Exception {
        host.run("switch:limit sw1 --drain-ms 60000");
        host.run("engine:swap sw1 flood");
        try (Ping ping = stations.ping()) {
            Until.holds(() -> "first answers", () -> ping.sent() > 100);
            untilAnswered(ping, 50);
        }
        // No frame follows that could be learnt from: in both directions the wide flow of the engine before is the only one.
        host.run("engine:swap sw1 learning");
        String flows = host.run("flow:list sw1");
        assertEquals(2, flows.lines().filter(line -> line.contains("copy up")).count(), flows);
        host.kill();
        try (Ping ping = stations.ping()) {
            untilAnswered(ping, 100);
            host = RunningHost.start(folder, HOST, "ebpf");
            Until.holds(this::ports, this::bothPortsAreUp);
            untilAnswered(ping, 100);
            ping.stop();
            assertEquals(0, ping.missing(0, ping.sent() - 50), "lost");
        }
    }

    @Test
    void aCleanRestartOnPurposeLosesNothingAndCountersGoOn() throws Exception {
        try (Ping ping = stations.ping(); Stream stream = stations.stream()) {
            Until.holds(() -> "first answers", () -> ping.sent() > 200 && stream.arrived() > 10_000_000);
            untilAnswered(ping, 100);
            int stopped = ping.sent();
            long received = received();
            host.stopButKeepForwarding();
            Until.holds(() -> "traffic without a host", () -> ping.sent() > stopped + 300);
            host = RunningHost.start(folder, HOST, "ebpf");
            Until.holds(this::ports, this::bothPortsAreUp);
            assertTrue(received() >= received + 300, () -> "received: " + received + " before");
            untilAnswered(ping, 100);
            ping.stop();
            assertEquals(0, ping.missing(stopped, ping.sent() - 50), "lost");
        }
    }

    /** Changes the configuration while no host runs. */
    private void configure(String what, String instead) throws IOException {
        Path document = folder.resolve("data/configuration.json");
        String before = Files.readString(document);
        String changed = before.replaceFirst(what, instead);
        assertNotEquals(before, changed);
        Files.writeString(document, changed);
    }

    @Test
    void withoutItsEngineFlowsGoOnButNotAcrossVlansThatWereChangedMeanwhile() throws Exception {
        try (Ping ping = stations.ping()) {
            Until.holds(() -> "first answers", () -> ping.sent() > 200);
            untilAnswered(ping, 100);
            int killed = ping.sent();
            host.kill();
            configure("\"learning\"", "\"no-such-engine\"");
            host = RunningHost.start(folder, HOST, "ebpf");
            Until.holds(this::ports, this::bothPortsAreUp);
            untilAnswered(ping, 100);
            assertEquals(0, ping.missing(killed, ping.sent() - 50), "lost");
            assertTrue(host.run("flow:list sw1").contains("output"));

            host.kill();
            configure("(\"two\"[^}]*\"access\" : )10", "$120");
            host = RunningHost.start(folder, HOST, "ebpf");
            Until.holds(this::ports, this::bothPortsAreUp);
            int now = ping.sent();
            Until.holds(() -> "100 more sent", () -> ping.sent() > now + 150);
            assertEquals(100, ping.missing(now, now + 100), () -> "answered across VLANs; " + flows());
        }
    }

    private String flows() {
        try {
            return host.run("flow:list sw1");
        } catch (IOException e) {
            return e.toString();
        }
    }

    private long received() throws IOException {
        return host.run("port:show sw1 one").lines().filter(line -> line.startsWith("received ")).map(line -> line.replaceAll("\\D", "")).mapToLong(Long::parseLong).findFirst().orElseThrow();
    }

    @Test
    void aDamagedJournalIsNamedAndTheHostStartsWithTheRest() throws Exception {
        try (Ping ping = stations.ping()) {
            Until.holds(() -> "first answers", () -> ping.sent() > 200);
            untilAnswered(ping, 100);
            host.kill();
            Path journal = folder.resolve("run/sw1.journal");
            byte[] octets = Files.readAllBytes(journal);
            assertTrue(new String(octets, java.nio.charset.StandardCharsets.ISO_8859_1).contains("fdb/1"), "rows are journaled");
            // The header stays whole; what follows loses one octet in 512.
            for (int i = 600; i < 4096; i += 512) {
                octets[i] ^= 0x10;
            }
            Files.write(journal, octets);

            int killed = ping.sent();
            host = RunningHost.start(folder, HOST, "ebpf");
            Until.holds(this::ports, this::bothPortsAreUp);
            String events = host.run("host:events");
            assertTrue(events.contains("journal") && events.contains("damaged"), events);
            untilAnswered(ping, 100);
            ping.stop();
            assertEquals(0, ping.missing(killed, ping.sent() - 50), "lost");
        }
    }
}

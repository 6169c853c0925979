package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vnetwork.tests.misbehaving.Exiting;
import org.vnetwork.tests.misbehaving.Misbehaving;
import org.vnetwork.tests.misbehaving.Sleeping;
import org.vnetwork.tests.misbehaving.Spinning;
import org.vnetwork.tests.misbehaving.Throwing;
import org.vnetwork.tests.plugins.MisbehavingBundle;
import org.vnetwork.tests.transcripts.RunningHost;

/** Plugins that misbehave while datagrams go through the kernel: none is lost, and the fallback decides what is new. */
class MisbehavingPluginsInKernelTest {
    private static final String HOST = Lab.name("-m");
    private static final String ADDRESS = "10.79.0.2";
    private static final int FRAMES = 110;
    private static final int DATAGRAMS = 300;
    /** What was sent last may be under way. */
    private static final int UNDER_WAY = 100;

    @TempDir
    private Path folder;
    private final Lab lab = new Lab();
    private Space first;
    private Space second;
    private Wire third;
    private Wire fourth;
    private RunningHost host;
    private int number;

    @BeforeEach
    void open() throws Exception {
        Lab.needed();
        first = lab.space();
        second = lab.space();
        Space[] spaces = {first, second};
        for (int i = 0; i < 2; i++) {
            String end = Lab.name("m" + (i + 1));
            lab.cable(spaces[i], "m" + (i + 1), "address 02:00:00:00:04:0" + (i + 1));
            spaces[i].ip("addr add 10.79.0." + (i + 1) + "/24 dev " + end);
            // Nobody would answer an ARP request while no host runs.
            spaces[i].ip("neigh add 10.79.0." + (2 - i) + " lladdr 02:00:00:00:04:0" + (2 - i) + " dev " + end + " nud permanent");
        }
        Space others = lab.space();
        host = RunningHost.start(folder, HOST, "ebpf");
        host.run("switch:create sw1 --fail open");
        for (int port = 1; port <= 4; port++) {
            String device = port <= 2 ? Lab.name("m" + port + "h") : lab.cable(others, "m" + port, "");
            String said = host.run("port:add sw1 p" + port + " --netdev " + device + " --access " + (port <= 2 ? 10 : 20));
            assertTrue(said.startsWith("+ port"), said);
        }
        third = lab.keep(new Wire(others, Lab.name("m3")));
        fourth = lab.keep(new Wire(others, Lab.name("m4")));
    }

    @AfterEach
    void close() throws Exception {
        try (lab) {
            if (host != null) {
                host.stop();
            }
        }
    }

    private void use(Class<?> kind) throws Exception {
        String name = kind.getSimpleName().toLowerCase(java.util.Locale.ROOT);
        assertEquals("", host.run("felix:start " + MisbehavingBundle.make(folder, kind, "").toUri()));
        Until.holds(() -> host.run("engine:list"), () -> host.run("engine:list").contains(name));
        String said = host.run("engine:swap sw1 " + name);
        assertTrue(said.startsWith("~ switch sw1: engine"), said);
    }

    /** A frame of a sender of its own: no flow knows it. */
    private byte[] harmful() {
        byte[] frame = new byte[60];
        frame[0] = 2;
        frame[1] = 9;
        frame[6] = 2;
        frame[10] = (byte) (++number >> 8);
        frame[11] = (byte) number;
        frame[12] = (byte) (Misbehaving.HARMFUL >> 8);
        frame[13] = (byte) Misbehaving.HARMFUL;
        return frame;
    }

    private boolean passes(byte[] frame) throws IOException {
        third.send(frame);
        for (long end = System.nanoTime() + 1_000_000_000L; System.nanoTime() < end;) {
            byte[] got = fourth.receive();
            if (got != null && got[10] == frame[10] && got[11] == frame[11]) {
                return true;
            }
        }
        return false;
    }

    private static void answered(Ping ping) throws IOException {
        int from = ping.sent();
        Until.holds(() -> ping.missing(from, from + DATAGRAMS) + " of " + DATAGRAMS + " not answered", () -> ping.sent() >= from + DATAGRAMS && ping.missing(from, from + DATAGRAMS) == 0);
    }

    private String events() {
        try {
            return host.run("host:events") + host.run("switch:list") + host.run("drops:list sw1");
        } catch (IOException e) {
            return e.toString();
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Spinning.class, Sleeping.class, Throwing.class})
    void noDatagramIsLostAndTheBuiltInEngineTakesOver(Class<?> kind) throws Exception {
        try (Ping ping = new Ping(first, second, ADDRESS)) {
            answered(ping);
            use(kind);
            answered(ping);
            int from = ping.sent();
            int frames = 0;
            while (!host.run("switch:list").contains("cut off")) {
                assertTrue(frames++ < FRAMES, () -> "not cut off: " + events());
                third.send(harmful());
            }
            Until.holds(this::events, () -> passes(harmful()));
            answered(ping);
            ping.stop();
            int to = ping.sent() - UNDER_WAY;
            Until.holds(() -> ping.missing(from, to) + " of " + (to - from) + " datagrams lost" + events(), () -> ping.missing(from, to) == 0);
            String place = "bundle " + MisbehavingBundle.symbolicName(kind);
            assertTrue(events().contains(place) && events().contains(kind.getName() + ".harm(" + kind.getSimpleName() + ".java:"), events());
        }
        assertTrue(host.stop(), "the host does not go down by itself");
        host = null;
    }

    @Test
    void oneThatEndsTheProcessStopsNoDatagramAndTheNextHostTakesOver() throws Exception {
        try (Ping ping = new Ping(first, second, ADDRESS)) {
            answered(ping);
            use(Exiting.class);
            answered(ping);
            int from = ping.sent();
            third.send(harmful());
            Until.holds(() -> "the process goes on", () -> !host.isAlive());
            answered(ping);
            host = RunningHost.start(folder, HOST, "ebpf");
            Until.holds(this::events, () -> passes(harmful()));
            answered(ping);
            ping.stop();
            int to = ping.sent() - UNDER_WAY;
            Until.holds(() -> ping.missing(from, to) + " of " + (to - from) + " datagrams lost" + events(), () -> ping.missing(from, to) == 0);
            assertFalse(host.run("flow:list sw1").isBlank());
        }
        assertTrue(host.stop(), "the host does not go down by itself");
        host = null;
        assertTrue(Files.notExists(Path.of("/sys/fs/bpf/vnetwork", HOST, "sw1")), "pins are left");
    }
}

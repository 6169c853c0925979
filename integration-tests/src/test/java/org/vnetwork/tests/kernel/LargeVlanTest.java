package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.PortView;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Meter;
import org.vnetwork.packet.wire.FrameText;
import org.vnetwork.tests.fixtures.CoreSwitch;

/** A thousand devices in one VLAN, the last one a trunk: what one of them floods arrives at each other once. */
class LargeVlanTest {
    private static final int PORTS = 1_000;
    private static final int FRAMES = 5;
    private static final int METERED = 100;
    private static final byte[] FRAME = FrameText.build("eth(dst=ff:ff:ff:ff:ff:ff) payload(46)");

    private final Lab lab = new Lab();
    private Space space;
    private KernelSwitch home;

    @BeforeEach
    void open() throws Exception {
        Lab.needed();
        space = lab.space();
        List<String> commands = new ArrayList<>();
        for (int port = 1; port <= PORTS; port++) {
            commands.add("link add " + here(port) + " type veth peer name " + there(port) + " netns " + space.name());
            commands.add("link set " + here(port) + " up");
        }
        batch(commands);
        lab.keep(() -> batch(IntStream.rangeClosed(1, PORTS).mapToObj(port -> "link delete " + here(port)).toList()));
        batch(IntStream.rangeClosed(1, PORTS).mapToObj(port -> "link set " + there(port) + " up").toList(), "-n", space.name());
        home = lab.keep(new KernelSwitch("flood", IntStream.rangeClosed(1, PORTS).mapToObj(LargeVlanTest::here).toArray(String[]::new)));
        home.home().setPort(new PortDocument(PORTS, CoreSwitch.name(PORTS), "netdev", here(PORTS), PortVlan.trunk(List.of(10), 0), List.of()));
    }

    @AfterEach
    void close() throws IOException {
        lab.close();
    }

    private static String here(int port) {
        return Lab.name("v" + port + "h");
    }

    private static String there(int port) {
        return Lab.name("v" + port);
    }

    private static void batch(List<String> commands, String... options) throws IOException {
        Path file = Files.createTempFile("vnet", ".batch");
        try {
            Files.write(file, commands);
            List<String> words = new ArrayList<>(List.of("ip"));
            words.addAll(List.of(options));
            words.addAll(List.of("-batch", file.toString()));
            Command.run(words.toArray(String[]::new));
        } finally {
            Files.delete(file);
        }
    }

    /** How many ports have received how many frames since a time. */
    private Map<Long, Integer> received(Map<String, Long> before) throws IOException {
        Map<Long, Integer> ports = new TreeMap<>();
        counters().forEach((device, count) -> ports.merge(count - before.get(device), 1, Integer::sum));
        return ports;
    }

    private Map<String, Long> counters() throws IOException {
        Map<String, Long> counts = new TreeMap<>();
        for (String line : space.in(() -> Files.readAllLines(Path.of("/proc/thread-self/net/dev")))) {
            String[] words = line.strip().split("[: ]+");
            if (words[0].startsWith(Lab.PREFIX)) {
                counts.put(words[0], Long.valueOf(words[2]));
            }
        }
        return counts;
    }

    /** Floods frames from a port; each reaches all others before the next one goes. */
    private void flood(int port) throws IOException {
        Map<String, Long> before = counters();
        try (Wire wire = new Wire(space, there(port)); Wire trunk = new Wire(space, there(PORTS))) {
            for (int frame = 1; frame <= FRAMES; frame++) {
                int i = frame;
                Map<Long, Integer> expected = Map.of(0L, 1, (long) i, PORTS - 1);
                wire.send(FRAME);
                Until.holds(() -> "frame " + i + " from port " + port + ": frames by ports " + received(before) + " " + home.drops(port), () -> received(before).equals(expected));
                byte[][] tagged = new byte[1][];
                Until.holds(() -> "at the trunk", () -> (tagged[0] = trunk.receive()) != null);
                assertEquals(FrameText.describe(FrameText.build("eth(dst=ff:ff:ff:ff:ff:ff) vlan(vid=10) payload(46)")), FrameText.describe(tagged[0]));
            }
        }
        PortView view = home.port(port);
        assertEquals(FRAMES, view.received());
        assertEquals(FRAMES * (PORTS - 1L), view.outputs());
    }

    @Test
    void aBroadcastReachesEachOtherPortOnceAlsoBehindMeters() throws IOException {
        flood(1);
        flood(PORTS - 1);
        assertEquals(2, home.home().views().summary().upcalls(), "all but the first of each went in the kernel");
        assertEquals(2, home.home().views().flows().size());
        assertEquals("", home.imbalance());
        metered();
    }

    /** The same where each of a hundred ports has a meter of its own. */
    private void metered() throws IOException {
        ForwardingEngine metering = (packet, forward) -> {
            packet.get(Field.INGRESS);
            forward.to(1);
            for (int port = 3; port <= PORTS; port++) {
                if (port <= METERED + 2) {
                    forward.copy().meter(new Meter("port" + port, 1_000_000_000, 65_536)).to(port);
                } else {
                    forward.to(port);
                }
            }
        };
        home.swap("metering", () -> metering);
        flood(2);
        assertEquals(3, home.home().views().summary().upcalls());
        assertEquals("", home.imbalance());
    }
}

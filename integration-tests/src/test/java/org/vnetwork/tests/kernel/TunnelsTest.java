package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.tests.sockets.Datagrams;

/** Two namespaces, each with the kernel's own vxlan device, and a switch between them that is the other end of both tunnels. */
class TunnelsTest {
    private static final long OCTETS = 20_000_000;
    private static final int ONE_BY_ONE = 50;
    private static final int MOST = 1_000_000;
    /** Inner connections, which leave from several ports. */
    private static final int FLOWS = 16;
    @TempDir
    private Path folder;

    private TunnelLab lab;
    private TunnelLab.Tunnels tested;

    @BeforeEach
    void make() throws IOException {
        lab = new TunnelLab();
        tested = lab.tested;
        for (int i = 1; i <= 2; i++) {
            lab.addressed(i, TunnelLab.cable(i));
            lab.tunnel(i);
        }
    }

    @AfterEach
    void close() throws IOException {
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    void carryPingAndTcpBetweenKernels() throws IOException {
        lab.pings();
        // As long as the path of 1,500 octets takes: 1,450, less 28 of IP and ICMP.
        lab.pings("-s", "1422", "-M", "do");
        assertEquals("tunnel to " + TunnelLab.address(1, 2) + ":4789 vni " + TunnelLab.vni(1), tested.port(1).detail());
        try (Stream copy = new Stream(lab.space(1), lab.space(2), "10.77.0.2", OCTETS)) {
            Until.holds(() -> "arrived " + copy.arrived() + " " + tested.drops(1) + tested.drops(2), () -> copy.arrived() == OCTETS);
        }
        Until.holds(tested::imbalance, () -> tested.imbalance().isEmpty());
    }

    @Test
    void goOnWhenTheOtherEndGoesAndComesBack() throws IOException {
        lab.pings();
        lab.space(2).ip("link delete vx");
        Process ping = new ProcessBuilder("ip", "netns", "exec", lab.space(1).name(), "ping", "-q", "-i", "0.01", "-w", "20", "10.77.0.2").redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try {
            Until.holds(() -> tested.port(2).detail(), () -> tested.port(2).detail().equals("nobody listens at " + TunnelLab.address(2, 2) + ":4789"));
        } finally {
            ping.destroy();
        }
        lab.tunnel(2);
        lab.pings();
        Until.holds(() -> tested.port(2).detail(), () -> tested.port(2).detail().startsWith("tunnel to "));
    }

    @Test
    void areDownWhileThereIsNoRoute() throws IOException {
        String here = Lab.name("x2h");
        assertTrue(tested.port(2).up());
        Command.run("ip", "address", "delete", TunnelLab.address(2, 1) + "/24", "dev", here);
        // Nor by the default route.
        Command.run("ip", "route", "add", "unreachable", "198.18." + (TunnelLab.NET + 2) + ".0/24");
        try {
            Until.holds(() -> tested.port(2).detail(), () -> !tested.port(2).up());
            assertEquals(TunnelLab.address(2, 2) + ":4789: no route to host", tested.port(2).detail());
        } finally {
            Command.run("ip", "route", "delete", "unreachable", "198.18." + (TunnelLab.NET + 2) + ".0/24");
        }
        Command.run("ip", "address", "add", TunnelLab.address(2, 1) + "/24", "dev", here);
        Until.holds(() -> tested.port(2).detail(), () -> tested.port(2).up());
    }

    /** What the device has no room for waits, up to a bound; what is beyond is counted, and the other end has all the rest, each connection from one port and in order. */
    @Test
    void loseWholeFramesByASlowDeviceAndCountThem() throws IOException {
        lab.space(1).ip("link delete vx");
        try (DatagramChannel sink = lab.space(1).in(() -> DatagramChannel.open().bind(new InetSocketAddress(TunnelLab.address(1, 2), 4789)));
                Datagrams guest = new Datagrams(folder.resolve("guest"), folder.resolve("p3"))) {
            sink.setOption(StandardSocketOptions.SO_RCVBUF, 4 << 20);
            sink.configureBlocking(false);
            try {
                Command.run("tc", "qdisc", "add", "dev", Lab.name("x1h"), "root", "tbf", "rate", "40mbit", "burst", "20kb", "limit", "20mb");
            } catch (IOException e) {
                assumeTrue(false, "tc cannot slow a device down: " + e.getMessage());
            }
            tested.add(3, "dgram", folder.resolve("p3") + " " + folder.resolve("guest"));
            Arrivals got = new Arrivals(sink);
            int[] sent = new int[1];
            // However much the kernel lets wait, it has an end.
            for (int number = 0; number < MOST && (number % 100 != 0 || lost() == 0); number++) {
                byte[] frame = frame(number);
                Until.holds(() -> "no room", () -> {
                    got.read();
                    // One by one, until they are a flow: the order of what comes before is not promised.
                    return (got.count >= ONE_BY_ONE || got.count == sent[0]) && guest.send(frame);
                });
                sent[0] = number + 1;
            }
            Until.holds(() -> got.count + " of " + tested.port(1).sent(), () -> {
                got.read();
                return tested.port(3).received() == sent[0] && got.count == tested.port(1).sent();
            });
            assertTrue(got.ports.values().stream().distinct().count() > 1, got.ports.toString());
            assertTrue(lost() > 0);
            assertEquals(sent[0], tested.port(1).sent() + lost());
            Until.holds(tested::imbalance, () -> tested.imbalance().isEmpty());
        }
    }

    private long lost() {
        return tested.drops(3).getOrDefault("datapath/output-failed", 0L);
    }

    /** UDP over IPv4 of one of the connections, with a number in it. */
    private static byte[] frame(int number) {
        return ByteBuffer.allocate(1_400).putLong(0x0200_0000_00aa_0200L).putInt(0x0000_0001).putShort((short) 0x0800).putInt(0x4500_0000 | 1_386).putInt(0).putInt(64 << 24 | 17 << 16)
                .putLong(0x0a63_0001_0a63_0002L).putInt(number % FLOWS << 16 | 80).putInt(1_366 << 16).putInt(number).array();
    }

    /** What came out of a tunnel. */
    private static final class Arrivals {
        private final DatagramChannel sink;
        private final ByteBuffer packet = ByteBuffer.allocate(2_000);
        private final int[] next = new int[FLOWS];
        private final Map<Integer, Integer> ports = new HashMap<>();
        private int count;

        Arrivals(DatagramChannel sink) {
            this.sink = sink;
        }

        /** Counts what is there, and looks at its order and its source ports. */
        void read() throws IOException {
            for (SocketAddress from = sink.receive(packet.clear()); from != null; from = sink.receive(packet.clear())) {
                assertEquals(1_408, packet.flip().remaining());
                int number = packet.getInt(8 + 42);
                assertTrue(number >= next[number % FLOWS], number + " after " + next[number % FLOWS]);
                next[number % FLOWS] = number + 1;
                int port = ((InetSocketAddress) from).getPort();
                assertEquals(port, ports.computeIfAbsent(number % FLOWS, flow -> port));
                count++;
            }
        }
    }
}

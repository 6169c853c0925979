package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.control.PortDocument;
import org.vnetwork.datapath.user.UserDriver;
import org.vnetwork.model.PortVlan;
import org.vnetwork.tests.fixtures.CoreSwitch;
import org.vnetwork.tests.fixtures.Fixture;
import org.vnetwork.tests.sockets.Datagrams;

/** Two namespaces, each with the kernel's own vxlan device, and a switch between them that is the other end of both tunnels. */
class TunnelsTest {
    private static final long OCTETS = 20_000_000;
    private static final int ONE_BY_ONE = 50;
    /** Of 198.18.0.0/15, for tests of devices (RFC 2544); by process, so that two of these tests may run at once. */
    private static final int NET = (int) (ProcessHandle.current().pid() % 127) * 2;

    @TempDir
    private Path folder;

    private final Lab lab = new Lab();
    private final Space[] spaces = new Space[2];
    private Tunnels tested;

    /** A switch that has the user datapath. */
    private static final class Tunnels extends CoreSwitch {
        Tunnels() {
            super(new Fixture("tunnels", "here", "learning", Set.of(), Map.of(), List.of(), List.of()), false, "vxlan", new UserDriver().open("test", "sw1", Path.of("/tmp")), id -> "");
        }

        void add(int id) {
            home().addPort(new PortDocument(id, name(id), "vxlan", address(id, 2) + " vni " + vni(id) + " local " + address(id, 1), PortVlan.access(10), List.of()));
        }
    }

    @BeforeEach
    void make() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "namespaces with vxlan devices need root");
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/ethtool")) || Files.isExecutable(Path.of("/sbin/ethtool")), "ethtool is missing: apt-get install ethtool");
        assumeTrue(new UserDriver().unavailable().isEmpty(), () -> new UserDriver().unavailable().orElseThrow());
        for (int i = 1; i <= 2; i++) {
            spaces[i - 1] = lab.space();
            String here = lab.cable(spaces[i - 1], "x" + i, "");
            Command.run("ip", "address", "add", address(i, 1) + "/24", "dev", here);
            spaces[i - 1].ip("address add " + address(i, 2) + "/24 dev " + Lab.name("x" + i));
            try {
                tunnel(i);
            } catch (IOException e) {
                assumeTrue(false, "the kernel has no vxlan devices: " + e.getMessage());
            }
        }
        tested = new Tunnels();
        tested.add(1);
        tested.add(2);
    }

    @AfterEach
    void close() throws IOException {
        if (tested != null) {
            tested.close();
        }
        lab.close();
    }

    private static int vni(int side) {
        return 7_000_000 + side;
    }

    private static String address(int side, int host) {
        return "198.18." + (NET + side) + "." + host;
    }

    private void tunnel(int side) throws IOException {
        Space space = spaces[side - 1];
        space.ip("link add vx address 02:00:00:00:00:0" + side + " type vxlan id " + vni(side) + " local " + address(side, 2) + " remote " + address(side, 1) + " dstport 4789");
        // NB: a veth leaves inner checksums for hardware to fill in that is not there; a socket gets the octets as they are.
        Command.run("ip", "netns", "exec", space.name(), "ethtool", "-K", "vx", "tx", "off");
        space.ip("address add 10.77.0." + side + "/24 dev vx");
        space.ip("link set vx up");
    }

    private void pings(String... options) throws IOException {
        String[] words = {"ip", "netns", "exec", spaces[0].name(), "ping", "-q", "-c", "20", "-i", "0.01", "10.77.0.2"};
        List<String> all = new java.util.ArrayList<>(List.of(words));
        all.addAll(List.of(options));
        String said = Command.run(all.toArray(String[]::new));
        assertTrue(said.contains(" 0% packet loss"), said);
    }

    @Test
    void carryPingAndTcpBetweenKernels() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/ping")) || Files.isExecutable(Path.of("/bin/ping")), "ping is missing: apt-get install iputils-ping");
        pings();
        // As long as the path of 1,500 octets takes: 1,450, less 28 of IP and ICMP.
        pings("-s", "1422", "-M", "do");
        assertEquals("tunnel to " + address(1, 2) + ":4789 vni " + vni(1), tested.port(1).detail());
        try (Stream copy = new Stream(spaces[0], spaces[1], "10.77.0.2", OCTETS)) {
            Until.holds(() -> "arrived " + copy.arrived() + " " + tested.drops(1) + tested.drops(2), () -> copy.arrived() == OCTETS);
        }
        assertEquals("", tested.imbalance());
    }

    @Test
    void goOnWhenTheOtherEndGoesAndComesBack() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/ping")) || Files.isExecutable(Path.of("/bin/ping")), "ping is missing: apt-get install iputils-ping");
        pings();
        spaces[1].ip("link delete vx");
        Process ping = new ProcessBuilder("ip", "netns", "exec", spaces[0].name(), "ping", "-q", "-i", "0.01", "-w", "20", "10.77.0.2").redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try {
            Until.holds(() -> tested.port(2).detail(), () -> tested.port(2).detail().equals("nobody listens at " + address(2, 2) + ":4789"));
        } finally {
            ping.destroy();
        }
        tunnel(2);
        pings();
        Until.holds(() -> tested.port(2).detail(), () -> tested.port(2).detail().startsWith("tunnel to "));
    }

    @Test
    void areDownWhileThereIsNoRoute() throws IOException {
        String here = Lab.name("x2h");
        assertTrue(tested.port(2).up());
        Command.run("ip", "address", "delete", address(2, 1) + "/24", "dev", here);
        // Nor by the default route.
        Command.run("ip", "route", "add", "unreachable", "198.18." + (NET + 2) + ".0/24");
        try {
            Until.holds(() -> tested.port(2).detail(), () -> !tested.port(2).up());
            assertEquals(address(2, 2) + ":4789: no route to host", tested.port(2).detail());
        } finally {
            Command.run("ip", "route", "delete", "unreachable", "198.18." + (NET + 2) + ".0/24");
        }
        Command.run("ip", "address", "add", address(2, 1) + "/24", "dev", here);
        Until.holds(() -> tested.port(2).detail(), () -> tested.port(2).up());
    }

    /** What the device has no room for waits, up to a bound; what is beyond is counted, and the other end has all the rest in order. */
    @Test
    void loseWholeFramesByASlowDeviceAndCountThem() throws IOException {
        int frames = 20_000;
        spaces[0].ip("link delete vx");
        try (DatagramChannel sink = spaces[0].in(() -> DatagramChannel.open().bind(new InetSocketAddress(address(1, 2), 4789)));
                Datagrams guest = new Datagrams(folder.resolve("guest"), folder.resolve("p3"))) {
            sink.setOption(StandardSocketOptions.SO_RCVBUF, 4 << 20);
            sink.configureBlocking(false);
            try {
                Command.run("tc", "qdisc", "add", "dev", Lab.name("x1h"), "root", "tbf", "rate", "200mbit", "burst", "20kb", "latency", "2s");
            } catch (IOException e) {
                assumeTrue(false, "tc cannot slow a device down: " + e.getMessage());
            }
            tested.home().addPort(new PortDocument(3, CoreSwitch.name(3), "dgram", folder.resolve("p3") + " " + folder.resolve("guest"), PortVlan.access(10), List.of()));
            ByteBuffer packet = ByteBuffer.allocate(2_000);
            int[] next = new int[2];
            int[] sent = new int[1];
            for (int number = 0; number < frames; number++) {
                byte[] frame = ByteBuffer.allocate(1_400).putLong(0x0200_0000_00aa_0200L).putInt(0x0000_0001).putShort((short) 0x88b5).putInt(number).array();
                Until.holds(() -> "no room", () -> {
                    arrived(sink, packet, next);
                    // One by one, until they are a flow: the order of what comes before is not promised.
                    return (next[1] >= ONE_BY_ONE || next[1] == sent[0]) && guest.send(frame);
                });
                sent[0] = number + 1;
            }
            Until.holds(() -> next[0] + " of " + tested.port(1).sent(), () -> {
                arrived(sink, packet, next);
                return tested.port(3).received() == frames && next[0] == tested.port(1).sent();
            });
            long lost = tested.drops(3).getOrDefault("datapath/output-failed", 0L);
            assertTrue(lost > 0);
            assertEquals(frames, tested.port(1).sent() + lost);
            assertEquals("", tested.imbalance());
        }
    }

    /** Counts what is there and looks at its order: how many, and the number that comes at least. */
    private static void arrived(DatagramChannel sink, ByteBuffer packet, int[] next) throws IOException {
        while (sink.receive(packet.clear()) != null) {
            assertEquals(1_408, packet.flip().remaining());
            int number = packet.getInt(8 + 14);
            assertTrue(number >= next[1], number + " after " + next[1]);
            next[0]++;
            next[1] = number + 1;
        }
    }
}

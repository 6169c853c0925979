package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.control.DeviceOptions;
import org.vnetwork.control.PortDocument;
import org.vnetwork.model.FastWay;
import org.vnetwork.model.PortVlan;

/** Whoever shapes, drops or watches frames at a port's device or in front of its station is not passed by. */
class FastWayTest {
    private static final String FAST = "veth, peer in another namespace; fast way";
    private static final long OCTETS = 500_000;
    private static final int PINGS = 5;

    @TempDir
    private Path folder;

    private final Lab lab = new Lab();
    private final List<Space> spaces = new ArrayList<>();
    private final List<String> devices = new ArrayList<>();
    private KernelSwitch tested;

    @BeforeEach
    void make() throws Exception {
        Lab.needed();
        assumeTrue(TunnelLab.has("ping"), "ping is missing: apt-get install iputils-ping");
        for (int i = 1; i <= 2; i++) {
            Space space = lab.space();
            spaces.add(space);
            devices.add(lab.cable(space, "f" + i, "address 02:00:00:00:00:0" + i));
            space.ip("address add 10.78.0." + i + "/24 dev " + Lab.name("f" + i));
        }
        tested = lab.keep(new KernelSwitch("learning", devices.get(0), devices.get(1)));
        until(FAST);
    }

    @AfterEach
    void close() throws IOException {
        lab.close();
    }

    private void until(String detail) throws IOException {
        Until.holds(() -> tested.port(2).detail(), () -> tested.port(2).detail().equals(detail));
    }

    private void untilSlow(String why) throws IOException {
        until("veth, peer in another namespace; slow way for " + why);
    }

    /** How many of five were answered. */
    private int pinged() throws IOException {
        String said = Command.run("sh", "-c", "ip netns exec " + spaces.get(0).name() + " ping -q -c " + PINGS + " -i 0.05 -W 1 10.78.0.2; true");
        for (int answered = 0; answered <= PINGS; answered++) {
            if (said.contains(" " + answered + " received")) {
                return answered;
            }
        }
        throw new IOException(said);
    }

    private long sentByTheDevice() throws IOException {
        return Lab.statistic(devices.get(1), "tx_bytes");
    }

    private void copy() throws IOException {
        try (Stream copy = new Stream(spaces.get(0), spaces.get(1), "10.78.0.2", OCTETS)) {
            Until.holds(() -> "arrived " + copy.arrived(), () -> copy.arrived() == OCTETS);
        }
    }

    @Test
    void aQueueDisciplineOfTheDeviceHasAllThatGoesToTheStation() throws IOException {
        copy();
        assertTrue(sentByTheDevice() < OCTETS, "the fast way passes the device by");
        Command.run("tc", "qdisc", "add", "dev", devices.get(1), "root", "tbf", "rate", "20mbit", "burst", "20kb", "limit", "200kb");
        untilSlow("queue discipline tbf at the device");
        copy();
        String said = Command.run("tc", "-s", "qdisc", "show", "dev", devices.get(1), "root");
        assertTrue(Long.parseLong(said.replaceFirst("(?s).*Sent (\\d+) bytes.*", "$1")) > OCTETS, said);
        assertTrue(!said.contains("overlimits 0 "), () -> "the limit of 20 Mbit/s was met: " + said);
        Command.run("tc", "qdisc", "delete", "dev", devices.get(1), "root");
        until(FAST);
    }

    @Test
    void anXdpProgramOfTheStationDropsAll() throws IOException {
        assertEquals(PINGS, pinged());
        try (Program _ = spaces.get(1).in(() -> new Program(Program.Kind.XDP_DROP, Lab.name("f2")))) {
            untilSlow("an XDP program at the peer");
            assertEquals(0, pinged());
        }
        until(FAST);
        assertEquals(PINGS, pinged());
    }

    @Test
    void tcpdumpOnThePortSeesBothDirections() throws IOException {
        assumeTrue(TunnelLab.has("tcpdump"), "tcpdump is missing: apt-get install tcpdump");
        Path seen = folder.resolve("seen");
        Process dump = new ProcessBuilder("tcpdump", "-p", "-n", "-l", "-i", devices.get(1), "icmp").redirectError(ProcessBuilder.Redirect.DISCARD).redirectOutput(seen.toFile()).start();
        try {
            untilSlow("a packet socket at the device");
            assertEquals(PINGS, pinged());
            Until.holds(() -> Files.readString(seen), () -> count(seen, "echo request") == PINGS && count(seen, "echo reply") == PINGS);
        } finally {
            dump.destroy();
        }
        until(FAST);
    }

    private static long count(Path seen, String text) throws IOException {
        return Files.readAllLines(seen).stream().filter(line -> line.contains(text)).count();
    }

    @Test
    void programsAndFiltersAtTheEgressOfTheDeviceAreMet() throws IOException {
        try (Program _ = new Program(Program.Kind.EGRESS_NEXT, devices.get(1))) {
            untilSlow("a tcx program at the device's egress");
        }
        until(FAST);
        Command.run("tc", "filter", "add", "dev", devices.get(1), "egress", "bpf", "direct-action", "bytecode", "1,6 0 0 0");
        untilSlow("a tc filter at the device's egress");
        Command.run("tc", "filter", "delete", "dev", devices.get(1), "egress");
        until(FAST);
    }

    @Test
    void chainsOfNftAtTheEgressOfTheDeviceAreMet() throws IOException {
        assumeTrue(TunnelLab.has("nft"), "nft is missing: apt-get install nftables");
        String table = Lab.name("egress");
        // The other port's chain concerns nobody else.
        for (String device : devices) {
            Command.run("nft", "add table netdev " + table + "; add chain netdev " + table + " c { type filter hook egress device \"" + device + "\" priority 0; policy drop; }");
            if (device.equals(devices.getFirst())) {
                Until.holds(() -> tested.port(1).detail(), () -> tested.port(1).detail().endsWith("slow way for an nft chain at the device's egress"));
                assertEquals(FAST, tested.port(2).detail());
            } else {
                untilSlow("an nft chain at the device's egress");
                assertEquals(0, pinged());
            }
            Command.run("nft", "delete table netdev " + table);
            until(FAST);
        }
        assertEquals(PINGS, pinged());
    }

    @Test
    void theAdministratorDecidesWhateverLooks() throws IOException {
        set(FastWay.OFF);
        until("veth, peer in another namespace; slow way by --fast off");
        copy();
        assertTrue(sentByTheDevice() > OCTETS);
        set(FastWay.ON);
        Command.run("tc", "qdisc", "add", "dev", devices.get(1), "root", "pfifo", "limit", "1000");
        until("veth, peer in another namespace; fast way by --fast on, past queue discipline pfifo at the device");
        set(FastWay.AUTO);
        untilSlow("queue discipline pfifo at the device");
    }

    private void set(FastWay way) {
        PortDocument now = tested.home().documents().stream().filter(port -> port.id() == 2).findFirst().orElseThrow();
        assertEquals(PortVlan.access(10), now.vlan());
        tested.home().setPort(now.withOptions(DeviceOptions.PRESET.withFast(way)));
    }
}

package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.vnetwork.control.PortDocument;
import org.vnetwork.datapath.user.UserDriver;
import org.vnetwork.model.PortVlan;
import org.vnetwork.tests.fixtures.CoreSwitch;
import org.vnetwork.tests.fixtures.Fixture;

/** A switch whose ports 1 and 2 are tunnels, each to a namespace that a cable goes to. */
final class TunnelLab implements Closeable {
    /** Of 198.18.0.0/15, for tests of devices (RFC 2544); by process, so that two of these tests may run at once. */
    static final int NET = (int) (ProcessHandle.current().pid() % 127) * 2;

    final Tunnels tested;
    private final Lab lab = new Lab();
    private final Space[] spaces = new Space[2];

    /** A switch that has the user datapath. */
    static final class Tunnels extends CoreSwitch {
        Tunnels() {
            super(new Fixture("tunnels", "here", "learning", Set.of(), Map.of(), List.of(), List.of()), false, "vxlan", new UserDriver().open("test", "sw1", Path.of("/tmp")), id -> "");
        }

        void add(int id, String kind, String device) {
            home().addPort(new PortDocument(id, name(id), kind, device, PortVlan.access(10), List.of()));
        }
    }

    /** Skips the test where it cannot be made. */
    TunnelLab() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "namespaces with vxlan devices need root");
        assumeTrue(has("ethtool"), "ethtool is missing: apt-get install ethtool");
        assumeTrue(has("ping"), "ping is missing: apt-get install iputils-ping");
        assumeTrue(new UserDriver().unavailable().isEmpty(), () -> new UserDriver().unavailable().orElseThrow());
        for (int i = 1; i <= 2; i++) {
            spaces[i - 1] = lab.space();
            String here = lab.cable(spaces[i - 1], "x" + i, "");
            Command.run("ip", "address", "add", address(i, 1) + "/24", "dev", here);
        }
        tested = new Tunnels();
        for (int i = 1; i <= 2; i++) {
            tested.add(i, "vxlan", address(i, 2) + " vni " + vni(i) + " local " + address(i, 1));
        }
    }

    static boolean has(String command) {
        return List.of("/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/").stream().anyMatch(folder -> Files.isExecutable(Path.of(folder + command)));
    }

    static int vni(int side) {
        return 7_000_000 + side;
    }

    /** Of the cable to a side: host 1 is here, host 2 there. */
    static String address(int side, int host) {
        return "198.18." + (NET + side) + "." + host;
    }

    Space space(int side) {
        return spaces[side - 1];
    }

    /** The end of a cable in its namespace. */
    static String cable(int side) {
        return Lab.name("x" + side);
    }

    /** Gives the namespace's end of a cable its address. */
    void addressed(int side, String device) throws IOException {
        space(side).ip("address add " + address(side, 2) + "/24 dev " + device);
        space(side).ip("link set " + device + " up");
    }

    /** Makes the kernel's own end of a tunnel. */
    void tunnel(int side) throws IOException {
        Space space = space(side);
        try {
            space.ip("link add vx address 02:00:00:00:00:0" + side + " type vxlan id " + vni(side) + " local " + address(side, 2) + " remote " + address(side, 1) + " dstport 4789");
        } catch (IOException e) {
            assumeTrue(false, "the kernel has no vxlan devices: " + e.getMessage());
        }
        // NB: a veth leaves inner checksums for hardware to fill in that is not there; a socket gets the octets as they are.
        Command.run("ip", "netns", "exec", space.name(), "ethtool", "-K", "vx", "tx", "off");
        space.ip("address add 10.77.0." + side + "/24 dev vx");
        space.ip("link set vx up");
    }

    /** Pings from the first side to the second; none is lost. */
    void pings(String... options) throws IOException {
        List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", space(1).name(), "ping", "-q", "-c", "20", "-i", "0.01", "10.77.0.2"));
        words.addAll(List.of(options));
        String said = Command.run(words.toArray(String[]::new));
        assertTrue(said.contains(" 0% packet loss"), said);
    }

    @Override
    public void close() throws IOException {
        if (tested != null) {
            tested.close();
        }
        lab.close();
    }
}

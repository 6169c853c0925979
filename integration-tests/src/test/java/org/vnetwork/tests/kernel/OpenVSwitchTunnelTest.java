package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tunnel to Open vSwitch, whose userspace datapath encapsulates by itself; the other one to the kernel's vxlan device. */
class OpenVSwitchTunnelTest {
    private static final Path SCHEMA = Path.of("/usr/share/openvswitch/vswitch.ovsschema");

    @TempDir
    private Path folder;

    private Process daemon(Space space, String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", space.name()));
        all.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(new File(folder.toFile(), words[0] + ".out"));
        for (String variable : new String[] {"OVS_RUNDIR", "OVS_LOGDIR", "OVS_DBDIR", "OVS_SYSCONFDIR"}) {
            builder.environment().put(variable, folder.toString());
        }
        return builder.start();
    }

    private void configure(String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of("ovs-vsctl", "--db=unix:" + folder + "/db.sock", "--timeout=20"));
        all.addAll(List.of(words));
        Command.run(all.toArray(String[]::new));
    }

    @Test
    void carriesPing() throws IOException {
        assumeTrue(Files.exists(SCHEMA) && TunnelLab.has("ovs-vswitchd") && TunnelLab.has("ovsdb-server"), "Open vSwitch is missing: apt-get install openvswitch-switch");
        List<Process> daemons = new ArrayList<>();
        try (TunnelLab lab = new TunnelLab()) {
            lab.addressed(1, TunnelLab.cable(1));
            lab.tunnel(1);
            Space space = lab.space(2);
            // NB: a veth leaves the checksum of packets for hardware to fill in, and who reads it by a packet socket sees it as it is.
            Command.run("ethtool", "-K", TunnelLab.cable(2) + "h", "tx", "off");
            try {
                Command.run("ovsdb-tool", "create", folder + "/conf.db", SCHEMA.toString());
                daemons.add(daemon(space, "ovsdb-server", folder + "/conf.db", "--remote=punix:" + folder + "/db.sock"));
                Until.holds(() -> "ovsdb-server", () -> Files.exists(folder.resolve("db.sock")));
                configure("--no-wait", "init");
                daemons.add(daemon(space, "ovs-vswitchd", "unix:" + folder + "/db.sock", "--unixctl=" + folder + "/switch.ctl"));
                // One bridge has the device and the address that packets go out by, the other one the tunnel.
                configure("add-br", "out", "--", "set", "bridge", "out", "datapath_type=netdev", "--", "add-port", "out", TunnelLab.cable(2));
                configure("add-br", "br0", "--", "set", "bridge", "br0", "datapath_type=netdev", "--", "add-port", "br0", "far", "--", "set", "interface", "far", "type=vxlan",
                        "options:remote_ip=" + TunnelLab.address(2, 1), "options:key=" + TunnelLab.vni(2));
                lab.addressed(2, "out");
                space.ip("address add 10.77.0.2/24 dev br0");
                space.ip("link set br0 mtu 1450 up");
                // Neighbours are asked for on the way.
                Command.run("ip", "netns", "exec", space.name(), "ping", "-q", "-c", "1", "-w", "20", TunnelLab.address(2, 1));
                Command.run("ip", "netns", "exec", lab.space(1).name(), "ping", "-q", "-c", "1", "-w", "20", "10.77.0.2");
                lab.pings();
                lab.pings("-s", "1422", "-M", "do");
                Until.holds(lab.tested::imbalance, () -> lab.tested.imbalance().isEmpty());
            } finally {
                for (Process daemon : daemons.reversed()) {
                    daemon.destroy();
                    daemon.onExit().join();
                }
            }
        }
    }
}

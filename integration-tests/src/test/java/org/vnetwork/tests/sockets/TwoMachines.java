package org.vnetwork.tests.sockets;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.vnetwork.tests.kernel.Command;

/** The machines 192.0.2.1 and 192.0.2.7 of docs/attach.md: two namespaces joined by a cable. The second is there when it was asked for. */
final class TwoMachines implements Closeable {
    static final String NEAR = "192.0.2.1";
    static final String FAR = "192.0.2.7";
    private static final String SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema";

    private final Path folder;
    private final String prefix;
    private final Machine near;
    private Machine far;
    private int count;

    TwoMachines(Path folder, String prefix) throws IOException {
        this.folder = folder;
        this.prefix = prefix;
        near = Machine.apart(folder.resolve("near"), prefix + "-near");
    }

    /** Skips an example for two machines where there cannot be any. */
    static void need() {
        assumeTrue("root".equals(System.getProperty("user.name")), "namespaces that stand for two machines need root");
        assumeTrue(Guests.onPath("ip"), "ip is missing: apt-get install iproute2");
        assumeTrue(Guests.onPath("ethtool"), "ethtool is missing: apt-get install ethtool");
        assumeTrue(Guests.onPath("ping"), "ping is missing: apt-get install iputils-ping");
    }

    Machine near() {
        return near;
    }

    /** Another second machine, with nothing on it, in place of the one before. */
    Machine another() throws IOException {
        endFar();
        String name = prefix + "-far" + ++count;
        far = Machine.apart(folder.resolve("far" + count), name);
        Command.run("ip", "-n", near.space(), "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", name);
        join(near, NEAR);
        join(far, FAR);
        return far;
    }

    private static void join(Machine machine, String address) throws IOException {
        Command.run("ip", "-n", machine.space(), "address", "add", address + "/24", "dev", "eth0");
        // NB: a veth leaves checksums and segments for hardware, and who reads packets by a packet socket sees them as they are. What comes by a real cable is whole.
        Command.run("ip", "netns", "exec", machine.space(), "ethtool", "-K", "eth0", "tx", "off", "tx-udp-segmentation", "off");
        Command.run("ip", "-n", machine.space(), "link", "set", "eth0", "up");
    }

    /** Skips an example of the kernel's own device where it has none. */
    void needKernelDevice() throws IOException {
        try {
            Command.run("ip", "-n", near.space(), "link", "add", "vxlan0", "type", "vxlan", "id", "1", "dstport", "1");
        } catch (IOException e) {
            assumeTrue(false, "the kernel has no vxlan devices: " + e.getMessage());
        }
        Command.run("ip", "-n", near.space(), "link", "delete", "vxlan0");
    }

    static void needOpenVSwitch() {
        assumeTrue(Guests.onPath("ovs-vswitchd") && Guests.onPath("ovsdb-server") && Files.exists(Path.of(SCHEMA)), "Open vSwitch is missing: apt-get install openvswitch-switch");
    }

    /**
     * Runs Open vSwitch on the second machine, with a bridge br0.
     *
     * <p>Its datapath is the one in userspace, which needs no module of the kernel; packets go out by a bridge that has the machine's device and address.
     */
    void startOpenVSwitch() throws IOException {
        far.run("""
                ovsdb-tool create conf.db %s
                ovsdb-server "$PWD/conf.db" --remote="punix:$PWD/db.sock" --detach --pidfile --log-file
                ovs-vsctl --no-wait init
                ovs-vswitchd --detach --pidfile --log-file
                ovs-vsctl --timeout=20 add-br out -- set bridge out datapath_type=netdev -- add-port out eth0 -- add-br br0 -- set bridge br0 datapath_type=netdev
                ip address delete %2$s/24 dev eth0
                ip address add %2$s/24 dev out
                ip link set out up
                """.formatted(SCHEMA, FAR));
    }

    private void endFar() throws IOException {
        if (far != null) {
            Machine ended = far;
            far = null;
            try (ended) {
                near.bash("ip link delete eth0"); // if there is one
            }
        }
    }

    @Override
    public void close() throws IOException {
        try (near) {
            endFar();
        }
    }
}

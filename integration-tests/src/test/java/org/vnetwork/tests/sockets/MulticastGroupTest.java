package org.vnetwork.tests.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.DatagramSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.control.PortDocument;
import org.vnetwork.datapath.user.UserDriver;
import org.vnetwork.model.PortVlan;
import org.vnetwork.tests.fixtures.CoreSwitch;
import org.vnetwork.tests.fixtures.Fixture;
import org.vnetwork.tests.kernel.Until;

/** A switch in one multicast group with two QEMUs, which hand over what they hear to a socket each; no guest is needed for that. */
class MulticastGroupTest {
    private static final String GROUP = "239.77.7.2";

    @TempDir
    private Path folder;

    /** A switch that has the user datapath. */
    private static final class GroupSwitch extends CoreSwitch {
        GroupSwitch() {
            super(new Fixture("group", "here", "learning", Set.of(), Map.of(), List.of(), List.of()), false, "dgram", new UserDriver().open("test", "sw1", Path.of("/tmp")), id -> "");
        }

        void add(int id, String kind, String device) {
            home().addPort(new PortDocument(id, name(id), kind, device, PortVlan.access(10), List.of()));
        }
    }

    private Process qemu(String name, int port) throws IOException {
        String group = "socket,id=group,mcast=" + GROUP + ":" + port + ",localaddr=127.0.0.1";
        String socket = "dgram,id=socket,local.type=unix,local.path=" + folder.resolve(name) + ",remote.type=unix,remote.path=" + folder.resolve(name + "-far");
        return new ProcessBuilder("qemu-system-x86_64", "-M", "none", "-nodefaults", "-display", "none", "-netdev", group, "-netdev", socket,
                "-netdev", "hubport,id=one,hubid=0,netdev=group", "-netdev", "hubport,id=two,hubid=0,netdev=socket")
                .redirectErrorStream(true).redirectOutput(folder.resolve(name + ".log").toFile()).start();
    }

    private static byte[] frame(int from, int number) {
        byte[] frame = new byte[1_514];
        Arrays.fill(frame, 0, 6, (byte) 0xff);
        frame[6] = 2;
        frame[11] = (byte) from;
        frame[12] = (byte) 0x88;
        frame[13] = (byte) 0xb5;
        frame[14] = (byte) number;
        return frame;
    }

    /** Waits for a frame of a sender; others are what a QEMU hears of itself. */
    private static void hears(Datagrams end, int from, int number) throws IOException {
        byte[] expected = frame(from, number);
        Until.holds(() -> "a frame of " + from, () -> Arrays.equals(end.receive(), expected));
    }

    @Test
    void joinsASwitchAndTwoQemus() throws IOException {
        assumeTrue(new UserDriver().unavailable().isEmpty(), () -> new UserDriver().unavailable().orElseThrow());
        assumeTrue(Guests.onPath("qemu-system-x86_64"), "qemu-system-x86_64 is missing: apt-get install qemu-system-x86");
        int port;
        try (DatagramSocket probe = new DatagramSocket(0)) {
            port = probe.getLocalPort();
        }
        Process[] qemus = {qemu("a", port), qemu("b", port)};
        try (GroupSwitch tested = new GroupSwitch();
                Datagrams first = new Datagrams(folder.resolve("a-far"), folder.resolve("a"));
                Datagrams second = new Datagrams(folder.resolve("b-far"), folder.resolve("b"));
                Datagrams guest = new Datagrams(folder.resolve("guest"), folder.resolve("p2"))) {
            for (String name : new String[] {"a", "b"}) {
                Until.holds(() -> name + ": " + Files.readString(folder.resolve(name + ".log")), () -> Files.exists(folder.resolve(name)));
            }
            tested.add(1, "udp-multicast", GROUP + ":" + port + " local 127.0.0.1");
            tested.add(2, "dgram", folder.resolve("p2") + " " + folder.resolve("guest"));
            Until.holds(() -> tested.port(1).detail() + " " + tested.port(2).detail(), () -> tested.port(1).up() && tested.port(2).up());
            for (int number = 1; number <= 20; number++) {
                int round = number;
                Until.holds(() -> "no room", () -> first.send(frame(1, round)));
                hears(guest, 1, round);
                hears(second, 1, round);
                Until.holds(() -> "no room", () -> guest.send(frame(9, round)));
                hears(first, 9, round);
                hears(second, 9, round);
            }
            assertEquals(20, tested.port(1).received());
            assertEquals(20, tested.port(1).sent());
            Until.holds(tested::imbalance, () -> tested.imbalance().isEmpty());
        } finally {
            for (Process qemu : qemus) {
                qemu.destroy();
            }
        }
    }
}

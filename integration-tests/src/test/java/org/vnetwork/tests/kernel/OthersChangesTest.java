package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.Drift;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FrameText;

/** Somebody else changes what the switch put at devices: it is put right while traffic flows, and told. */
class OthersChangesTest {
    private static final int PORTS = 4;
    private static final byte[] FRAME = FrameText.build("eth() ipv4() udp() payload(100)");

    private final Lab lab = new Lab();
    private final List<Drift> told = new ArrayList<>();
    private KernelLists kernel;

    @BeforeEach
    void open() throws Exception {
        Lab.needed();
        kernel = lab.keep(new KernelLists(lab, PORTS));
    }

    @AfterEach
    void close() throws IOException {
        lab.close();
    }

    private String device() {
        return kernel.devices.get(0);
    }

    private static String tap() {
        return Lab.upcallTap(Lab.name("-l"), "sw1");
    }

    private void work() {
        kernel.datapath.await(1_000_000);
        kernel.work();
        told.addAll(kernel.datapath.drift());
    }

    private void flood() throws IOException {
        kernel.list(1, new Action.Output(2), new Action.Output(3), new Action.Output(4));
        kernel.untilGrouped(true, this::work);
        untilAllGetFrames();
        assertEquals(List.of(), told);
    }

    /** Sends until every member got a frame that was sent from now on. */
    private void untilAllGetFrames() throws IOException {
        for (Wire wire : kernel.wires) {
            while (wire.receive() != null) {
                // Of before.
            }
        }
        boolean[] got = new boolean[PORTS + 1];
        Until.holds(() -> "frames at ports 2 to 4; told: " + told, () -> {
            kernel.wires.get(0).send(FRAME);
            work();
            for (int port = 2; port <= PORTS; port++) {
                got[port] |= kernel.wires.get(port - 1).receive() != null;
            }
            return got[2] && got[3] && got[4];
        });
    }

    private void untilTold(int port, String device, String text) throws IOException {
        Until.holds(() -> "told: " + told, () -> {
            work();
            return told.stream().anyMatch(drift -> drift.port() == port && drift.text().contains(device) && drift.text().contains(text));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"qdisc del dev DEVICE clsact", "filter del dev DEVICE ingress", "filter del dev DEVICE ingress pref 1 protocol all bpf"})
    void aGroupWhoseFiltersSomebodyRemovesIsPutAgain(String command) throws IOException {
        flood();
        Command.run(("tc " + command.replace("DEVICE", device())).split(" "));
        untilAllGetFrames();
        untilTold(1, device(), "somebody changed its filters");
        kernel.untilGrouped(true, this::work);
        untilAllGetFrames();
        assertEquals(1, told.size(), told::toString);
    }

    @Test
    void framesThatMetNoFilterAreToldByTheirNumber() throws IOException {
        flood();
        // The datapath is not asked to work meanwhile, so nothing is repaired.
        Command.run("tc", "qdisc", "del", "dev", device(), "clsact");
        for (int i = 0; i < 7; i++) {
            kernel.wires.get(0).send(FRAME);
        }
        untilTold(1, device(), "; 7 IP frames to flood that came in meanwhile went nowhere");
        untilAllGetFrames();
    }

    /** Each repair stops the device for a moment, so it is not done for ever; the program copies meanwhile. */
    @Test
    void aDeviceThatIsRobbedAgainAndAgainIsLeftAloneAndMembersGetFrames() throws IOException {
        flood();
        for (int i = 1; i <= 4; i++) {
            Command.run("tc", "qdisc", "del", "dev", device(), "clsact");
            int times = i;
            Until.holds(() -> "told: " + told, () -> {
                work();
                return told.size() == times;
            });
            untilAllGetFrames();
        }
        untilTold(1, device(), "this was time 4");
        assertEquals("", kernel.filters());
    }

    @Test
    void filtersThatSomebodyPutsThereAreToldAndDoNotMeetFrames() throws IOException {
        flood();
        Command.run("tc", "filter", "add", "dev", device(), "ingress", "protocol", "ip", "pref", "1000", "u32", "match", "u32", "0", "0");
        untilTold(1, device(), "u32");
        untilAllGetFrames();
        assertTrue(kernel.datapath.state(1).detail().contains("u32"), kernel.datapath.state(1).detail());
        Command.run("tc", "filter", "del", "dev", device(), "ingress", "pref", "1000");
        untilTold(1, device(), "no more:");
        kernel.untilGrouped(true, this::work);
        untilAllGetFrames();
        Command.run("tc", "filter", "add", "dev", device(), "egress", "protocol", "ip", "u32", "match", "u32", "0", "0");
        kernel.datapath.detach(1);
        assertTrue(Command.run("tc", "filter", "show", "dev", device(), "egress").contains("u32"), "somebody else's filter stays");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ip link del TAP", "ip link set TAP down", "ip link set TAP mtu 1000", "ip link set TAP name TAPx", "tc qdisc add dev TAP root tbf rate 1kbit burst 1kb limit 1kb",
        "tc qdisc add dev TAP clsact"})
    void aTapByWhichFramesComeUpIsAsItWasAgain(String command) throws IOException {
        Command.run(command.replace("TAPx", Lab.name("x")).replace("TAP", tap()).split(" "));
        int[] came = new int[1];
        Until.holds(() -> "frames that come up; told: " + told, () -> {
            kernel.wires.get(0).send(FRAME);
            kernel.datapath.await(1_000_000);
            kernel.decide(frame -> came[0]++);
            told.addAll(kernel.datapath.drift());
            return came[0] > 100 && !told.isEmpty();
        });
        untilTold(0, tap(), "again");
        assertTrue(kernel.datapath.counters(1).received() > 100);
        Until.holds(() -> kernel.datapath.counters(1) + " " + kernel.drops(1), () -> {
            kernel.decide(frame -> came[0]++);
            return kernel.datapath.counters(1).received() == came[0] + kernel.drops(1).values().stream().mapToLong(Long::longValue).sum();
        });
    }

    @Test
    void aTapOfAPortThatSomebodyRemovesIsMadeAgain() throws Exception {
        String device = Lab.name("t");
        kernel.datapath.attach(PORTS + 1, new Attachment("tap", device));
        kernel.datapath.unblock(PORTS + 1);
        Command.run("ip", "link", "del", device);
        untilTold(PORTS + 1, device, "made again");
        try (OpenTap tap = new OpenTap(device)) {
            Until.holds(() -> kernel.datapath.state(PORTS + 1).toString(), () -> {
                work();
                return kernel.datapath.state(PORTS + 1).up();
            });
            long before = kernel.datapath.counters(PORTS + 1).received();
            tap.send(FRAME);
            Until.holds(() -> "received", () -> {
                work();
                return kernel.datapath.counters(PORTS + 1).received() > before;
            });
        }
        kernel.datapath.detach(PORTS + 1);
        assertTrue(!Lab.exists(device), "it goes with its port");
        assertEquals(1, told.stream().map(Drift::text).collect(Collectors.toSet()).size(), told::toString);
    }

    /** Its bridge sends to the port's station, past VLANs and filters. */
    @ParameterizedTest
    @ValueSource(strings = {"bridge", "macvlan"})
    void whatElseHasAPortsDeviceIsTold(String kind) throws IOException {
        flood();
        String other = Lab.name("o");
        if (kind.equals("bridge")) {
            Command.run("ip", "link", "add", other, "type", "bridge");
            lab.keep(() -> Lab.remove(other));
            Command.run("ip", "link", "set", device(), "master", other);
        } else {
            Command.run("ip", "link", "add", "link", device(), "name", other, "type", "macvlan", "mode", "bridge");
            lab.keep(() -> Lab.remove(other));
        }
        untilTold(1, device(), kind + " " + other);
        assertTrue(kernel.datapath.state(1).up());
        assertTrue(kernel.datapath.state(1).detail().contains(kind + " " + other + ", which gets none of the frames"), kernel.datapath.state(1).detail());
        untilAllGetFrames();
        Lab.remove(other);
        untilTold(1, device(), "no more: ");
        assertTrue(!kernel.datapath.state(1).detail().contains(other), kernel.datapath.state(1).detail());
    }

    @Test
    void aDeviceThatLeavesForAnotherNamespaceIsTold() throws IOException {
        String moved = kernel.devices.get(1);
        Command.run("ip", "link", "set", moved, "netns", kernel.spaces.get(0).name());
        untilTold(2, moved, "moved it to another network namespace");
        assertTrue(!kernel.datapath.state(2).up());
        kernel.spaces.get(0).ip("link set " + moved + " netns 1");
        Command.run("ip", "link", "set", moved, "up");
        Until.holds(() -> kernel.datapath.state(2).toString(), () -> {
            work();
            return kernel.datapath.state(2).up();
        });
    }

    @Test
    void settingsThatAPortNeedsAreKeptOrTold() throws Exception {
        String device = Lab.name("br");
        Command.run("ip", "link", "add", device, "type", "bridge");
        lab.keep(() -> Lab.remove(device));
        Command.run("ip", "link", "set", device, "up");
        kernel.datapath.attach(PORTS + 1, new Attachment("netdev", device));
        kernel.datapath.unblock(PORTS + 1);
        Command.run("ip", "link", "set", device, "promisc", "off");
        untilTold(PORTS + 1, device, "it is promiscuous again");
        assertTrue(Command.run("ip", "link", "show", "dev", device).contains("PROMISC"));
        Command.run("ip", "link", "set", kernel.devices.get(2), "mtu", "1400");
        untilTold(3, kernel.devices.get(2), "its MTU is 1400 now, and was 1500");
    }
}

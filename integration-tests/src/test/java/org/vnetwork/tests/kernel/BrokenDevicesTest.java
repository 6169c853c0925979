package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.PortDocument;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.wire.FrameText;

/** Devices go, come back, change, and lie: the port says what is wrong, frames are counted, and all is well again by itself. */
class BrokenDevicesTest {
    private static final String ONE = "02:00:00:00:02:01";
    private static final String TWO = "02:00:00:00:02:02";
    private static final byte[] TO_TWO = frame(ONE, TWO, 100);

    private final Lab lab = new Lab();
    private Space first;
    private Space second;
    private Wire one;
    private Wire two;
    private KernelSwitch tested;

    @BeforeEach
    void open() throws Exception {
        Lab.needed();
        first = lab.space();
        second = lab.space();
        String here = lab.cable(first, "d1", "address " + ONE);
        one = lab.keep(new Wire(first, Lab.name("d1")));
        String there = lab.cable(second, "d2", "address " + TWO);
        two = new Wire(second, Lab.name("d2"));
        tested = lab.keep(new KernelSwitch("learning", here, there));
        learnTwo();
    }

    @AfterEach
    void close() throws IOException {
        if (two != null) {
            two.close();
        }
        lab.close();
    }

    private static byte[] frame(String source, String destination, int payload) {
        return FrameText.build("eth(src=" + source + ",dst=" + destination + ") ipv4() udp() payload(" + payload + ")");
    }

    private static PortDocument third(String attachment, String device) {
        return new PortDocument(3, "p3", attachment, device, PortVlan.access(10), List.of());
    }

    /** Frames to the second port are for it alone from now on. */
    private void learnTwo() throws IOException {
        two.send(frame(TWO, ONE, 10));
        Until.holds(tested::books, () -> tested.port(2).received() > 0 && tested.imbalance().isEmpty());
    }

    private void untilPortTwoIs(boolean up, String detail) throws IOException {
        Until.holds(() -> tested.port(2).toString(), () -> tested.port(2).up() == up && tested.port(2).detail().contains(detail));
    }

    /** Sends until a frame arrives: those that were under way when the device changed may be lost. */
    private void untilTrafficFlows() throws IOException {
        Until.holds(tested::books, () -> {
            one.send(TO_TWO);
            return arrives(TO_TWO);
        });
    }

    private boolean arrives(byte[] frame) throws IOException {
        for (byte[] next = two.receive(); next != null; next = two.receive()) {
            if (Arrays.equals(frame, next)) {
                return true;
            }
        }
        return false;
    }

    private void untilFramesAreDropped(String reason) throws IOException {
        long before = tested.drops(1, reason);
        // More than one, so that flows answer as well as the pipeline.
        Until.holds(tested::books, () -> {
            one.send(TO_TWO);
            return tested.drops(1, reason) > before + 20;
        });
        Until.holds(tested::books, () -> tested.imbalance().isEmpty());
    }

    @Test
    void aDeviceThatIsDeletedAndMadeAgainIsTakenUpByItself() throws IOException {
        untilTrafficFlows();
        two.close();
        two = null;
        Lab.remove(Lab.name("d2h"));
        untilFramesAreDropped("datapath/link-down");
        untilPortTwoIs(false, "no such device");
        lab.cable(second, "d2", "address " + TWO);
        two = new Wire(second, Lab.name("d2"));
        untilPortTwoIs(true, "veth");
        untilTrafficFlows();
    }

    @Test
    void aLinkThatGoesDownAndUpIsFollowed() throws IOException {
        Command.run("ip", "link", "set", Lab.name("d2h"), "down");
        untilPortTwoIs(false, "device is down; ip link set " + Lab.name("d2h") + " up");
        untilFramesAreDropped("datapath/link-down");
        Command.run("ip", "link", "set", Lab.name("d2h"), "up");
        untilPortTwoIs(true, "veth");
        untilTrafficFlows();
        second.ip("link set " + Lab.name("d2") + " down");
        untilPortTwoIs(false, "no carrier: the other end is down");
        second.ip("link set " + Lab.name("d2") + " up");
        untilPortTwoIs(true, "veth");
        untilTrafficFlows();
    }

    /** A virtual machine that moved, with its address and without a word, to another port. */
    @Test
    void aStationThatComesUpSilentlyBehindAnotherPortIsReached() throws Exception {
        Space third = lab.space();
        tested.home().addPort(third("netdev", lab.cable(third, "d3", "address " + TWO)));
        untilTrafficFlows();
        second.ip("link set " + Lab.name("d2") + " down");
        try (Wire moved = new Wire(third, Lab.name("d3"))) {
            Until.holds(tested::books, () -> {
                one.send(TO_TWO);
                byte[] came = moved.receive();
                return came != null && Arrays.equals(TO_TWO, came);
            });
        }
    }

    @Test
    void aPeerThatGoesWithItsNamespaceLeavesThePortDown() throws IOException {
        Space third = new Space(Lab.name("-gone"));
        String here = lab.cable(third, "d3", "");
        tested.home().addPort(third("netdev", here));
        assertTrue(tested.port(3).up());
        third.close();
        Until.holds(tested::books, () -> !tested.port(3).up() && tested.port(3).detail().contains("no such device"));
        untilTrafficFlows();
    }

    /** There bpf_redirect_peer would lose every frame without a word. */
    @Test
    void aPeerInTheSameNamespaceGetsItsFrames() throws Exception {
        String here = Lab.name("s");
        String other = Lab.name("so");
        Command.run("ip", "link", "add", here, "type", "veth", "peer", "name", other, "address", "02:00:00:00:02:03");
        lab.keep(() -> Lab.remove(here));
        for (String device : new String[] {here, other}) {
            Files.writeString(Path.of("/proc/sys/net/ipv6/conf", device, "disable_ipv6"), "1");
            Command.run("ip", "link", "set", device, "up");
        }
        tested.home().addPort(third("netdev", here));
        Until.holds(tested::books, () -> tested.port(3).up());
        assertEquals("veth", tested.port(3).detail());
        byte[] frame = frame(ONE, "02:00:00:00:02:03", 100);
        try (Wire third = new Wire(null, other)) {
            third.send(frame("02:00:00:00:02:03", ONE, 10));
            for (int i = 0; i < 100; i++) {
                one.send(frame);
                Until.holds(tested::books, () -> {
                    byte[] came = third.receive();
                    return came != null && Arrays.equals(frame, came);
                });
            }
        }
        Until.holds(tested::books, () -> tested.imbalance().isEmpty());
    }

    @Test
    void aTapIsDownUntilSomebodyOpensIt() throws Exception {
        String device = Lab.name("t");
        tested.home().addPort(third("tap", device));
        assertTrue(Lab.exists(device));
        assertFalse(tested.port(3).up());
        assertEquals("nobody has the tap open", tested.port(3).detail());
        one.send(frame(ONE, "ff:ff:ff:ff:ff:ff", 100));
        Until.holds(tested::books, () -> tested.drops(1, "datapath/link-down") == 1);
        try (OpenTap tap = new OpenTap(device)) {
            Until.holds(tested::books, () -> tested.port(3).up());
            byte[] frame = frame(ONE, "02:00:00:00:02:03", 100);
            tap.send(frame("02:00:00:00:02:03", ONE, 10));
            Until.holds(tested::books, () -> tested.port(3).received() == 1);
            one.send(frame);
            Until.holds(tested::books, () -> Arrays.equals(frame, tap.receive()));
        }
        Until.holds(tested::books, () -> !tested.port(3).up());
        tested.home().removePort(third("tap", device));
        assertFalse(Lab.exists(device), "a tap that the switch made goes with its port");
    }

    @Test
    void aFrameLongerThanTheOutputTakesIsCounted() throws IOException {
        untilTrafficFlows();
        Command.run("ip", "link", "set", Lab.name("d2h"), "mtu", "600");
        second.ip("link set " + Lab.name("d2") + " mtu 600");
        byte[] fits = frame(ONE, TWO, 600 - 28);
        byte[] tooLong = frame(ONE, TWO, 600 - 27);
        // The flow is there already: the kernel's program finds out. A new station has the first frame come up: the socket does.
        Until.holds(tested::books, () -> {
            one.send(tooLong);
            return tested.drops(1, "datapath/too-long") > 0;
        });
        long before = tested.drops(1, "datapath/too-long");
        one.send(frame("02:00:00:00:02:0f", TWO, 600 - 27));
        Until.holds(tested::books, () -> tested.drops(1, "datapath/too-long") == before + 1);
        one.send(fits);
        Until.holds(tested::books, () -> arrives(fits));
        Until.holds(tested::books, () -> tested.imbalance().isEmpty());
    }

    /** The shorter way to the peer is for frames to its address; the kernel behind it takes all that come that way for its own. */
    @Test
    void aPeerThatChangesItsAddressIsFollowed() throws IOException {
        untilTrafficFlows();
        assertTrue(two.wasForItsHost());
        second.ip("link set " + Lab.name("d2") + " address 02:00:00:00:02:22");
        Until.holds(() -> "frames to the old address still count as the host's own", () -> {
            untilTrafficFlows();
            return !two.wasForItsHost();
        });
        byte[] frame = frame(ONE, "02:00:00:00:02:22", 100);
        two.send(frame("02:00:00:00:02:22", ONE, 10));
        Until.holds(tested::books, () -> tested.port(2).received() == 2);
        for (int i = 0; i < 3; i++) {
            one.send(frame);
            Until.holds(tested::books, () -> arrives(frame));
            assertTrue(two.wasForItsHost());
        }
        assertNull(two.receive());
    }
}

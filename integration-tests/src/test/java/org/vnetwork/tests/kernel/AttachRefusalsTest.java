package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.FrameBatch;
import org.vnetwork.datapath.ebpf.EbpfDriver;
import org.vnetwork.model.FastWay;

/** What cannot be a port is refused in one line that says what, why and what to do, and nothing stays behind. */
class AttachRefusalsTest {
    private static final String HOST = Lab.name("-r");

    private final Lab lab = new Lab();
    private String device;
    private final FrameBatch batch = new FrameBatch();
    private Datapath datapath;
    private List<String> before;

    @BeforeEach
    void open() throws Exception {
        Lab.needed();
        device = lab.cable(lab.space(), "r", "");
        Files.writeString(setting(), "0");
        datapath = datapath(HOST, "sw1");
        before = traces();
    }

    @AfterEach
    void close() throws IOException {
        try (lab) {
            if (datapath != null) {
                datapath.close();
                assertEquals(List.of(device), Lab.traces(), "left after closing");
                assertFalse(Lab.exists(Lab.upcallTap(HOST, "sw1")), "the upcall tap is left after closing");
            }
        }
    }

    private static Datapath datapath(String host, String name) throws DatapathException {
        return new EbpfDriver().open(host, name, Path.of("/tmp"));
    }

    private Path setting() {
        return Path.of("/proc/sys/net/ipv6/conf", device, "disable_ipv6");
    }

    /** Devices, pins, and how the device is: its flags, and whether the host's IPv6 speaks on it. */
    private List<String> traces() throws IOException {
        List<String> traces = new java.util.ArrayList<>(Lab.traces());
        if (Lab.exists(device)) {
            traces.add(device + " flags " + Files.readString(Path.of("/sys/class/net", device, "flags")).strip() + " disable_ipv6 " + Files.readString(setting()).strip());
        }
        return traces;
    }

    private void assertRefused(Attachment attachment, String... parts) throws IOException {
        assertRefused(datapath, attachment, parts);
        assertEquals(before, traces());
    }

    private static void assertRefused(Datapath by, Attachment attachment, String... parts) {
        String message = assertThrows(DatapathException.class, () -> by.attach(2, attachment)).getMessage();
        assertEquals(1, message.lines().count(), message);
        assertFalse(message.contains("Exception"), message);
        for (String part : parts) {
            assertTrue(message.contains(part), () -> message + " should have: " + part);
        }
        assertFalse(by.state(2).up());
    }

    @Test
    void aDeviceThatDoesNotExist() throws IOException {
        assertRefused(new Attachment("netdev", Lab.name("nope")), "netdev: " + Lab.name("nope"), "(expected: ", "ip link");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "kt-sixteen-chars", "a/b", "a b", ".", "..", "kt-%d", "a\u001bb"})
    void aNameThatNoDeviceCanHave(String name) throws IOException {
        for (String kind : List.of("netdev", "tap")) {
            assertRefused(new Attachment(kind, name), kind + ": " + (name.isEmpty() ? "(empty)" : name) + " (expected: ", "15");
            assertFalse(Lab.exists("kt-sixteen-char"), "a device of a shortened name");
        }
    }

    @Test
    void aDeviceOfABridge() throws IOException {
        String bridge = Lab.name("br");
        Command.run("ip", "link", "add", bridge, "type", "bridge");
        lab.keep(() -> Lab.remove(bridge));
        Command.run("ip", "link", "set", device, "master", bridge);
        before = traces();
        assertRefused(new Attachment("netdev", device), "netdev: " + device, "(expected: ", "bridge", "ip link set " + device + " nomaster");
        Lab.remove(bridge);
    }

    @Test
    void theLoopback() throws IOException {
        assertRefused(new Attachment("netdev", "lo"), "netdev: lo", "(expected: ", "the loopback");
    }

    /** A tun, as WireGuard's and ppp's devices, carries packets without MAC addresses: no frame would ever be forwarded. */
    @ParameterizedTest
    @ValueSource(strings = {"netdev", "tap"})
    void aDeviceWithoutEthernetFrames(String kind) throws IOException {
        String tun = Lab.name("tun");
        Command.run("ip", "tuntap", "add", tun, "mode", "tun");
        lab.keep(() -> Lab.remove(tun));
        Command.run("ip", "link", "set", tun, "up");
        before = traces();
        assertRefused(new Attachment(kind, tun), "netdev: " + tun, "(expected: a device with Ethernet frames)", "without MAC addresses");
        Lab.remove(tun);
    }

    @Test
    void aDeviceThatComesBackWithoutEthernetFrames() throws Exception {
        datapath.attach(1, new Attachment("netdev", device));
        datapath.unblock(1);
        Lab.remove(device);
        Command.run("ip", "tuntap", "add", device, "mode", "tun");
        Until.holds(() -> datapath.state(1).detail(), () -> {
            datapath.take(batch);
            return datapath.state(1).detail().contains("without MAC addresses");
        });
        assertFalse(datapath.state(1).up());
        datapath.detach(1);
    }

    @Test
    void aTapOfOneQueueWhereSeveralAreAskedFor() throws IOException {
        String tap = Lab.name("tap");
        Command.run("ip", "tuntap", "add", tap, "mode", "tap");
        lab.keep(() -> Lab.remove(tap));
        before = traces();
        assertRefused(new Attachment("tap", tap, 2, FastWay.AUTO), "tap: " + tap, "(expected: ", "has one queue");
        Lab.remove(tap);
    }

    /** By the owner opening each, as QEMU does with queues=2; also of a tap that somebody else made. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTapOfTwoQueuesIsNotRefused(boolean there) throws Exception {
        String tap = Lab.name("tap");
        if (there) {
            Command.run("ip", "tuntap", "add", tap, "mode", "tap", "multi_queue");
            Command.run("ip", "link", "set", tap, "up");
        }
        lab.keep(() -> Lab.remove(tap));
        datapath.attach(1, new Attachment("tap", tap, 2, FastWay.AUTO));
        datapath.unblock(1);
        for (int queues = 1; queues <= 2; queues++) {
            lab.keep(new OpenTap(tap, true));
            String detail = "tap, " + queues + (queues == 1 ? " queue in use" : " queues in use");
            Until.holds(() -> datapath.state(1).detail(), () -> {
                datapath.take(batch);
                return datapath.state(1).detail().equals(detail);
            });
        }
        datapath.detach(1);
        assertEquals(there, Lab.exists(tap));
        Lab.remove(tap);
    }

    @Test
    void theUpcallTapOfASwitch() throws IOException {
        assertRefused(new Attachment("netdev", Lab.upcallTap(HOST, "sw1")), "netdev: " + Lab.upcallTap(HOST, "sw1"), "(expected: ", "upcall tap");
    }

    @Test
    void aTapThatIsNoTap() throws IOException {
        assertRefused(new Attachment("tap", device), "tap: " + device, "(expected: ", "veth");
    }

    @ParameterizedTest
    @ValueSource(strings = {"same host", "other host"})
    void aDeviceOfAnotherSwitch(String where) throws Exception {
        datapath.attach(1, new Attachment("netdev", device));
        before = traces();
        String host = where.equals("same host") ? HOST : Lab.name("-q");
        Datapath other = datapath(host, "sw2");
        try {
            List<String> both = traces();
            assertRefused(other, new Attachment("netdev", device), "netdev: " + device, "(expected: ", "in use");
            assertEquals(both, traces());
        } finally {
            other.close();
        }
        assertEquals(before, traces());
        assertFalse(Lab.exists(Lab.upcallTap(host, "sw2")));
        datapath.detach(1);
        assertTrue(traces().contains(device + " flags 0x1003 disable_ipv6 0"), () -> "the device is as it was found");
    }

    @Test
    void aDeviceThatIsAPortAlready() throws Exception {
        datapath.attach(1, new Attachment("netdev", device));
        before = traces();
        assertRefused(new Attachment("netdev", device), "netdev: " + device, "(expected: ", "in use");
        assertThrows(DatapathException.class, () -> datapath.attach(1, new Attachment("netdev", device)));
        assertEquals(before, traces());
    }

    /** The one that is there stays as it is: its pins, its tap, its ports. */
    @Test
    void aSecondSwitchOfTheSameNames() throws Exception {
        datapath.attach(1, new Attachment("netdev", device));
        before = traces();
        String message = assertThrows(DatapathException.class, () -> datapath(HOST, "sw1")).getMessage();
        assertTrue(message.contains(Lab.upcallTap(HOST, "sw1")) && message.contains("open"), message);
        assertEquals(before, traces());
        assertTrue(Lab.exists(Lab.upcallTap(HOST, "sw1")));
    }
}

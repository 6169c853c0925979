package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.PortView;
import org.vnetwork.packet.wire.FrameText;

/** Every frame that came in ended somewhere, and the kernel's own counters agree. */
class BooksTest {
    private static final int PORTS = 4;
    private static final String[] FRAMES = {
        "eth(src=02:00:00:00:01:0%d,dst=02:00:00:00:01:0%d) ipv4() udp() payload(%d)",
        "eth(src=02:00:00:00:01:0%d,dst=ff:ff:ff:ff:ff:ff) arp() pad(%3$d)",
        "eth(src=02:00:00:00:01:0%d,dst=02:00:00:00:0%d:ee) ipv6() udp() payload(%d)",
        "eth(src=03:00:00:00:01:0%d,dst=02:00:00:00:01:0%d) ipv4() udp() payload(%d)",
        "eth(src=02:00:00:00:01:0%d,dst=01:80:c2:00:00:00) payload(%3$d)",
        "eth(src=02:00:00:00:01:0%d,dst=02:00:00:00:01:0%d) vlan(vid=10) ipv4() tcp() payload(%d)"};

    private final Lab lab = new Lab();
    private final List<String> devices = new ArrayList<>();
    private final List<Space> spaces = new ArrayList<>();
    private final List<Wire> wires = new ArrayList<>();
    private final List<Long> receivedBefore = new ArrayList<>();
    private KernelSwitch tested;

    @BeforeEach
    void open() throws Exception {
        Lab.needed();
        for (int port = 1; port <= PORTS; port++) {
            Space space = lab.space();
            spaces.add(space);
            devices.add(lab.cable(space, "b" + port, "address 02:00:00:00:01:0" + port));
            space.ip("addr add 10.77.0." + port + "/24 dev " + Lab.name("b" + port));
            wires.add(lab.keep(new Wire(space, Lab.name("b" + port))));
            receivedBefore.add(Lab.statistic(devices.getLast(), "rx_packets"));
        }
        tested = lab.keep(new KernelSwitch("learning", devices.toArray(String[]::new)));
    }

    @AfterEach
    void close() throws IOException {
        lab.close();
    }

    private void untilTheBooksBalance() throws IOException {
        Until.holds(() -> tested.books() + kernelsView(), () -> tested.imbalance().isEmpty() && kernelsView().isEmpty());
    }

    /** Where the kernel counted other frames than the switch did. */
    private String kernelsView() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (PortView port : tested.home().views().ports()) {
            long kernel = Lab.statistic(devices.get(port.id() - 1), "rx_packets") - receivedBefore.get(port.id() - 1);
            if (kernel != port.receivedUnits()) {
                lines.append('\n').append(port.name()).append(": the kernel received ").append(kernel).append(", the switch ").append(port.receivedUnits());
            }
        }
        return lines.toString();
    }

    /** Frames that the far end received, by the kernel's counter; rewritten frames and copies among them. */
    private long arrived(int port) throws IOException {
        String printed = Command.run("ip", "netns", "exec", spaces.get(port - 1).name(), "cat", "/proc/net/dev");
        String line = printed.lines().filter(l -> l.strip().startsWith(Lab.name("b" + port) + ":")).findFirst().orElseThrow();
        return Long.parseLong(line.substring(line.indexOf(':') + 1).strip().split("\\s+")[1]);
    }

    private int send(Random random, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            int port = 1 + random.nextInt(PORTS);
            String text = String.format(FRAMES[random.nextInt(FRAMES.length)], port, 1 + random.nextInt(PORTS), random.nextInt(1, 1000));
            wires.get(port - 1).send(FrameText.build(text));
        }
        return count;
    }

    @Test
    void balanceAfterUnicastsFloodsAndDrops() throws IOException {
        List<Long> before = List.of(arrived(1), arrived(2), arrived(3), arrived(4));
        int sent = send(new Random(1), 4000);
        untilTheBooksBalance();
        List<PortView> ports = tested.home().views().ports();
        assertEquals(sent, ports.stream().mapToLong(PortView::received).sum());
        assertTrue(ports.stream().allMatch(port -> port.dropped() > 0 && port.copies() > 0 && port.outputs() > 0), tested::books);
        for (PortView port : ports) {
            long last = before.get(port.id() - 1) + port.sent();
            Until.holds(() -> "frames that arrived behind " + port, () -> arrived(port.id()) == last);
        }
    }

    /** Segments that are split later count as the frames they become, in the kernel's path and in Java's alike. */
    @Test
    void balanceAfterTcpInLargeSegments() throws IOException {
        transfer("10.77.0.2", 64_000_000);
        untilTheBooksBalance();
        PortView from = tested.port(1);
        assertTrue(from.received() > 2 * from.receivedUnits(), () -> "no large segments: " + tested.books());
        assertTrue(from.received() >= 64_000_000 / 1448, tested::books);
        assertEquals(from.outputs() - tested.port(3).sent() - tested.port(4).sent(), tested.port(2).sent(), tested::books);
    }

    /** An engine change under TCP has large segments come up, and flood. */
    @Test
    void balanceWhenLargeSegmentsComeUpAndFlood() throws IOException {
        try (Stream stream = new Stream(spaces.get(0), spaces.get(1), "10.77.0.2", 200_000_000)) {
            Until.holds(() -> "10 MB", () -> stream.arrived() > 10_000_000);
            tested.swap("flood");
            long then = stream.arrived();
            Until.holds(() -> "10 MB more", () -> stream.arrived() > then + 10_000_000);
            tested.swap("learning");
            Until.holds(() -> "all octets", () -> stream.arrived() == 200_000_000);
        }
        untilTheBooksBalance();
    }

    /** More unknown frames than the upcall channel takes while the loop is held: those that are lost are counted as well. */
    @Test
    void balanceWhenUnknownFramesAreLostOnTheirWayUp() throws IOException {
        CountDownLatch allSent = new CountDownLatch(1);
        tested.holdOnFailure(allSent);
        tested.swap("failing", () -> (packet, forward) -> {
            if (allSent.getCount() > 0) {
                throw new IllegalStateException("has the loop held");
            }
            forward.flood();
        });
        byte[] frame = FrameText.build("eth() ipv4() udp()");
        Until.holds(() -> "an upcall queue that overflows", () -> {
            for (Wire wire : wires) {
                wire.send(frame);
            }
            return Lab.statistic(Lab.upcallTap(KernelSwitch.HOST, KernelSwitch.NAME), "tx_dropped") > 100;
        });
        allSent.countDown();
        untilTheBooksBalance();
        long lost = 0;
        for (int port = 1; port <= PORTS; port++) {
            lost += tested.drops(port, "datapath/upcall-lost");
        }
        assertTrue(lost > 0, tested::books);
    }

    private void transfer(String address, long octets) throws IOException {
        try (Stream stream = new Stream(spaces.get(0), spaces.get(1), address, octets)) {
            Until.holds(() -> octets + " octets; " + stream.arrived() + " arrived", () -> stream.arrived() == octets);
        }
    }
}

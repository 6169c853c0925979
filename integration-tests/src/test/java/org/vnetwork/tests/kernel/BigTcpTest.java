package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vnetwork.control.PortView;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.engine.learning.LearningEngine;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;

/** Superframes of TCP beyond 64 KiB, whose length their own headers cannot tell. */
class BigTcpTest {
    private static final int SUPERFRAME = 185_000;
    private static final int LARGEST_OTHERWISE = 65_536;
    private static final long OCTETS = 50_000_000;
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final short RTM_NEWLINK = 16;
    private static final short ACKED = 1 | 4;
    /** Octets of nlmsghdr and ifinfomsg. */
    private static final int HEADERS = 32;
    /** IFLA_GSO_MAX_SIZE, IFLA_GRO_MAX_SIZE, and the same for IPv4. */
    private static final short[] SIZES = {41, 58, 63, 64};

    private final Lab lab = new Lab();
    private final Space[] spaces = new Space[2];
    private KernelSwitch tested;

    private void make(String net) throws Exception {
        Lab.needed();
        String[] devices = new String[2];
        for (int i = 1; i <= 2; i++) {
            Space space = lab.space();
            spaces[i - 1] = space;
            String end = Lab.name("g" + i);
            devices[i - 1] = lab.cable(space, "g" + i, "address 02:00:00:00:00:0" + i);
            space.in(() -> Files.writeString(Path.of("/proc/sys/net/ipv6/conf", end, "disable_ipv6"), "0"));
            space.ip("address add " + net + i + (net.contains(":") ? "/64 nodad" : "/24") + " dev " + end);
            try {
                enlarge(devices[i - 1]);
                space.in(() -> enlarge(end));
            } catch (IOException e) {
                assumeTrue(false, "no BIG TCP here: " + e.getMessage());
            }
        }
        tested = lab.keep(new KernelSwitch("learning", devices));
    }

    /** As {@code ip link set DEVICE gso_max_size N gro_max_size N gso_ipv4_max_size N gro_ipv4_max_size N}: not every ip(8) has names for the sizes of IPv4. */
    private static Void enlarge(String device) throws IOException {
        long socket = Native.need("netlink", Native.call(Native.Call.SOCKET, AF_NETLINK, SOCK_RAW, 0, 0, 0));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment message = arena.allocate(HEADERS + 8L * SIZES.length, 8);
            message.set(ValueLayout.JAVA_INT, 0, (int) message.byteSize());
            message.set(ValueLayout.JAVA_SHORT, 4, RTM_NEWLINK);
            message.set(ValueLayout.JAVA_SHORT, 6, ACKED);
            message.set(ValueLayout.JAVA_INT, 20, Native.ifindex(device));
            for (int i = 0; i < SIZES.length; i++) {
                message.set(ValueLayout.JAVA_SHORT, HEADERS + 8L * i, (short) 8);
                message.set(ValueLayout.JAVA_SHORT, HEADERS + 8L * i + 2, SIZES[i]);
                message.set(ValueLayout.JAVA_INT, HEADERS + 8L * i + 4, SUPERFRAME);
            }
            Native.need("netlink", Native.call(Native.Call.WRITE, socket, message.address(), message.byteSize(), 0, 0));
            MemorySegment answer = arena.allocate(4096, 8);
            Native.need("netlink", Native.call(Native.Call.READ, socket, answer.address(), answer.byteSize(), 0, 0));
            Native.need("sizes of " + device, answer.get(ValueLayout.JAVA_INT, 16));
        } finally {
            Native.call(Native.Call.CLOSE, socket, 0, 0, 0, 0);
        }
        return null;
    }

    @AfterEach
    void close() throws IOException {
        lab.close();
    }

    private PortView sender() {
        return tested.port(1);
    }

    private void copy(String address) throws IOException {
        try (Stream copy = new Stream(spaces[0], spaces[1], address, OCTETS)) {
            Until.holds(() -> "arrived " + copy.arrived() + tested.books(), () -> copy.arrived() == OCTETS);
        }
    }

    /** Of no other reason; what a station's IPv6 says before its port is open is blocked. */
    private void assertNoDrop(String... but) {
        Map<String, Long> drops = new HashMap<>(tested.drops(1));
        drops.keySet().removeAll(List.of(but));
        assertEquals(Map.of(), drops);
    }

    /** The flows of the connection's first frames carry its superframes too; hardly any comes up. */
    @ParameterizedTest
    @ValueSource(strings = {"fd78::", "10.78.1."})
    void passTheKernelByTheFlowsOfTheirConnection(String net) throws Exception {
        make(net);
        long largest = 0;
        for (int tries = 0; tries < 20 && largest <= LARGEST_OTHERWISE; tries++) {
            PortView before = sender();
            copy(net + "2");
            PortView after = sender();
            largest = (after.receivedBytes() - before.receivedBytes()) / (after.receivedUnits() - before.receivedUnits());
        }
        assertTrue(largest > LARGEST_OTHERWISE, "superframes of " + largest + " octets on average");
        assertNoDrop("datapath/blocked");
        assertTrue(sender().upcalls() < 100, () -> sender().upcalls() + " frames came up");
        assertEquals(List.of(), tested.home().views().flows().stream().filter(flow -> !flow.match().contains("parse=ok")).toList());
        Until.holds(tested::imbalance, () -> tested.imbalance().isEmpty());
    }

    /** Where every frame must come up, a superframe comes as its segments: what is too much for the way up is counted as lost there, TCP sends it again, and all arrives. */
    @ParameterizedTest
    @ValueSource(strings = {"fd78::", "10.78.1."})
    void comeUpAsSegmentsWhereEachFrameIsInspected(String net) throws Exception {
        make(net);
        tested.swap("watchful", WatchfulEngine::new);
        copy(net + "2");
        assertTrue(sender().upcalls() > OCTETS / LARGEST_OTHERWISE, () -> sender().upcalls() + " frames came up");
        Until.holds(tested::imbalance, () -> tested.imbalance().isEmpty());
        assertNoDrop("datapath/blocked", "datapath/inspect-lost", "datapath/upcall-lost", "datapath/miss-limit");
    }

    /** Learns, and reads what no flow compares. */
    private static final class WatchfulEngine implements ForwardingEngine {
        private final ForwardingEngine learning = new LearningEngine();

        @Override
        public void open(Context context) {
            learning.open(context);
        }

        @Override
        public void decide(Packet packet, Forward forward) {
            packet.get(Field.TTL);
            learning.decide(packet, forward);
        }
    }
}

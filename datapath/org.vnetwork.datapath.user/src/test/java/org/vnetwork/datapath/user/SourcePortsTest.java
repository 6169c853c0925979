package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.Frame;

/** Where the packets of a tunnel come from (RFC 7348 section 5): one port number for a connection in it, several for many. */
class SourcePortsTest {
    private static final int FLOWS = 64;
    private static final int FRAMES = 1_280;
    private static final long HEADER = 0x0800_0000_0000_0700L;
    private final ByteBuffer packet = ByteBuffer.allocateDirect(1 << 16);
    private DatagramChannel far;
    private Rig rig;
    private Rig.Peer guest;
    private String device;

    @BeforeEach
    void open() throws Exception {
        rig = new Rig();
        guest = rig.dgram(2);
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
        if (far != null) {
            far.close();
        }
    }

    private void tunnel(String host) throws Exception {
        int local;
        try (DatagramChannel probe = udp(host)) {
            local = probe.socket().getLocalPort();
        }
        far = udp(host);
        far.configureBlocking(false);
        far.setOption(StandardSocketOptions.SO_RCVBUF, 4 << 20);
        String address = host.contains(":") ? "[" + host + "]:" : host + ":";
        device = address + far.socket().getLocalPort() + " vni 7 local " + address + local;
        rig.attach(1, "vxlan", device);
        rig.cable(2, 1);
        rig.cable(1, 2);
    }

    private static DatagramChannel udp(String host) throws IOException {
        return DatagramChannel.open().bind(new InetSocketAddress(InetAddress.ofLiteral(host), 0));
    }

    /** The next packet's source port; its frame is at octet 8 of the buffer. */
    private int from() throws Exception {
        InetSocketAddress[] from = new InetSocketAddress[1];
        Rig.until("a packet", () -> {
            from[0] = (InetSocketAddress) far.receive(packet.clear());
            return from[0] != null;
        });
        assertEquals(HEADER, packet.getLong(0));
        return from[0].getPort();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void areSeveralForManyConnectionsAndOneForEachInOrder(String host) throws Exception {
        tunnel(host);
        Map<Integer, Integer> ports = new HashMap<>();
        int[] next = new int[FLOWS];
        int got = 0;
        for (int i = 0; i < FRAMES; i++) {
            guest.sendSoon(Inner.udp(60 + i % 3 * 500, i % FLOWS, i));
            // The socket at the other end holds some hundreds.
            for (; got < (i == FRAMES - 1 ? FRAMES : i - 200); got++) {
                int port = from();
                int flow = packet.getShort(8 + 34);
                int number = packet.getInt(8 + Inner.PAYLOAD);
                assertEquals(port, ports.computeIfAbsent(flow, f -> port), "flow " + flow);
                assertEquals(flow + next[flow]++ * FLOWS, number, "in order");
            }
        }
        assertEquals(FLOWS, ports.size());
        assertEquals(VxlanPort.SOURCES, new HashSet<>(ports.values()).size());
        assertEquals(FRAMES, rig.counters(1).sent());
    }

    @Test
    void areOneForAllFragmentsOfAPacket() throws Exception {
        tunnel("127.0.0.1");
        Set<Integer> ports = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            guest.sendSoon(Inner.four(1_000, Inner.UDP, i % 5 == 4 ? 500 : Inner.MORE_FRAGMENTS | i % 5 * 125, i, i));
            ports.add(from());
        }
        assertEquals(1, ports.size());
    }

    @Test
    void areTheSameForFramesThatWereDecidedAndThoseOfAFlow() throws Exception {
        tunnel("127.0.0.1");
        for (int flow = 0; flow < FLOWS; flow++) {
            byte[] frame = Inner.udp(60, flow, 1);
            MemorySegment buffer = MemorySegment.ofArray(new byte[Frame.HEADROOM + frame.length]);
            MemorySegment.copy(frame, 0, buffer, java.lang.foreign.ValueLayout.JAVA_BYTE, Frame.HEADROOM, frame.length);
            rig.datapath.execute(new Frame().over(buffer, Frame.HEADROOM, frame.length, 2), List.of(new Action.Output(1)));
            int decided = from();
            guest.sendSoon(frame);
            assertEquals(decided, from(), "flow " + flow);
        }
    }

    @Test
    void ofTheOtherEndMayBeAny() throws Exception {
        tunnel("127.0.0.1");
        InetSocketAddress here = new InetSocketAddress("127.0.0.1", Integer.parseInt(device.substring(device.lastIndexOf(':') + 1)));
        for (int i = 0; i < 10; i++) {
            try (DatagramChannel other = udp("127.0.0.1")) {
                byte[] frame = Inner.udp(60, i, i);
                other.send(ByteBuffer.allocate(68).putLong(HEADER).put(frame).flip(), here);
                guest.receives(frame);
            }
        }
        assertEquals(10, rig.counters(1).received());
    }

    @Test
    void areGivenBack() throws Exception {
        tunnel("127.0.0.1");
        long before = sockets();
        rig.datapath.detach(1);
        // The one that receives goes by a thread of its own.
        Rig.until("closed", () -> sockets() == before - VxlanPort.SOURCES - 1);
        String bad = device.replace("local 127.0.0.1", "local 192.0.2.1");
        assertTrue(rig.refusal("vxlan", bad).contains("cannot assign requested address"));
        rig.attach(1, "vxlan", device);
        assertEquals(before, sockets());
    }

    /** Sockets of this process. */
    private static long sockets() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.filter(file -> {
                try {
                    return Files.readSymbolicLink(file).toString().startsWith("socket:");
                } catch (IOException e) {
                    // It was the list's own.
                    return false;
                }
            }).count();
        }
    }
}

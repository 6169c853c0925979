package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.DropNumbers;

/** Ports in a multicast group of the loopback device, among members that do what QEMU's {@code -netdev socket,mcast=} does. */
class MulticastPortTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress GROUP = InetAddress.ofLiteral("239.77.7.1");
    private Rig rig;
    private int port;

    /** A member as QEMU's net/socket.c makes it: one socket, bound to the group, which sends from the group's port. */
    private final class Member implements AutoCloseable {
        private final DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 17);

        Member() throws IOException {
            NetworkInterface loopback = NetworkInterface.getByInetAddress(LOOPBACK);
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(new InetSocketAddress(GROUP, port));
            channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, loopback);
            channel.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
            channel.join(GROUP, loopback);
            channel.configureBlocking(false);
        }

        void send(byte[] frame) throws IOException {
            channel.send(buffer.clear().put(frame).flip(), new InetSocketAddress(GROUP, port));
        }

        void receives(byte[] frame) throws Exception {
            Rig.until("a frame", () -> channel.receive(buffer.clear()) != null);
            byte[] got = new byte[buffer.flip().remaining()];
            buffer.get(got);
            assertArrayEquals(frame, got);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    @BeforeEach
    void open() throws Exception {
        rig = new Rig();
        try (DatagramSocket probe = new DatagramSocket(0)) {
            port = probe.getLocalPort();
        }
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    private String device() {
        return GROUP.getHostAddress() + ":" + port + " local 127.0.0.1";
    }

    @Test
    void carriesFramesAmongAllMembersAndTakesItsOwnForNone() throws Exception {
        try (Rig second = new Rig(); Member first = new Member(); Member other = new Member()) {
            Rig.Peer guest = rig.dgram(2);
            rig.attach(1, "udp-multicast", device());
            rig.cable(1, 2);
            rig.cable(2, 1);
            // Another switch in the same group.
            Rig.Peer far = second.dgram(2);
            second.attach(1, "udp-multicast", device());
            second.cable(1, 2);
            rig.up(1);
            second.up(1);
            first.send(Rig.frame(1_514, 1));
            for (Rig.Peer each : new Rig.Peer[] {guest, far}) {
                each.receives(Rig.frame(1_514, 1));
            }
            other.receives(Rig.frame(1_514, 1));
            first.receives(Rig.frame(1_514, 1));
            guest.sendSoon(Rig.frame(9_000, 2));
            first.receives(Rig.frame(9_000, 2));
            other.receives(Rig.frame(9_000, 2));
            far.receives(Rig.frame(9_000, 2));
            first.send(Rig.frame(60, 3));
            guest.receives(Rig.frame(60, 3));
            far.receives(Rig.frame(60, 3));
            assertEquals(2, rig.counters(1).received());
            assertEquals(3, second.counters(1).received());
        }
    }

    @Test
    void countsShortFramesAndGoesOn() throws Exception {
        try (Member member = new Member()) {
            Rig.Peer guest = rig.dgram(2);
            rig.attach(1, "udp-multicast", device());
            rig.cable(1, 2);
            rig.up(1);
            member.send(new byte[0]);
            member.send(new byte[13]);
            member.send(Rig.frame(65_507, 1));
            guest.receives(Rig.frame(65_507, 1));
            assertEquals(2, rig.drops(1, DropNumbers.RUNT));
        }
    }

    @Test
    void refusesWhatCannotBeInOneLine() {
        assertTrue(rig.refusal("udp-multicast", "127.0.0.1:1234").contains("(expected: an IPv4 group, 224.0.0.0..239.255.255.255, and a port: 230.0.0.1:1234)"));
        assertTrue(rig.refusal("udp-multicast", "[ff02::1]:1234").contains("(expected: an IPv4 group"));
        assertTrue(rig.refusal("udp-multicast", "/tmp/x").contains("(expected: an IPv4 group"));
        assertEquals("udp-multicast: 230.0.0.1 (expected: an absolute path, or IP-ADDRESS:PORT)", rig.refusal("udp-multicast", "230.0.0.1"));
        assertTrue(rig.refusal("udp-multicast", "230.0.0.1:1234 local ::1").contains("local ::1 (expected: the IPv4 address of an interface)"));
        assertTrue(rig.refusal("udp-multicast", "230.0.0.1:1234 local 192.0.2.1").contains("(expected: an address of this machine)"));
        assertTrue(rig.refusal("udp-multicast", "230.0.0.1:1234 x").contains("(expected: GROUP:PORT, or GROUP:PORT local ADDRESS)"));
    }
}

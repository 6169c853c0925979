package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.packet.wire.Action;

/** Tunnels between real sockets of the loopback device, and what comes that is none. */
class VxlanPortTest {
    private static final String HOST = "127.0.0.1";
    private static final int BATCH = 300;
    private static final int AF_INET6 = 10;
    private static final int UDP_NO_CHECK6_TX = 101;
    private final List<End> ends = new ArrayList<>();
    private Rig rig;
    private int local;

    /** The other end of a tunnel, or somebody who is none. */
    private final class End implements AutoCloseable {
        private final DatagramChannel channel;
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 17);

        End(String host, int port) throws IOException {
            channel = DatagramChannel.open();
            channel.bind(new InetSocketAddress(InetAddress.ofLiteral(host), port));
            channel.setOption(java.net.StandardSocketOptions.SO_RCVBUF, 4 << 20);
            channel.configureBlocking(false);
            ends.add(this);
        }

        int port() throws IOException {
            return ((InetSocketAddress) channel.getLocalAddress()).getPort();
        }

        void send(long header, byte[] frame) throws IOException {
            sendOctets(ByteBuffer.allocate(8 + frame.length).putLong(header).put(frame).array());
        }

        void sendOctets(byte[] octets) throws IOException {
            buffer.clear().put(octets).flip();
            boolean six = ((InetSocketAddress) channel.getLocalAddress()).getAddress() instanceof Inet6Address;
            channel.send(buffer, new InetSocketAddress(InetAddress.ofLiteral(six ? "::1" : HOST), local));
        }

        void receives(long header, byte[] frame) throws Exception {
            Rig.until("a packet", () -> channel.receive(buffer.clear()) != null);
            buffer.flip();
            assertEquals(String.format("%016x", header), String.format("%016x", buffer.getLong()));
            byte[] got = new byte[buffer.remaining()];
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
        try (DatagramSocket probe = new DatagramSocket(0, InetAddress.ofLiteral(HOST))) {
            local = probe.getLocalPort();
        }
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
        for (End end : ends) {
            end.close();
        }
    }

    private static long header(int vni) {
        return 0x0800_0000_0000_0000L | (long) vni << 8;
    }

    private End tunnel(int port, String host, int vni) throws Exception {
        End end = new End(host, 0);
        attach(port, host, end.port(), vni);
        return end;
    }

    private void attach(int port, String host, int remotePort, int vni) throws Exception {
        String text = host.contains(":") ? "[" + host + "]" : host;
        rig.attach(port, "vxlan", text + ":" + remotePort + " vni " + vni + " local " + (host.contains(":") ? "[::1]" : HOST) + ":" + local);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void carriesFramesBothWaysBehindTheHeader(String host) throws Exception {
        Rig.Peer guest = rig.dgram(2);
        End far = tunnel(1, host, 0xab_cdef);
        rig.cable(1, 2);
        rig.cable(2, 1);
        assertTrue(rig.datapath.state(1).up(), rig.datapath.state(1).detail());
        // Bits that RFC 7348 has receivers ignore.
        far.send(header(0xab_cdef) | 0xf7ff_ffff_0000_00ffL, Rig.frame(1_450, 1));
        guest.receives(Rig.frame(1_450, 1));
        guest.sendSoon(Rig.frame(60, 2));
        far.receives(header(0xab_cdef), Rig.frame(60, 2));
        int longest = rig.datapath.state(1).mtu() + 14;
        guest.sendSoon(Rig.frame(longest, 3));
        far.receives(header(0xab_cdef), Rig.frame(longest, 3));
        guest.sendSoon(Rig.frame(longest + 1, 4));
        Rig.until("too long", () -> rig.drops(2, DropNumbers.TOO_LONG) == 1);
        assertEquals(1_450, rig.counters(1).receivedBytes());
        assertEquals(60 + longest, rig.counters(1).sentBytes());
    }

    @Test
    void tellsTunnelsOfOneSocketApart() throws Exception {
        Rig.Peer guest = rig.dgram(9);
        End first = tunnel(1, HOST, 7);
        attach(2, HOST, first.port(), 8);
        End second = tunnel(3, "127.0.0.2", 7);
        rig.flow(1, new Action.PushTag(0x8100, 1), new Action.Output(9));
        rig.flow(2, new Action.PushTag(0x8100, 2), new Action.Output(9));
        first.send(header(7), Rig.frame(100, 1));
        first.send(header(8), Rig.frame(100, 2));
        second.send(header(7), Rig.frame(100, 3));
        Rig.until("all in", () -> rig.counters(1).received() + rig.counters(2).received() + rig.counters(3).received() == 3);
        for (int port = 1; port <= 3; port++) {
            assertEquals(1, rig.counters(port).received());
        }
        for (int tag = 1; tag <= 2; tag++) {
            byte[] got = guest.receive();
            assertEquals(tag, got[15]);
            assertEquals(tag, ByteBuffer.wrap(got).getInt(18));
        }
    }

    @Test
    void countsWhatIsNoPacketOfATunnelAndGoesOn() throws Exception {
        Rig.Peer guest = rig.dgram(3);
        End known = tunnel(1, HOST, 7);
        tunnel(2, "127.0.0.3", 7);
        rig.cable(1, 3);
        End stranger = new End("127.0.0.9", 0);
        byte[] frame = Rig.frame(100, 1);
        stranger.send(header(7), frame);
        known.send(header(6), frame);
        known.send(header(7) & ~(0x08L << 56), frame);
        known.sendOctets(new byte[] {8, 0, 0, 0, 0, 0, 7});
        known.sendOctets(new byte[0]);
        known.send(header(7), new byte[0]);
        known.send(header(7), new byte[13]);
        known.send(header(7), frame);
        guest.receives(frame);
        assertEquals(1, rig.drops(1, DropNumbers.UNKNOWN_VTEP));
        assertEquals(1, rig.drops(1, DropNumbers.WRONG_VNI));
        assertEquals(3, rig.drops(1, DropNumbers.BAD_VXLAN));
        assertEquals(2, rig.drops(1, DropNumbers.RUNT));
        assertEquals(8, rig.counters(1).received());
        assertEquals(1, rig.counters(1).outputs());
        assertEquals(0, rig.counters(2).received());
    }

    /** Joined packets are taken apart, and many frames of one size leave joined: none is lost, all are in order. */
    @Test
    void keepsTheOrderOfManyFramesOfManySizes() throws Exception {
        End far = tunnel(1, HOST, 7);
        End other = tunnel(2, "127.0.0.2", 9);
        rig.cable(1, 2);
        int[] sizes = {60, 1_450, 1_450, 1_450, 700, 64};
        for (int i = 0; i < BATCH; i++) {
            far.send(header(7), Rig.frame(sizes[i % sizes.length], i));
        }
        for (int i = 0; i < BATCH; i++) {
            other.receives(header(9), Rig.frame(sizes[i % sizes.length], i));
        }
        assertEquals(BATCH, rig.counters(2).sent());
    }

    @Test
    void countsEachOfManyRandomPacketsOnce() throws Exception {
        Rig.Peer guest = rig.dgram(2);
        End far = tunnel(1, HOST, 7);
        Random random = new Random(7);
        int packets = 5_000;
        for (int i = 1; i <= packets; i++) {
            byte[] octets = new byte[random.nextInt(120)];
            random.nextBytes(octets);
            if (octets.length >= 8 && random.nextBoolean()) {
                ByteBuffer.wrap(octets).putLong(header(7 + random.nextInt(2)));
            }
            far.sendOctets(octets);
            if (i % 100 == 0) {
                int sent = i;
                Rig.until("all in", () -> rig.counters(1).received() == sent);
            }
        }
        long up = rig.counters(1).up();
        long dropped = Arrays.stream(rig.datapath.drops(1)).sum() - rig.drops(1, DropNumbers.UPCALL_LOST);
        assertEquals(packets, up + dropped);
        rig.cable(1, 2);
        far.send(header(7), Rig.frame(60, 1));
        guest.receives(Rig.frame(60, 1));
    }

    /** Each of them has a header of its own, and one that is bad spoils no other. */
    @Test
    void takesJoinedPacketsApart() throws Exception {
        Rig.Peer guest = rig.dgram(2);
        Socket far = UdpSockets.open(false);
        try (Arena memory = Arena.ofShared()) {
            far.bind(new InetSocketAddress(HOST, 0));
            attach(1, HOST, far.localAddress().getPort(), 7);
            rig.cable(1, 2);
            far.connect(new InetSocketAddress(HOST, local));
            SendBatch batch = new SendBatch(memory, 64);
            batch.joins = true;
            for (int i = 0; i <= 16; i++) {
                byte[] octets = i == 16 ? new byte[5] : ByteBuffer.allocate(108).putLong(header(i == 10 ? 6 : 7)).put(Rig.frame(100, i)).array();
                MemorySegment packet = memory.allocate(octets.length).copyFrom(MemorySegment.ofArray(octets));
                batch.add(packet.address(), octets.length);
            }
            assertEquals(17, batch.send(far.intValue()));
            for (int i = 0; i < 16; i++) {
                if (i != 10) {
                    guest.receives(Rig.frame(100, i));
                }
            }
            assertEquals(1, rig.drops(1, DropNumbers.WRONG_VNI));
            assertEquals(1, rig.drops(1, DropNumbers.BAD_VXLAN));
            assertEquals(17, rig.counters(1).received());
        } finally {
            far.close();
        }
    }

    @Test
    void goesOnWhenNobodyListensAndSaysSo() throws Exception {
        Rig.Peer guest = rig.dgram(2);
        End far = tunnel(1, HOST, 7);
        int port = far.port();
        rig.cable(2, 1);
        far.close();
        Rig.until("told", () -> {
            guest.send(Rig.frame(60, 1));
            return rig.datapath.state(1).detail().equals("nobody listens at " + HOST + ":" + port);
        });
        assertTrue(rig.datapath.state(1).up());
        End again = new End(HOST, port);
        guest.sendSoon(Rig.frame(61, 2));
        Rig.until("a frame", () -> {
            guest.send(Rig.frame(61, 2));
            return again.channel.receive(again.buffer.clear()) != null;
        });
        Rig.until("told", () -> rig.datapath.state(1).detail().startsWith("tunnel to "));
        assertEquals(0, rig.drops(2, DropNumbers.LINK_DOWN));
    }

    @Test
    void isDownWhereThereIsNoRoute() throws Exception {
        Rig.Peer guest = rig.dgram(2);
        // NB: reserved, so that no machine has a route there (RFC 1122 section 3.2.1.3).
        rig.attach(1, "vxlan", "240.0.0.1 vni 7 local 127.0.0.1:" + local);
        rig.cable(2, 1);
        assertFalse(rig.datapath.state(1).up());
        assertTrue(rig.datapath.state(1).detail().startsWith("240.0.0.1:4789: "), rig.datapath.state(1).detail());
        guest.sendSoon(Rig.frame(60, 1));
        Rig.until("dropped", () -> rig.drops(2, DropNumbers.LINK_DOWN) == 1);
    }

    @Test
    void refusesWhatCannotBeInOneLineAndLeavesNothingBehind() throws Exception {
        End far = tunnel(1, HOST, 7);
        String same = HOST + ":" + far.port() + " vni 7 local " + HOST + ":" + local;
        assertEquals("vxlan: " + HOST + ":" + far.port() + " vni 7 (expected: a remote address and number that no other port has)", rig.refusal("vxlan", same));
        assertEquals("vxlan: local " + HOST + ":" + far.port() + ": address already in use (expected: an address of this machine and a port that nothing else has; "
                + "ports with one port number have one local address)", rig.refusal("vxlan", "127.0.0.2 vni 7 local " + HOST + ":" + far.port()));
        assertTrue(rig.refusal("vxlan", "192.0.2.7 vni 7 local 192.0.2.1").contains("cannot assign requested address"));
        assertTrue(rig.refusal("vxlan", HOST + " vni 7").contains("is this end itself"));
        rig.datapath.detach(1);
        // The socket goes with its last port, by a thread of its own.
        Rig.until("free", () -> {
            try (DatagramSocket probe = new DatagramSocket(local, InetAddress.ofLiteral(HOST))) {
                return probe.isBound();
            } catch (IOException e) {
                return false;
            }
        });
        attach(1, HOST, far.port(), 7);
        far.send(header(7), Rig.frame(60, 1));
        Rig.until("works", () -> rig.counters(1).received() == 1);
    }

    @Test
    void twoSwitchesShareASocket() throws Exception {
        VxlanSockets shared = new VxlanSockets();
        try (Loops loops = new Loops("ports", 2, true); UserDatapath one = new UserDatapath(loops, shared); UserDatapath other = new UserDatapath(loops, shared)) {
            End far = new End(HOST, 0);
            String device = HOST + ":" + far.port() + " local " + HOST + ":" + local;
            one.attach(1, new org.vnetwork.datapath.Attachment("vxlan", device.replace(" local", " vni 1 local")));
            other.attach(1, new org.vnetwork.datapath.Attachment("vxlan", device.replace(" local", " vni 2 local")));
            for (int i = 0; i < 10; i++) {
                far.send(header(1 + i % 2), Rig.frame(60, i));
            }
            Rig.until("both", () -> one.counters(1).received() == 5 && other.counters(1).received() == 5);
            one.detach(1);
            far.send(header(1), Rig.frame(60, 1));
            Rig.until("no tunnel of that number any more", () -> other.drops(1)[DropNumbers.WRONG_VNI] == 1);
        }
    }

    /** As a kernel's vxlan device with udp6zerocsumtx sends. */
    @Test
    void takesPacketsOverIpv6WithoutAChecksum() throws Exception {
        Rig.Peer guest = rig.dgram(2);
        Socket far = new Socket(Libc.datagramSocket(AF_INET6));
        try {
            far.bind(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0));
            far.setIntOpt(ReceiveBatch.SOL_UDP, UDP_NO_CHECK6_TX, 1);
            attach(1, "::1", far.localAddress().getPort(), 9);
            rig.cable(1, 2);
            byte[] frame = Rig.frame(100, 1);
            ByteBuffer packet = ByteBuffer.allocateDirect(8 + frame.length).putLong(header(9)).put(frame).flip();
            far.sendTo(packet, 0, packet.remaining(), InetAddress.ofLiteral("::1"), local);
            guest.receives(frame);
        } finally {
            far.close();
        }
    }
}

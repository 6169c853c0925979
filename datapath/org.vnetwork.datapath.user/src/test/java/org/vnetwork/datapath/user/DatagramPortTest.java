package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.packet.wire.Action;

/** Datagram ports between real sockets, and what peers do wrong. */
class DatagramPortTest {
    private static final byte[] FRAME = Rig.frame(64, 1);
    private Rig rig;

    @BeforeEach
    void open() throws Exception {
        rig = new Rig();
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    @Test
    void carriesFramesBetweenPathsAndCountsThem() throws Exception {
        Rig.Peer first = rig.dgram(1);
        Rig.Peer second = rig.dgram(2);
        rig.cable(1, 2);
        rig.cable(2, 1);
        first.sendSoon(FRAME);
        second.receives(FRAME);
        second.sendSoon(Rig.frame(9_000, 2));
        first.receives(Rig.frame(9_000, 2));
        assertEquals(64, rig.counters(1).receivedBytes());
        assertEquals(9_000, rig.counters(1).sentBytes());
    }

    @Test
    void carriesFramesOverUdpAndLetsNobodyElseIn() throws Exception {
        Rig.Peer other = rig.dgram(2);
        rig.cable(1, 2);
        rig.cable(2, 1);
        try (DatagramChannel peer = DatagramChannel.open(); DatagramChannel stranger = DatagramChannel.open()) {
            peer.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int free = Rig.free();
            InetSocketAddress port = new InetSocketAddress(InetAddress.getLoopbackAddress(), free);
            rig.attach(1, "dgram", "127.0.0.1:" + free + " 127.0.0.1:" + peer.socket().getLocalPort());
            stranger.send(ByteBuffer.wrap(FRAME), port);
            peer.send(ByteBuffer.wrap(Rig.frame(70, 7)), port);
            other.receives(Rig.frame(70, 7));
            assertEquals(1, rig.counters(1).received());
            other.sendSoon(FRAME);
            ByteBuffer got = ByteBuffer.allocate(100);
            peer.receive(got);
            assertEquals(64, got.position());
        }
    }

    /** Over UDP the kernel joins what has one size: each frame is still one, both ways. */
    @Test
    void takesJoinedDatagramsApartAndSendsManyAtOnce() throws Exception {
        Rig.Peer guest = rig.dgram(2);
        rig.cable(1, 2);
        rig.cable(2, 1);
        int free = Rig.free();
        Socket far = UdpSockets.open(false);
        try (Arena memory = Arena.ofShared()) {
            far.bind(new InetSocketAddress("127.0.0.1", 0));
            rig.attach(1, "dgram", "127.0.0.1:" + free + " 127.0.0.1:" + far.localAddress().getPort());
            far.connect(new InetSocketAddress("127.0.0.1", free));
            SendBatch batch = new SendBatch(memory, 64);
            batch.joins = true;
            for (int i = 0; i < 20; i++) {
                byte[] frame = Rig.frame(i == 19 ? 60 : 100, i);
                batch.add(memory.allocate(frame.length).copyFrom(MemorySegment.ofArray(frame)).address(), frame.length);
            }
            assertEquals(20, batch.send(far.intValue()));
            for (int i = 0; i < 20; i++) {
                guest.receives(Rig.frame(i == 19 ? 60 : 100, i));
            }
            assertEquals(20, rig.counters(1).received());
            ReceiveBatch received = new ReceiveBatch(memory, 16, 2_000);
            for (int i = 0; i < 200; i++) {
                guest.sendSoon(Rig.frame(100, i));
            }
            int[] next = new int[1];
            Rig.until("all frames", () -> {
                int count = received.receive(far.intValue());
                for (int i = 0; i < count; i++) {
                    assertEquals(100, received.size(i));
                    assertArrayEquals(Rig.frame(100, next[0]++), received.buffer.asSlice(received.offset(i), 100).toArray(ValueLayout.JAVA_BYTE));
                }
                return next[0] == 200;
            });
        } finally {
            far.close();
        }
    }

    @Test
    void countsShortAndLongFramesAndGoesOn() throws Exception {
        Rig.Peer first = rig.dgram(1);
        Rig.Peer second = rig.dgram(2);
        rig.cable(1, 2);
        first.sendSoon(new byte[0]);
        first.sendSoon(new byte[13]);
        first.sendSoon(Rig.frame(UserPort.LONGEST + 1, 1));
        first.sendSoon(Rig.frame(100_000, 1));
        first.sendSoon(Rig.frame(UserPort.LONGEST, 2));
        second.receives(Rig.frame(UserPort.LONGEST, 2));
        first.sendSoon(FRAME);
        second.receives(FRAME);
        assertEquals(2, rig.drops(1, DropNumbers.RUNT));
        assertEquals(2, rig.drops(1, DropNumbers.TOO_LONG));
        assertEquals(6, rig.counters(1).received());
    }

    @Test
    void findsAPeerThatVanishedAndReturned() throws Exception {
        Rig.Peer first = rig.dgram(1);
        Rig.Peer second = rig.dgram(2);
        rig.cable(1, 2);
        rig.cable(2, 1);
        second.close();
        Rig.until("port 2 down", () -> {
            first.send(FRAME);
            return !rig.datapath.state(2).up();
        });
        assertTrue(rig.datapath.state(2).detail().contains(rig.path("vm2").toString()), rig.datapath.state(2).detail());
        Rig.until("drops", () -> {
            first.send(FRAME);
            return rig.drops(1, DropNumbers.LINK_DOWN) > 0;
        });
        Rig.Peer again = rig.peer(2);
        rig.up(2);
        again.sendSoon(Rig.frame(80, 3));
        first.receives(Rig.frame(80, 3));
        first.sendSoon(Rig.frame(81, 4));
        again.receives(Rig.frame(81, 4));
    }

    /** Its file may have got the number of the one before. */
    @Test
    void findsAPeerThatIsAnotherProcessAtOnce() throws Exception {
        Rig.Peer first = rig.dgram(1);
        Rig.Peer second = rig.dgram(2);
        rig.cable(1, 2);
        rig.cable(2, 1);
        for (int round = 0; round < 5; round++) {
            second.close();
            Rig.Peer next = rig.peer(2);
            byte[] frame = Rig.frame(100, round);
            Rig.until("let in", () -> {
                try {
                    return next.send(frame);
                } catch (IOException e) {
                    // Not yet: the port still has the one before as its peer.
                    return false;
                }
            });
            first.receives(frame);
            rig.up(2);
            first.sendSoon(frame);
            next.receives(frame);
            second = next;
        }
    }

    @Test
    void waitsForAPeerThatComesLater() throws Exception {
        rig.attach(1, "dgram", rig.path("p1") + " " + rig.path("vm1"));
        assertFalse(rig.datapath.state(1).up());
        rig.peer(1);
        rig.up(1);
    }

    /** The receiver's kernel queue and the port's own are bounded; what is beyond is counted, and the books balance. */
    @Test
    void aFullReceiverLosesFramesAndHoldsNobodyUp() throws Exception {
        Rig.Peer sender = rig.dgram(1);
        Rig.Peer full = rig.dgram(2);
        Rig.Peer third = rig.dgram(3);
        rig.flow(1, new Action.Output(2), new Action.Output(3));
        int frames = 2_000;
        for (int i = 0; i < frames; i++) {
            byte[] frame = Rig.frame(1_000, i);
            sender.sendSoon(frame);
            third.receives(frame);
        }
        long lost = rig.drops(1, DropNumbers.OUTPUT_FAILED);
        assertTrue(lost > frames / 2, "lost " + lost);
        assertEquals(frames, rig.counters(2).sent() + lost);
        for (int i = 0; i < frames - lost; i++) {
            full.receives(Rig.frame(1_000, i));
        }
    }

    @Test
    void whatWaitsForAPeerThatGoesIsTakenBackFromTheBooks() throws Exception {
        Rig.Peer sender = rig.dgram(1);
        Rig.Peer full = rig.dgram(2);
        rig.cable(1, 2);
        for (int i = 0; i < 100; i++) {
            sender.sendSoon(Rig.frame(1_000, i));
        }
        Rig.until("all in", () -> rig.counters(1).received() == 100);
        full.close();
        Rig.until("port 2 down", () -> !rig.datapath.state(2).up());
        Rig.until("taken back", () -> rig.drops(1, DropNumbers.LINK_DOWN) > 0);
        assertEquals(rig.counters(1).outputs(), rig.counters(2).sent());
        assertEquals(100, rig.counters(1).outputs() + rig.drops(1, DropNumbers.LINK_DOWN));
    }

    @Test
    void refusesWhatCannotBeInOneLine() throws Exception {
        Rig.Peer first = rig.dgram(1);
        String peer = " " + rig.path("vm9");
        assertTrue(rig.refusal("dgram", rig.path("p1") + peer).startsWith("dgram: FOLDER/p1: address already in use (expected: a path "));
        Files.writeString(rig.path("file"), "mine");
        assertTrue(rig.refusal("dgram", rig.path("file") + peer).startsWith("dgram: FOLDER/file: address already in use"));
        assertEquals("mine", Files.readString(rig.path("file")));
        assertTrue(rig.refusal("dgram", "/" + "x".repeat(107) + peer).contains("has 108 octets (expected: at most 107"));
        assertTrue(rig.refusal("dgram", rig.path("none/p") + peer).contains("no such file or directory"));
        assertTrue(rig.refusal("dgram", "/proc/p" + peer).startsWith("dgram: /proc/p: "));
        assertTrue(rig.refusal("dgram", "one").contains("(expected: two addresses"));
        assertTrue(rig.refusal("dgram", "one two").contains("dgram: one (expected: an absolute path, or IP-ADDRESS:PORT)"));
        assertTrue(rig.refusal("dgram", "host.example:7 1.2.3.4:7").contains("dgram: host.example:7 (expected:"));
        assertTrue(rig.refusal("dgram", "127.0.0.1:70000 1.2.3.4:7").contains("dgram: 127.0.0.1:70000 (expected:"));
        assertTrue(rig.refusal("dgram", "192.0.2.1:7000 192.0.2.2:7000").contains("cannot assign requested address"));
        assertTrue(rig.refusal("dgram", rig.path("p9") + " 127.0.0.1:7000").contains("(expected: two paths, or two of"));
        assertTrue(rig.refusal("dgram", rig.path("p9") + " " + rig.path("p9")).contains("another address"));
        assertTrue(rig.refusal("sim", "x").contains("(expected: dgram, stream, stream-to, udp-multicast, vxlan)"));
        first.sendSoon(FRAME);
        Rig.until("port 1 works", () -> rig.counters(1).received() == 1);
    }

    @Test
    void refusesAFolderThatIsNotItsOwn() throws Exception {
        assumeFalse("root".equals(System.getProperty("user.name")), "root may write everywhere");
        assertTrue(rig.refusal("dgram", "/p " + rig.path("vm9")).startsWith("dgram: /p: permission denied (expected: a path in a folder that this user may write to"));
    }

    @Test
    void takesOverTheFileOfAProcessThatWasKilledAndRemovesItWithThePort() throws Exception {
        Socket killed = Socket.newSocketDomainDgram();
        killed.bind(new DomainSocketAddress(rig.path("p1").toFile()));
        killed.close();
        assertTrue(Files.exists(rig.path("p1")));
        rig.dgram(1);
        rig.datapath.detach(1);
        assertFalse(Files.exists(rig.path("p1")));
    }
}

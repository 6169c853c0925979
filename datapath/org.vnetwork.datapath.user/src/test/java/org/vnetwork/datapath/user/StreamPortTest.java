package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.DropNumbers;

/** Stream ports with callers and with those that are called, and what peers do wrong. */
class StreamPortTest {
    private Rig rig;
    private Rig.StreamPeer other;

    /** Whether sockets are of Netty's native library. */
    boolean isNative() {
        return true;
    }

    @BeforeEach
    void open() throws Exception {
        rig = new Rig(isNative());
        other = rig.stream(2);
        rig.cable(1, 2);
        rig.cable(2, 1);
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    private SocketChannel call() throws Exception {
        SocketChannel caller = SocketChannel.open(UnixDomainSocketAddress.of(rig.path("p1")));
        rig.up(1);
        return caller;
    }

    private void listen() throws Exception {
        rig.attach(1, "stream", rig.path("p1").toString());
    }

    private static ByteBuffer framed(int length, byte[] octets) {
        return ByteBuffer.allocate(4 + octets.length).putInt(length).put(octets).flip();
    }

    private static ByteBuffer framed(byte[] frame) {
        return framed(frame.length, frame);
    }

    private static byte[] read(SocketChannel peer) throws IOException {
        return Rig.StreamPeer.read(peer);
    }

    @Test
    void carriesFramesBothWays() throws Exception {
        listen();
        try (SocketChannel peer = call()) {
            peer.write(framed(Rig.frame(64, 1)));
            other.receives(Rig.frame(64, 1));
            other.send(Rig.frame(UserPort.LONGEST, 2));
            assertArrayEquals(Rig.frame(UserPort.LONGEST, 2), read(peer));
            peer.write(framed(Rig.frame(UserPort.LONGEST, 3)));
            other.receives(Rig.frame(UserPort.LONGEST, 3));
        }
    }

    @Test
    void waitsForTheRestOfAHalfWrittenFrame() throws Exception {
        listen();
        try (SocketChannel peer = call()) {
            ByteBuffer octets = framed(Rig.frame(200, 5));
            while (octets.hasRemaining()) {
                ByteBuffer one = octets.slice(octets.position(), 1);
                octets.get();
                peer.write(one);
            }
            other.receives(Rig.frame(200, 5));
            assertEquals(1, rig.counters(1).received());
        }
    }

    @Test
    void forgetsHalfAFrameWhenThePeerHangsUpAndTakesTheNextCall() throws Exception {
        listen();
        try (SocketChannel peer = call()) {
            peer.write(framed(1000, Rig.frame(500, 5)));
        }
        Rig.until("down", () -> !rig.datapath.state(1).up());
        assertEquals("the peer has hung up in the middle of a frame", rig.datapath.state(1).detail());
        assertEquals(0, rig.counters(1).received());
        try (SocketChannel peer = call()) {
            peer.write(framed(Rig.frame(64, 6)));
            other.receives(Rig.frame(64, 6));
        }
    }

    @Test
    void hangsUpOnALengthThatLiesAndCountsIt() throws Exception {
        listen();
        for (int length : new int[] {UserPort.LONGEST + 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            long before = rig.drops(1, DropNumbers.TOO_LONG);
            try (SocketChannel peer = call()) {
                peer.write(framed(length, Rig.frame(64, 1)));
                assertEquals(-1, peer.read(ByteBuffer.allocate(1)));
            } catch (IOException e) {
                // Reset: there were octets that nobody will read.
                assertFalse(rig.datapath.state(1).up());
            }
            assertEquals(before + 1, rig.drops(1, DropNumbers.TOO_LONG));
            assertTrue(rig.datapath.state(1).detail().startsWith("the peer announced a frame of " + Integer.toUnsignedString(length) + " octets"));
        }
        try (SocketChannel peer = call()) {
            peer.write(framed(Rig.frame(64, 6)));
            other.receives(Rig.frame(64, 6));
        }
    }

    @Test
    void countsRuntsAndGoesOn() throws Exception {
        listen();
        try (SocketChannel peer = call()) {
            peer.write(framed(new byte[0]));
            peer.write(framed(new byte[13]));
            peer.write(framed(Rig.frame(14, 0)));
            other.receives(Rig.frame(14, 0));
            assertEquals(2, rig.drops(1, DropNumbers.RUNT));
        }
    }

    @Test
    void callsAgainWhenThePeerIsLost() throws Exception {
        rig.attach(1, "stream-to", rig.path("vm1").toString());
        assertFalse(rig.datapath.state(1).up());
        for (int round = 0; round < 3; round++) {
            try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                server.bind(UnixDomainSocketAddress.of(rig.path("vm1")));
                try (SocketChannel peer = server.accept()) {
                    rig.up(1);
                    peer.write(framed(Rig.frame(64, round)));
                    other.receives(Rig.frame(64, round));
                }
            }
            Rig.until("down", () -> !rig.datapath.state(1).up());
            Files.delete(rig.path("vm1"));
        }
    }

    @Test
    void callsOverTcp() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress("127.0.0.1", 0));
            rig.attach(1, "stream-to", "127.0.0.1:" + server.socket().getLocalPort());
            try (SocketChannel peer = server.accept()) {
                peer.write(framed(Rig.frame(64, 9)));
                other.receives(Rig.frame(64, 9));
                rig.up(1);
                other.send(Rig.frame(65, 8));
                assertArrayEquals(Rig.frame(65, 8), read(peer));
            }
        }
    }

    @Test
    void hangsUpOnASecondCaller() throws Exception {
        listen();
        try (SocketChannel peer = call(); SocketChannel second = SocketChannel.open(UnixDomainSocketAddress.of(rig.path("p1")))) {
            assertEquals(-1, second.read(ByteBuffer.allocate(1)));
            peer.write(framed(Rig.frame(64, 1)));
            other.receives(Rig.frame(64, 1));
        }
    }

    /** Its end stands behind more than is read at once, and its call comes meanwhile. */
    @Test
    void takesThePeerThatHangsUpAndCallsAgainAtOnce() throws Exception {
        listen();
        for (int round = 0; round < 10; round++) {
            SocketChannel first = call();
            SocketChannel[] second = new SocketChannel[1];
            // A sink is called with the lock of the flow's group: the port has all of it at once.
            rig.datapath.statistics((flow, packets, bytes, used) -> second[0] = flow == 0 ? callAgain(first) : second[0]);
            try (SocketChannel peer = second[0]) {
                peer.write(framed(Rig.frame(64, round)));
                long all = (round + 1) * (2 * 49 + 1L);
                Rig.until("all in", () -> rig.counters(1).received() == all);
            }
            Rig.until("down", () -> !rig.datapath.state(1).up());
        }
    }

    private SocketChannel callAgain(SocketChannel peer) {
        try (peer) {
            ByteBuffer frames = ByteBuffer.allocate(50_000);
            while (frames.remaining() >= 1_004) {
                frames.put(framed(Rig.frame(1_000, 1)));
            }
            for (int i = 0; i < 2; i++) {
                for (frames.limit(49 * 1_004).rewind(); frames.hasRemaining();) {
                    peer.write(frames);
                }
            }
            return SocketChannel.open(UnixDomainSocketAddress.of(rig.path("p1")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a slow peer got in part comes whole, in order, however late it reads; what had no room is counted. */
    @Test
    void aPeerThatDoesNotReadLosesWholeFramesOnly() throws Exception {
        listen();
        try (SocketChannel peer = call()) {
            int frames = 3_000;
            for (int i = 0; i < frames; i++) {
                other.send(Rig.frame(700, i));
            }
            Rig.until("all in", () -> rig.counters(2).received() == frames);
            long lost = rig.drops(2, DropNumbers.OUTPUT_FAILED);
            assertTrue(lost > 0);
            for (int i = 0; i < frames - lost; i++) {
                assertArrayEquals(Rig.frame(700, i), read(peer));
            }
            other.send(Rig.frame(64, 7));
            assertArrayEquals(Rig.frame(64, 7), read(peer));
            assertEquals(frames + 1, rig.counters(1).sent() + lost);
        }
    }

    @Test
    void balancesTheBooksWhenAPeerThatDidNotReadIsLost() throws Exception {
        listen();
        try (SocketChannel peer = call()) {
            for (int i = 0; i < 1_000; i++) {
                other.send(Rig.frame(700, i));
            }
            Rig.until("all in", () -> rig.counters(2).received() == 1_000);
            assertTrue(peer.isConnected());
        }
        Rig.until("down", () -> !rig.datapath.state(1).up());
        other.send(Rig.frame(64, 7));
        Rig.until("one more", () -> rig.counters(2).received() == 1_001);
        assertEquals(1_001, rig.counters(2).outputs() + rig.drops(2, DropNumbers.LINK_DOWN) + rig.drops(2, DropNumbers.OUTPUT_FAILED));
        assertEquals(rig.counters(2).outputs(), rig.counters(1).sent());
    }
}

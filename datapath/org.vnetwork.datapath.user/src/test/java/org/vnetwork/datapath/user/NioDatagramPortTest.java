package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.DropNumbers;

/** Datagram ports where there is no native library. */
class NioDatagramPortTest {
    private static final InetAddress HOST = InetAddress.getLoopbackAddress();
    private Rig rig;
    private Rig.StreamPeer other;

    @BeforeEach
    void open() throws Exception {
        rig = new Rig(false);
        other = rig.stream(2);
        rig.cable(1, 2);
        rig.cable(2, 1);
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    @Test
    void carriesFramesOverUdpAndLetsNobodyElseIn() throws Exception {
        try (DatagramChannel peer = DatagramChannel.open(); DatagramChannel stranger = DatagramChannel.open()) {
            peer.bind(new InetSocketAddress(HOST, 0));
            int free = Rig.free();
            InetSocketAddress port = new InetSocketAddress(HOST, free);
            rig.attach(1, "dgram", "127.0.0.1:" + free + " 127.0.0.1:" + peer.socket().getLocalPort());
            stranger.send(ByteBuffer.wrap(Rig.frame(64, 1)), port);
            for (int size : new int[] {64, 1_500, 65_507}) {
                peer.send(ByteBuffer.wrap(Rig.frame(size, size)), port);
                other.receives(Rig.frame(size, size));
                other.send(Rig.frame(size, 2));
                ByteBuffer got = ByteBuffer.allocate(70_000);
                peer.receive(got);
                assertEquals(ByteBuffer.wrap(Rig.frame(size, 2)), got.flip());
            }
            assertEquals(3, rig.counters(1).received());
            other.send(Rig.frame(65_508, 3));
            Rig.until("too long", () -> rig.drops(2, DropNumbers.TOO_LONG) == 1);
        }
    }

    @Test
    void isDownWhileNobodyIsAtThePeersAddress() throws Exception {
        int free = Rig.free();
        rig.attach(1, "dgram", "127.0.0.1:" + free + " 127.0.0.1:" + Rig.free());
        Rig.until("down", () -> {
            other.send(Rig.frame(64, 1));
            return rig.drops(2, DropNumbers.LINK_DOWN) > 0;
        });
        Rig.until("balance", () -> rig.counters(2).received() == rig.counters(2).outputs() + rig.drops(2, DropNumbers.LINK_DOWN));
    }

    @Test
    void whatTheJdkHasNotIsRefused() throws Exception {
        assertTrue(rig.refusal("dgram", rig.path("a") + " " + rig.path("b")).endsWith("Unix datagrams need Netty's library for epoll, of Linux on x86_64 or aarch64 with glibc)"));
        assertEquals("vxlan: needs Netty's library for epoll (Linux on x86_64 or aarch64 with glibc); streams, and dgram over IP, go without", rig.refusal("vxlan", "x"));
        assertTrue(rig.refusal("udp-multicast", "230.0.0.1:1234").startsWith("udp-multicast: needs Netty's library"));
        String taken = "127.0.0.1:" + Rig.free();
        rig.attach(1, "dgram", taken + " 127.0.0.1:9");
        assertTrue(rig.refusal("dgram", taken + " 127.0.0.1:10").startsWith("dgram: " + taken + ": address already in use"));
        // Who sends from the loopback device reaches nothing else.
        String refusal = rig.refusal("dgram", "127.0.0.1:" + Rig.free() + " 192.0.2.1:9");
        assertTrue(refusal.matches("dgram: 127\\.0\\.0\\.1:\\d+ 192\\.0\\.2\\.1:9: (invalid argument|network is unreachable)"), refusal);
        assertFalse(rig.datapath.state(99).up());
    }
}

package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vnetwork.datapath.MissLimit;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.Frame;

/** The wire path allocates nothing for a frame, from socket to socket. */
class AllocationTest {
    private static final int FRAMES = 100_000;
    /**
     * Less than one object for each frame, and as much as ten looks after the ports a second may add up to.
     *
     * <p>NB: a call of C that may fail makes an object of 40 octets where the compiler does not see that nobody keeps it (checkCaptureSegment of JDK 25), and it sees it three times in
     * four. There are three calls for {@link #BATCH} datagrams.
     */
    private static final long ALLOWANCE = 15;
    /** Datagrams that a socket holds, as distributions have it. */
    private static final int BATCH = 10;
    /** Rounds in which the compiler may still be at work: what it has not compiled allocates. */
    private static final int ROUNDS = 20;
    private static final long PATIENCE_NANOS = 20_000_000_000L;
    /** What flows say most: counted, metered, rewritten, tagged, to several ports. */
    private static final Action[] ACTIONS = {new Action.Meter(0, 7, 1_000_000_000_000L, 1 << 20), new Action.Count(1L << 40), new Action.SetField(Field.ETH_DST, 0x0200_0000_0009L),
        new Action.Output(2, 1), new Action.PushTag(0x8100, 10), new Action.Output(3), new Action.PopTag()};

    private interface Traffic {
        void send(int frames) throws Exception;
    }

    private static long allocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().startsWith("ports-")).mapToLong(t -> threads.getThreadAllocatedBytes(t.threadId())).sum();
    }

    private static void assertNone(Traffic traffic) throws Exception {
        long each = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long before = allocated();
            traffic.send(FRAMES);
            each = (allocated() - before) / FRAMES;
            if (each < ALLOWANCE) {
                return;
            }
        }
        assertTrue(each < ALLOWANCE, each + " octets a frame");
    }

    @Test
    void ofDatagrams() throws Exception {
        try (Rig rig = new Rig()) {
            Rig.Peer first = rig.dgram(1);
            Rig.Peer second = rig.dgram(2);
            Rig.Peer third = rig.dgram(3);
            rig.flow(1, ACTIONS);
            byte[] frame = Rig.frame(200, 1);
            assertNone(frames -> {
                for (int i = 0; i < frames; i += BATCH) {
                    // A sink is called with the lock of the flow's group: what is sent meanwhile is read at once.
                    rig.datapath.statistics((flow, packets, bytes, used) -> send(first, frame));
                    for (Rig.Peer peer : new Rig.Peer[] {second, third}) {
                        for (int each = 0; each < BATCH; each++) {
                            for (long end = System.nanoTime() + PATIENCE_NANOS; peer.receive() == null; Thread.onSpinWait()) {
                                assertTrue(System.nanoTime() < end, "no frame");
                            }
                        }
                    }
                }
            });
        }
    }

    /** The switch's loop takes frames, executes and sends without an object for each. */
    @Test
    void ofFramesThatComeUp() throws Exception {
        try (Rig rig = new Rig()) {
            Rig.StreamPeer first = rig.stream(1);
            rig.datapath.limit(1, new MissLimit(100_000_000, 1_000_000));
            byte[] frame = Rig.frame(200, 1);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            List<Action> drop = List.of(new Action.Drop(20));
            Consumer<Frame> dropped = up -> rig.datapath.execute(up, drop);
            long each = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS && each > 0; round++) {
                long octets = 0;
                for (int sent = 0; sent < FRAMES; sent += 500) {
                    first.send(frame, 500);
                    for (int left = 500; left > 0;) {
                        long before = threads.getCurrentThreadAllocatedBytes();
                        left -= rig.decide(dropped);
                        octets += threads.getCurrentThreadAllocatedBytes() - before;
                    }
                }
                each = octets / FRAMES;
            }
            assertEquals(0, each, "octets a frame");
        }
    }

    private static void send(Rig.Peer peer, byte[] frame) {
        try {
            for (int i = 0; i < BATCH; i++) {
                assertTrue(peer.send(frame));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void ofStreams() throws Exception {
        try (Rig rig = new Rig()) {
            SocketChannel[] peers = new SocketChannel[3];
            for (int i = 0; i < 3; i++) {
                rig.attach(i + 1, "stream", rig.path("p" + (i + 1)).toString());
                peers[i] = SocketChannel.open(UnixDomainSocketAddress.of(rig.path("p" + (i + 1))));
                rig.up(i + 1);
            }
            rig.flow(1, ACTIONS);
            int batch = 50;
            ByteBuffer octets = ByteBuffer.allocateDirect(batch * 204);
            for (int i = 0; i < batch; i++) {
                octets.putInt(200).put(Rig.frame(200, i));
            }
            ByteBuffer got = ByteBuffer.allocateDirect(batch * 208);
            assertNone(frames -> {
                for (int i = 0; i < frames / batch; i++) {
                    for (octets.rewind(); octets.hasRemaining();) {
                        peers[0].write(octets);
                    }
                    for (int tag = 0; tag <= 4; tag += 4) {
                        got.clear().limit(batch * (204 + tag));
                        while (got.hasRemaining() && peers[1 + tag / 4].read(got) >= 0) {
                            // Until all are there.
                        }
                    }
                }
            });
            for (SocketChannel peer : peers) {
                peer.close();
            }
        }
    }

    @Test
    @Timeout(120)
    void ofTunnels() throws Exception {
        try (Rig rig = new Rig(); DatagramChannel near = udp("127.0.0.2"); DatagramChannel far = udp("127.0.0.3")) {
            int local;
            try (DatagramChannel probe = udp("127.0.0.1")) {
                local = probe.socket().getLocalPort();
            }
            for (int port = 1; port <= 3; port++) {
                DatagramChannel end = port == 1 ? near : far;
                rig.attach(port, "vxlan", end.socket().getLocalAddress().getHostAddress() + ":" + end.socket().getLocalPort() + " vni " + port + " local 127.0.0.1:" + local);
            }
            rig.flow(1, ACTIONS);
            near.connect(new InetSocketAddress("127.0.0.1", local));
            ByteBuffer packet = ByteBuffer.allocateDirect(208).putLong(0x0800_0000_0000_0100L).put(Inner.udp(200, 7, 1));
            ByteBuffer got = ByteBuffer.allocateDirect(300);
            int batch = 20;
            assertNone(frames -> {
                for (int i = 0; i < frames; i += batch) {
                    rig.datapath.statistics((flow, packets, bytes, used) -> send(near, packet, batch));
                    for (int left = 2 * batch; left > 0; left--) {
                        far.receive(got.clear());
                    }
                }
            });
        }
    }

    private static void send(DatagramChannel from, ByteBuffer packet, int count) {
        try {
            for (int i = 0; i < count; i++) {
                from.write(packet.rewind());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DatagramChannel udp(String host) throws Exception {
        return DatagramChannel.open().bind(new InetSocketAddress(host, 0));
    }
}

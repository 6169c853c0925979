package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.CounterTable;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.PortCounters;
import org.vnetwork.packet.wire.Action;

/** Ports that several loops serve. */
class PortGroupsTest {
    private static final int SENDERS = 4;
    private static final int TARGET = 9;
    private Rig rig;

    @BeforeEach
    void open() throws Exception {
        rig = new Rig();
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    private List<Rig.StreamPeer> senders() throws Exception {
        List<Rig.StreamPeer> senders = new ArrayList<>();
        for (int port = 1; port <= SENDERS; port++) {
            senders.add(rig.stream(port));
            rig.flow(port, new Action.Count(5), new Action.Output(TARGET));
        }
        return senders;
    }

    /** Has all of them send at once. */
    private static List<Thread> start(List<Rig.StreamPeer> senders, int frames) {
        return senders.stream().map(sender -> Thread.ofPlatform().start(() -> {
            try {
                for (int i = 0; i < frames; i++) {
                    sender.send(Rig.frame(60 + i % 100, i));
                }
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        })).toList();
    }

    private long allDrops(int port) {
        long sum = 0;
        for (long drops : rig.datapath.drops(port)) {
            sum += drops;
        }
        return sum;
    }

    @Test
    void loopsServePortsInEqualNumbers() throws Exception {
        senders();
        assertEquals(SENDERS / 2, rig.loops.fewest().ports.get());
        rig.datapath.detach(1);
        assertEquals(SENDERS / 2 - 1, rig.loops.fewest().ports.get());
    }

    @Test
    void flowsThatWereThereBeforeTheirPortAreItsAndStayWhenItComesAgain() throws Exception {
        rig.cable(1, 2);
        Rig.StreamPeer second = rig.stream(2);
        rig.stream(3);
        rig.stream(4);
        for (int round = 0; round < 3; round++) {
            rig.stream(1).send(Rig.frame(64, round));
            second.receives(Rig.frame(64, round));
            rig.datapath.detach(1);
            rig.stream(5 + round);
        }
    }

    @Test
    void flowsOfAllGroupsGoOnWhileTheSwitchsLoopHangs() throws Exception {
        List<Rig.StreamPeer> peers = new ArrayList<>();
        for (int port = 1; port <= 4; port++) {
            peers.add(rig.stream(port));
        }
        CountDownLatch hung = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Thread loop = Thread.ofPlatform().start(() -> {
            while (rig.decide(frame -> hang(hung, end)) == 0) {
                rig.datapath.await(1_000_000_000L);
            }
        });
        Rig.StreamPeer unknown = rig.stream(5);
        for (int port = 1; port <= 4; port++) {
            rig.cable(port, port % 4 + 1);
        }
        unknown.send(Rig.frame(64, 1));
        hung.await();
        for (int i = 0; i < 100; i++) {
            for (int port = 1; port <= 4; port++) {
                peers.get(port - 1).send(Rig.frame(64, i));
                peers.get(port % 4).receives(Rig.frame(64, i));
            }
        }
        end.countDown();
        loop.join();
    }

    private static void hang(CountDownLatch hung, CountDownLatch end) {
        hung.countDown();
        try {
            end.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void booksBalanceWhenAllGroupsSendByOnePort() throws Exception {
        int frames = 20_000;
        List<Rig.StreamPeer> senders = senders();
        Rig.StreamPeer target = rig.stream(TARGET);
        long[] got = new long[1];
        Thread reader = Thread.ofPlatform().start(() -> {
            try {
                while (target.receive().length > 0) {
                    got[0]++;
                }
            } catch (java.io.IOException | RuntimeException e) {
                // The end.
            }
        });
        for (Thread each : start(senders, frames)) {
            each.join();
        }
        long outputs = 0;
        for (int port = 1; port <= SENDERS; port++) {
            int each = port;
            Rig.until("all in", () -> rig.counters(each).received() == frames);
            PortCounters counters = rig.counters(port);
            assertEquals(frames, counters.outputs() + allDrops(port));
            assertEquals(counters.outputs(), frames - rig.drops(port, DropNumbers.OUTPUT_FAILED));
            outputs += counters.outputs();
        }
        assertEquals(outputs, rig.counters(TARGET).sent());
        assertEquals(SENDERS * (long) frames, rig.datapath.counter(5).frames());
        long expected = outputs;
        Rig.until("all out", () -> got[0] == expected);
        target.close();
        reader.join();
    }

    @Test
    void aPortMayComeAndGoUnderTrafficOfAllGroups() throws Exception {
        int frames = 50_000;
        List<Rig.StreamPeer> senders = senders();
        List<Thread> threads = start(senders, frames);
        int rounds = 0;
        while (threads.stream().anyMatch(Thread::isAlive)) {
            rig.attach(TARGET, "stream", rig.path("p" + TARGET).toString());
            try (SocketChannel peer = SocketChannel.open(UnixDomainSocketAddress.of(rig.path("p" + TARGET)))) {
                if (rounds % 2 == 0) {
                    rig.up(TARGET);
                }
                assertTrue(peer.isConnected());
                rig.datapath.detach(TARGET);
            }
            rounds++;
        }
        for (int port = 1; port <= SENDERS; port++) {
            int each = port;
            Rig.until("all in", () -> rig.counters(each).received() == frames);
            assertEquals(frames, rig.counters(port).outputs() + allDrops(port));
        }
        assertTrue(rounds > 2, "rounds " + rounds);
    }

    @Test
    void aPortsNameIsFreeAgainWithoutItsBooks() throws Exception {
        List<Rig.StreamPeer> senders = senders();
        rig.stream(TARGET);
        senders.get(0).send(Rig.frame(64, 1));
        senders.get(1).send(Rig.frame(64, 1));
        Rig.until("sent", () -> rig.counters(TARGET).sent() == 2);
        rig.datapath.detach(TARGET);
        assertEquals(PortCounters.NONE, rig.counters(TARGET));
        rig.datapath.attach(TARGET, new Attachment("stream", rig.path("p" + TARGET).toString()));
        assertEquals(PortCounters.NONE, rig.counters(TARGET));
        assertEquals(CounterTable.Count.NONE, rig.datapath.counter(6));
    }

    /** Octets of memory that this process has of its own. */
    private static long memory() throws Exception {
        return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(l -> l.startsWith("RssAnon:")).mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) << 10).sum();
    }

    @Test
    void noPeerCostsMoreThanItsShareOfMemory() throws Exception {
        int frames = 40_000;
        int size = 9_000;
        List<Rig.StreamPeer> senders = senders();
        rig.stream(TARGET);
        rig.attach(8, "stream", rig.path("p8").toString());
        long before = memory();
        for (int i = 0; i < frames; i++) {
            senders.get(i % SENDERS).send(Rig.frame(size, i));
        }
        for (int i = 0; i < 1_000; i++) {
            // Each begins a frame and hangs up.
            try (SocketChannel peer = SocketChannel.open(UnixDomainSocketAddress.of(rig.path("p8")))) {
                peer.write(ByteBuffer.allocate(1_000).putInt(i % 2 == 0 ? UserPort.LONGEST : Integer.MAX_VALUE).rewind());
            } catch (java.io.IOException e) {
                // It was hung up on, as the one before was still there.
            }
        }
        Rig.until("all in", () -> rig.counters(1).received() == frames / SENDERS);
        long lost = rig.drops(1, DropNumbers.OUTPUT_FAILED);
        assertTrue(lost > frames / SENDERS / 2, "lost " + lost);
        long more = memory() - before;
        assertTrue(more < (long) frames * size / 8, more + " octets of memory for " + (long) frames * size + " octets of frames that nobody takes");
    }
}

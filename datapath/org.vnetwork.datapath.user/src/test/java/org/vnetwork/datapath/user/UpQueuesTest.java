package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.unix.Socket;
import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.FrameBatch;
import org.vnetwork.datapath.MissLimit;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.Frame;

/** What comes up, and what does not. */
class UpQueuesTest {
    private Rig rig;
    private Rig.Peer first;

    @BeforeEach
    void open() throws Exception {
        rig = new Rig();
        first = rig.dgram(1);
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    private void send(int size, int count) throws Exception {
        long before = rig.counters(1).received();
        for (int i = 0; i < count; i++) {
            first.sendSoon(Rig.frame(size, i));
        }
        Rig.until("all in", () -> rig.counters(1).received() == before + count);
    }

    private int consume() {
        int all = 0;
        for (int got = -1; got != 0; all += got) {
            got = rig.decide(frame -> rig.datapath.execute(frame, List.of()));
        }
        return all;
    }

    @Test
    void frameByFrameInOrderAndIntact() throws Exception {
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            first.sendSoon(Rig.frame(60 + i, i));
        }
        Rig.until("five", () -> {
            rig.decide(frame -> seen.add(frame.ingress + " " + frame.size + " " + frame.flow + " " + frame.copy + " " + frame.buffer.get(java.lang.foreign.ValueLayout.JAVA_BYTE, frame.offset + 17)));
            return seen.size() == 5;
        });
        assertEquals(List.of("1 60 -1 false 0", "1 61 -1 false 1", "1 62 -1 false 2", "1 63 -1 false 3", "1 64 -1 false 4"), seen);
    }

    @Test
    void whatHasNoRoomIsLostAndCounted() throws Exception {
        rig.datapath.limit(1, new MissLimit(1_000_000, 1_000_000));
        send(9_000, 300);
        long lost = rig.drops(1, DropNumbers.UPCALL_LOST);
        assertTrue(lost > 100, "lost " + lost);
        assertEquals(300, rig.counters(1).up());
        assertEquals(lost, rig.counters(1).upLost());
        assertEquals(300 - lost, consume());
        assertEquals(300, rig.drops(1, DropNumbers.CONSUMED) + lost);
    }

    /** Sizes and numbers of the frames of a batch that are left, each of which is consumed. */
    private List<String> consume(FrameBatch batch) {
        List<String> seen = new ArrayList<>();
        for (Frame frame = batch.next(); frame != null; frame = batch.next()) {
            seen.add(frame.size + "/" + frame.buffer.get(java.lang.foreign.ValueLayout.JAVA_BYTE, frame.offset + 17));
            rig.datapath.execute(frame, List.of());
        }
        rig.datapath.flush();
        return seen;
    }

    @Test
    void whatDoesNotFitIntoABatchWaitsAndIsInTheBooksOnce() throws Exception {
        Rig.StreamPeer peer = rig.stream(2);
        int[] sizes = {100, 65_553, 65_000, 20, 9_000, 65_553};
        for (int i = 0; i < sizes.length; i++) {
            peer.send(Rig.frame(sizes[i], i));
        }
        Rig.until("all up", () -> rig.counters(2).up() == sizes.length);
        FrameBatch batch = new FrameBatch(256, FrameBatch.LONGEST + 1_000);
        List<Boolean> full = new ArrayList<>();
        List<List<String>> batches = new ArrayList<>();
        for (int taken = rig.datapath.take(batch); taken > 0; taken = rig.datapath.take(batch)) {
            assertEquals(taken, batch.left());
            full.add(batch.isFull());
            batches.add(consume(batch));
            batch.clear();
        }
        assertEquals(List.of(List.of("100/0", "65553/1"), List.of("65000/2", "20/3"), List.of("9000/4"), List.of("65553/5")), batches);
        assertEquals(List.of(true, true, true, false), full);
        assertEquals(sizes.length, rig.drops(2, DropNumbers.CONSUMED));
        assertEquals(rig.counters(2).received() + rig.counters(2).copies(), rig.counters(2).outputs() + Arrays.stream(rig.datapath.drops(2)).sum());
    }

    @Test
    void framesThatWereTakenOutliveTheirPortAndTheDatapath() throws Exception {
        send(100, 3);
        FrameBatch batch = new FrameBatch();
        assertEquals(3, rig.datapath.take(batch));
        Frame first = batch.next();
        rig.datapath.detach(1);
        rig.datapath.execute(first, List.of(new Action.Output(1)));
        rig.datapath.close();
        for (int number = 1; number <= 2; number++) {
            assertArrayEquals(Rig.frame(100, number), batch.next().bytes().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
        }
        assertThrows(IllegalStateException.class, () -> rig.datapath.execute(batch.current(), List.of()));
        assertThrows(IllegalStateException.class, rig.datapath::flush);
    }

    @Test
    void missesBeyondAPortsShareAreDropped() throws Exception {
        rig.datapath.limit(1, new MissLimit(1, 10));
        send(60, 100);
        assertTrue(rig.drops(1, DropNumbers.MISS_LIMIT) >= 85);
        assertEquals(100 - rig.drops(1, DropNumbers.MISS_LIMIT), consume());
    }

    @Test
    void inspectedFramesHaveRoomOfTheirOwn() throws Exception {
        rig.datapath.limit(1, new MissLimit(1_000_000, 1_000_000));
        send(9_000, 200);
        assertTrue(rig.drops(1, DropNumbers.UPCALL_LOST) > 0);
        rig.flow(1, new Action.Inspect());
        send(100, 20);
        assertEquals(0, rig.drops(1, DropNumbers.INSPECT_LOST));
        send(9_000, 200);
        assertTrue(rig.drops(1, DropNumbers.INSPECT_LOST) > 0);
    }

    @Test
    void copiesGoUpAsFarAsTheAllowanceGoes() throws Exception {
        Rig.Peer second = rig.dgram(2);
        rig.flow(1, new Action.CopyUp(), new Action.Output(2));
        for (int i = 0; i < 1_000; i++) {
            first.sendSoon(Rig.frame(60, i));
            second.receives(Rig.frame(60, i));
        }
        AtomicInteger copies = new AtomicInteger();
        while (rig.decide(frame -> copies.addAndGet(frame.copy ? 1 : 0)) > 0) {
            // Until none is left.
        }
        assertTrue(copies.get() >= 256, "copies " + copies);
        assertEquals(copies.get(), rig.counters(1).up());
    }

    @Test
    void nothingComesUpOfAPortThatIsGone() throws Exception {
        send(60, 3);
        rig.datapath.detach(1);
        assertEquals(0, consume());
    }

    @Test
    void waitingEndsWithAFrame() throws Exception {
        Thread waiter = Thread.ofPlatform().start(() -> rig.datapath.await(60_000_000_000L));
        Rig.until("waits", () -> waiter.getState() == Thread.State.TIMED_WAITING);
        first.sendSoon(Rig.frame(60, 1));
        waiter.join(20_000);
        assertFalse(waiter.isAlive());
    }

    @Test
    void waitingEndsWithAWakeupBeforeIt() throws Exception {
        rig.datapath.wakeup();
        Thread waiter = Thread.ofPlatform().start(() -> rig.datapath.await(60_000_000_000L));
        waiter.join(20_000);
        assertFalse(waiter.isAlive());
    }

    /** Over UDP the kernel joins what one system call sends: of so many frames that are decided together few messages arrive. */
    @Test
    void whatIsDecidedTogetherGoesOutTogether() throws Exception {
        int count = 64;
        rig.datapath.limit(1, new MissLimit(1_000_000, 1_000_000));
        Socket far = UdpSockets.open(false);
        try (Arena memory = Arena.ofShared()) {
            far.bind(new InetSocketAddress("127.0.0.1", 0));
            UdpSockets.takeJoined(far);
            rig.attach(2, "dgram", "127.0.0.1:" + Rig.free() + " 127.0.0.1:" + far.localAddress().getPort());
            ReceiveBatch received = new ReceiveBatch(memory, count, 65_535);
            // A machine that stands still may have a batch go out in parts.
            Rig.until("few messages", () -> {
                send(100, count);
                assertEquals(count, rig.decide(frame -> rig.datapath.execute(frame, List.of(new Action.Output(2)))));
                int[] got = new int[2];
                Rig.until("all frames", () -> {
                    int messages = received.receive(far.intValue());
                    for (int i = 0; i < messages; i++) {
                        got[0]++;
                        got[1] += received.size(i) / 100;
                    }
                    return got[1] == count;
                });
                return got[0] <= 4;
            });
        } finally {
            far.close();
        }
    }

    /** A peer of a path has what was sent at once: what it has not, waits. */
    @Test
    void whatIsDecidedGoesOutThoughTheNextDecisionHangs() throws Exception {
        Rig.Peer second = rig.dgram(2);
        Rig.until("a frame that waits for others", () -> {
            send(100, 2);
            List<Boolean> waits = new ArrayList<>();
            decide(frame -> {
                if (waits.isEmpty()) {
                    rig.datapath.execute(frame, List.of(new Action.Output(2)));
                    waits.add(second.receive() == null);
                } else if (waits.getFirst()) {
                    second.receives(Rig.frame(100, 0));
                }
            });
            return waits.getFirst();
        });
    }

    @Test
    void whatIsDecidedDoesNotWaitForManySlowDecisions() throws Exception {
        Rig.Peer second = rig.dgram(2);
        send(100, 2);
        decide(frame -> {
            long began = System.nanoTime();
            while (System.nanoTime() - began < 1_000_000) {
                Thread.onSpinWait();
            }
            rig.datapath.execute(frame, List.of(new Action.Output(2)));
            assertNotNull(second.receive());
        });
    }

    private interface Decision {
        void on(Frame frame) throws Exception;
    }

    private void decide(Decision decision) {
        rig.decide(frame -> {
            try {
                decision.on(frame);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }
}

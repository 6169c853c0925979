package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.MissLimit;
import org.vnetwork.packet.wire.Action;

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

    private int poll() {
        int all = 0;
        for (int got = rig.datapath.poll(frame -> rig.datapath.execute(frame, List.of()), 256); got > 0; got = rig.datapath.poll(frame -> rig.datapath.execute(frame, List.of()), 256)) {
            all += got;
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
            rig.datapath.poll(frame -> seen.add(frame.ingress + " " + frame.size + " " + frame.flow + " " + frame.copy + " " + frame.buffer.get(java.lang.foreign.ValueLayout.JAVA_BYTE, frame.offset + 17)), 1);
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
        assertEquals(300 - lost, poll());
        assertEquals(300, rig.drops(1, DropNumbers.CONSUMED) + lost);
    }

    @Test
    void missesBeyondAPortsShareAreDropped() throws Exception {
        rig.datapath.limit(1, new MissLimit(1, 10));
        send(60, 100);
        assertTrue(rig.drops(1, DropNumbers.MISS_LIMIT) >= 85);
        assertEquals(100 - rig.drops(1, DropNumbers.MISS_LIMIT), poll());
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
        while (rig.datapath.poll(frame -> copies.addAndGet(frame.copy ? 1 : 0), 256) > 0) {
            // Until none is left.
        }
        assertTrue(copies.get() >= 256, "copies " + copies);
        assertEquals(copies.get(), rig.counters(1).up());
    }

    @Test
    void nothingComesUpOfAPortThatIsGone() throws Exception {
        send(60, 3);
        rig.datapath.detach(1);
        assertEquals(0, poll());
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
}

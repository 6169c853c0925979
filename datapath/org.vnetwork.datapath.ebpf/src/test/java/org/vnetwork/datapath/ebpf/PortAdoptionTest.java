package org.vnetwork.datapath.ebpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.DropNumbers;

/** The ports that a process leaves at work are taken up by the next one; what cannot be taken up is replaced. */
class PortAdoptionTest extends Lives {
    @Test
    void noFrameIsStoppedWhilePortsAreAttachedAgain() throws Exception {
        install(dropping(1, 1000));
        int links = Bpf.attached(ifindex(TAP), Bpf.TCX_INGRESS);
        die();
        reopen();
        datapath.adopted();
        AtomicBoolean stop = new AtomicBoolean();
        Thread traffic = new Thread(() -> {
            while (!stop.get()) {
                run(FRAME, TAP);
            }
        }, "traffic");
        traffic.start();
        try {
            until("traffic", () -> packets().get(1) > 100);
            datapath.attach(PORT, new Attachment("tap", TAP));
            long attached = packets().get(1);
            until("traffic through a port that is not open again yet", () -> packets().get(1) > attached + 100);
            datapath.unblock(PORT);
            attach(OTHER, OTHER_TAP);
            long now = packets().get(1);
            until("more traffic", () -> packets().get(1) > now + 100);
        } finally {
            stop.set(true);
            traffic.join();
        }
        assertEquals(datapath.counters(PORT).received(), datapath.drops(PORT)[REASON]);
        assertEquals(List.of(1, 1), List.of(links, Bpf.attached(ifindex(TAP), Bpf.TCX_INGRESS)), "the link carries the new program");
    }

    @Test
    void whatNobodyReadWhenItDiedIsLostOnceAndBooksGoOn() throws DatapathException {
        install(dropping(1, 1000));
        run(FRAME, TAP);
        // A test run counts a miss, and hands nothing over.
        run(Rig.frame(5), TAP);
        run(Rig.frame(6), TAP);
        datapath.decided.books(PORT).outputs += 10;
        datapath.decided.books(PORT).drops[30] += 4;
        for (int life = 0; life < 3; life++) {
            die();
            reopen();
            attach(PORT, TAP);
            attach(OTHER, OTHER_TAP);
            assertEquals(List.of(3L, 2L, 2L, 10L), List.of(datapath.counters(PORT).received(), datapath.counters(PORT).up(), datapath.counters(PORT).upLost(), datapath.counters(PORT).outputs()));
            assertEquals(List.of(2L, 4L), List.of(datapath.drops(PORT)[DropNumbers.UPCALL_LOST], datapath.drops(PORT)[30]));
        }
    }

    @Test
    void aPortUnderAnotherIdBeginsAnew() throws DatapathException {
        install(dropping(1, 1000));
        run(FRAME, TAP);
        die();
        reopen();
        datapath.attach(5, new Attachment("tap", TAP));
        run(FRAME, TAP);
        assertEquals(List.of(1L, 1L), List.of(datapath.counters(5).received(), datapath.drops(5)[DropNumbers.BLOCKED]));
        datapath.attach(PORT, new Attachment("tap", OTHER_TAP));
        run(FRAME, OTHER_TAP);
        assertEquals(List.of(1L, 1L), List.of(datapath.counters(PORT).received(), datapath.drops(PORT)[DropNumbers.BLOCKED]));
        datapath.detach(PORT);
        attach(OTHER, OTHER_TAP);
        datapath.unblock(5);
    }

    @Test
    void aPortThatIsAttachedButNotOpenedInTimeStays() throws DatapathException {
        install(dropping(1, 1000));
        die();
        reopen();
        datapath.adopted();
        datapath.attach(PORT, new Attachment("tap", TAP));
        int other = ifindex(OTHER_TAP);
        until("the other is let go", () -> !Files.exists(FOLDER.resolve("link-" + other)));
        run(FRAME, TAP);
        datapath.unblock(PORT);
        run(FRAME, TAP);
        assertEquals(2, datapath.drops(PORT)[REASON]);
        assertEquals(1, Bpf.attached(ifindex(TAP), Bpf.TCX_INGRESS));
        assertTrue(Files.exists(FOLDER.resolve("link-" + ifindex(TAP))));
    }

    @Test
    void portsThatNobodyAttachesAgainAreLetGo() throws DatapathException {
        int tap = ifindex(EbpfDriver.tapName(HOST, "sw"));
        die();
        assertEquals(tap, ifindex(EbpfDriver.tapName(HOST, "sw")), "the upcall tap stays");
        reopen();
        assertEquals(tap, ifindex(EbpfDriver.tapName(HOST, "sw")), "and is taken up again");
        datapath.adopted();
        attach(PORT, TAP);
        int other = ifindex(OTHER_TAP);
        assertTrue(Files.exists(FOLDER.resolve("link-" + other)));
        until("the other is let go", () -> !Files.exists(FOLDER.resolve("link-" + other)));
        assertEquals(0, ifindex(OTHER_TAP), "it was made for the port");
        assertTrue(Files.exists(FOLDER.resolve("link-" + ifindex(TAP))));
    }

    @Test
    void mapsOfAnotherVersionAreReplacedAndGoOnUntilThen() throws DatapathException {
        install(dropping(1, 1000));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment control = arena.allocate(KernelMaps.CTL_SIZE, 8);
            assertEquals(0, Bpf.lookup(datapath.map("ctl"), arena.allocate(4, 4), control));
            control.set(ValueLayout.JAVA_INT, 0, KernelMaps.ABI_VERSION + 1);
            assertEquals(0, Bpf.update(datapath.map("ctl"), arena.allocate(4, 4), control, Bpf.ANY));
        }
        die();
        assertFresh();
    }

    @Test
    void mapsOfAnotherShapeAreReplaced() throws Exception {
        install(dropping(1, 1000));
        die();
        Files.delete(FOLDER.resolve("map-flow_entries"));
        try (Rig small = new Rig()) {
            assertEquals(0, Bpf.pin(small.object.map("flow_entries"), FOLDER.resolve("map-flow_entries").toString()));
        }
        assertFresh();
    }

    @Test
    void mapsThatWereNotAllPinnedAreReplaced() throws Exception {
        die();
        Files.delete(FOLDER.resolve("map-port_books"));
        assertFresh();
    }

    private void assertFresh() throws DatapathException {
        reopen();
        assertEquals(List.of(), datapath.adopted());
        Path before = FOLDER.resolveSibling("sw~before");
        assertTrue(Files.exists(before.resolve("link-" + ifindex(TAP))), "the old program goes on");
        datapath.attach(PORT, new Attachment("tap", TAP));
        datapath.attach(OTHER, new Attachment("tap", OTHER_TAP));
        assertEquals(0, datapath.counters(PORT).received());
        datapath.unblock(PORT);
        datapath.unblock(OTHER);
        assertFalse(Files.exists(before));
        // The kernel lets go of what is no longer pinned a little later.
        until("the old program is gone", () -> Bpf.attached(ifindex(TAP), Bpf.TCX_INGRESS) == 1);
    }

    @Test
    void aSwitchThatAnotherProcessHasIsRefusedAndNotDisturbed() throws DatapathException {
        install(dropping(1, 1000));
        String refused = assertThrows(DatapathException.class, () -> new EbpfDriver().open(HOST, "sw", Path.of("/"))).getMessage();
        assertTrue(refused.contains("another process has it open"), refused);
        run(FRAME, TAP);
        assertEquals(1, datapath.drops(PORT)[REASON]);
        List<Integer> ids = new ArrayList<>();
        datapath.statistics((id, frames, bytes, last) -> ids.add(id));
        assertEquals(List.of(1), ids);
        assertTrue(Files.exists(FOLDER.resolve("link-" + ifindex(TAP))));
    }
}

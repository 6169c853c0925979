package org.vnetwork.datapath.ebpf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FlowKey;

/** What a process leaves in the kernel is taken up by the next one; what cannot be taken up is replaced. */
class AdoptionTest {
    private static final String HOST = "ad" + Long.toString(ProcessHandle.current().pid(), 36);
    private static final String TAP = HOST + "a";
    private static final String OTHER_TAP = HOST + "b";
    private static final Path FOLDER = Path.of("/sys/fs/bpf/vnetwork", HOST, "sw");
    private static final int PORT = 1;
    private static final int OTHER = 2;
    private static final int REASON = 20;
    private static final byte[] FRAME = Rig.frame(1000);
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private EbpfDatapath datapath;

    @BeforeEach
    void open() throws DatapathException {
        Rig.needed();
        reopen();
        attach(PORT, TAP);
        attach(OTHER, OTHER_TAP);
    }

    @AfterEach
    void close() {
        if (datapath != null) {
            datapath.close();
            assertFalse(Files.exists(FOLDER.getParent()), "pins");
            for (String device : new String[] {TAP, OTHER_TAP, EbpfDriver.tapName(HOST, "sw"), EbpfDriver.inspectTapName(HOST, "sw")}) {
                assertFalse(Files.exists(Path.of("/sys/class/net", device)), device);
            }
        }
    }

    private void reopen() throws DatapathException {
        datapath = (EbpfDatapath) new EbpfDriver().open(HOST, "sw", Path.of("/"));
    }

    private void attach(int port, String tap) throws DatapathException {
        datapath.attach(port, new Attachment("tap", tap));
        datapath.unblock(port);
    }

    /** Ends the process as far as the kernel can see: nothing is put back. */
    private void die() {
        System.setProperty("vnet.keep.forwarding", "true");
        try {
            datapath.close();
        } finally {
            System.clearProperty("vnet.keep.forwarding");
        }
    }

    private static int ifindex(String device) {
        try {
            return Integer.parseInt(Files.readString(Path.of("/sys/class/net", device, "ifindex")).strip());
        } catch (java.io.IOException e) {
            return 0;
        }
    }

    private void run(byte[] frame, String device) {
        Rig.run(datapath.program("vnet_ingress"), frame, ifindex(device));
    }

    private static FlowEntry entry(int id, byte[] frame, Action... actions) {
        return Rig.entry(id, PORT, frame, List.of(actions), Field.ETH_DST, Field.L4_SRC);
    }

    private static FlowEntry dropping(int id, int sourcePort) {
        return entry(id, Rig.frame(sourcePort), new Action.Drop(REASON));
    }

    private void install(FlowEntry... entries) {
        for (boolean in : datapath.install(List.of(entries))) {
            assertTrue(in);
        }
    }

    private Map<Integer, Long> packets() {
        Map<Integer, Long> packets = new HashMap<>();
        datapath.statistics((id, frames, bytes, last) -> packets.put(id, frames));
        return packets;
    }

    private static List<String> words(FlowEntry entry) {
        return List.of(entry.id() + " " + entry.actions(), java.util.Arrays.toString(entry.key()), java.util.Arrays.toString(entry.mask()));
    }

    private void until(String what, BooleanSupplier holds) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!holds.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, what);
            datapath.await(10_000_000);
            datapath.poll(frame -> { }, 100);
        }
    }

    @Test
    void flowsComeBackAsTheyWereAndServeAsBefore() throws DatapathException {
        List<FlowEntry> installed = List.of(entry(3, FRAME, new Action.Output(OTHER), new Action.Drop(REASON)), dropping(7, 7),
                entry(100, Rig.frame(100), new Action.PushTag(0x88a8, 77), new Action.SetField(Field.VLAN_VID, 4094), new Action.SetField(Field.VLAN_PCP, 7), new Action.PopTag(),
                        new Action.SetField(Field.ETH_DST, 0xffffffffffffL), new Action.SetField(Field.ETH_SRC, 2), new Action.SetField(Field.DSCP, 63), new Action.Output(1023)),
                entry(101, Rig.frame(101)), entry(102, Rig.frame(102), new Action.CopyUp(), new Action.Output(OTHER)),
                entry(103, Rig.frame(103), new Action.Count(77), new Action.Count(-5), new Action.Meter(0, 9, 1_000_000, 65_536), new Action.Meter(63, -9, 2_000_000, 70_000),
                        new Action.SetField(Field.IP_SRC, 0, 0xc0000201L), new Action.SetField(Field.IP_DST, 0xfd00L << 48, -1), new Action.SetField(Field.L4_SRC, 65535),
                        new Action.SetField(Field.L4_DST, 0), new Action.Output(OTHER, 1L << 63 | 1)), entry(200_000, Rig.frame(200), new Action.Inspect()));
        install(installed.toArray(FlowEntry[]::new));
        run(Rig.frame(7), TAP);
        die();

        reopen();
        assertEquals(installed.stream().map(AdoptionTest::words).toList(), datapath.adopted().stream().map(AdoptionTest::words).toList());
        assertEquals(List.of(), datapath.adopted(), "asked once");
        run(Rig.frame(7), TAP);
        assertEquals(2, packets().get(7));
        attach(PORT, TAP);
        attach(OTHER, OTHER_TAP);
        assertEquals(2, datapath.counters(PORT).received());
        assertEquals(2, datapath.drops(PORT)[REASON]);

        assertFalse(datapath.install(List.of(dropping(8, 7)))[0], "its key is taken");
        assertTrue(datapath.replace(7, List.of(new Action.Drop(REASON + 1))));
        run(Rig.frame(7), TAP);
        assertEquals(List.of(2L, 1L), List.of(datapath.drops(PORT)[REASON], datapath.drops(PORT)[REASON + 1]));
        assertTrue(datapath.drain(7, List.of(new Action.Drop(REASON + 2))));
        run(Rig.frame(7), TAP);
        assertEquals(1, datapath.drops(PORT)[REASON + 2]);
        assertEquals(4, datapath.remove(7).packets());
        install(dropping(7, 7), dropping(9, 9));
        run(Rig.frame(7), TAP);
        assertEquals(1, packets().get(7));
        for (FlowEntry entry : installed) {
            datapath.remove(entry.id());
        }
        datapath.remove(9);
        assertArrayEquals(new int[0], new KernelMapsView(datapath).masks(PORT));
    }

    /** Reads the maps of a running datapath, as another process would. */
    private record KernelMapsView(EbpfDatapath datapath) {
        int[] masks(int port) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment key = arena.allocate(4, 4);
                MemorySegment value = arena.allocate(264, 8);
                key.set(ValueLayout.JAVA_INT, 0, port);
                assertEquals(0, Bpf.lookup(datapath.map("port_masks"), key, value));
                return value.asSlice(8, 4L * value.get(ValueLayout.JAVA_INT, 0)).toArray(ValueLayout.JAVA_INT);
            }
        }
    }

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
            attach(PORT, TAP);
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
        datapath.books(PORT).outputs += 10;
        datapath.books(PORT).drops[30] += 4;
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
    void flowsThatNobodyAskedAboutMakeWayAndGo() throws DatapathException {
        install(dropping(1, 1000), dropping(2, 2), dropping(3, 3));
        die();
        reopen();
        run(FRAME, TAP);
        assertEquals(Map.of(), packets());
        attach(PORT, TAP);
        assertEquals(1, datapath.drops(PORT)[REASON], "they go on meanwhile");
        install(entry(1, Rig.frame(2), new Action.Drop(REASON + 1)));
        run(Rig.frame(2), TAP);
        run(Rig.frame(3), TAP);
        assertEquals(List.of(2L, 1L), List.of(datapath.drops(PORT)[REASON], datapath.drops(PORT)[REASON + 1]));
        attach(OTHER, OTHER_TAP);
        run(Rig.frame(3), TAP);
        assertEquals(2, datapath.drops(PORT)[REASON], "gone when all ports are there");
        assertEquals(java.util.Set.of(1), packets().keySet());
    }

    @Test
    void whatIsHalfDoneIsRemovedAndTheRestServes() throws DatapathException {
        install(dropping(1, 1), dropping(2, 2), dropping(3, 3), dropping(4, 4), entry(5, Rig.frame(5), new Action.Drop(REASON + 5)),
                Rig.entry(6, PORT, Rig.frame(6), List.of(new Action.Drop(REASON)), Field.L4_SRC), Rig.entry(8, OTHER, Rig.frame(8), List.of(new Action.Drop(REASON)), Field.L4_SRC));
        assertTrue(datapath.drain(1, List.of(new Action.Drop(REASON + 1))));
        try (FlowMaps flows = FlowMapsOf.pinned(datapath)) {
            FlowEntry two = dropping(2, 2);
            flows.setSlot(2, FlowMaps.hash(two.key(), 0) + 1, 0);
            flows.setSlot(77, 12345, 3);
            FlowEntry half = dropping(1, 4);
            assertTrue(flows.insert(half.key(), 900, 0, 4, 5), "a mask of no port");
            FlowEntry six = Rig.entry(6, PORT, Rig.frame(6), List.of(), Field.L4_SRC);
            flows.discard(six.key(), new KernelMapsView(datapath).masks(PORT)[1]);
        }
        overwriteListOf(5);
        die();
        reopen();
        assertEquals(List.of(3, 4, 8), datapath.adopted().stream().map(FlowEntry::id).sorted().toList());
        attach(PORT, TAP);
        attach(OTHER, OTHER_TAP);
        assertEquals(1, new KernelMapsView(datapath).masks(PORT).length);
        for (int port = 1; port <= 6; port++) {
            run(Rig.frame(port), TAP);
        }
        assertEquals(List.of(2L, 4L), List.of(datapath.drops(PORT)[REASON], datapath.counters(PORT).up()));
        install(dropping(1, 1), dropping(2, 2), dropping(77, 77), dropping(5, 5));
        run(Rig.frame(2), TAP);
        run(Rig.frame(77), TAP);
        assertEquals(4, datapath.drops(PORT)[REASON]);
    }

    /** Its first action gets a type that no version has. */
    private void overwriteListOf(int flow) throws DatapathException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(4, 4);
            MemorySegment slot = arena.allocate(8, 8);
            key.set(ValueLayout.JAVA_INT, 0, flow);
            assertEquals(0, Bpf.lookup(datapath.map("flow_slots"), key, slot));
            MemorySegment list = arena.allocate(KernelMaps.LIST_SIZE, 8);
            assertEquals(0, Bpf.lookup(datapath.map("action_lists"), slot, list));
            list.set(ValueLayout.JAVA_SHORT, 16, (short) 999);
            assertEquals(0, Bpf.update(datapath.map("action_lists"), slot, list, Bpf.ANY));
        }
    }

    private static final class FlowMapsOf {
        static FlowMaps pinned(EbpfDatapath datapath) throws DatapathException {
            return new FlowMaps(datapath.object(), EbpfDatapath.FLOWS);
        }
    }

    @Test
    void mapsOfAnotherVersionAreReplacedAndGoOnUntilThen() throws DatapathException {
        install(dropping(1, 1000));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment control = arena.allocate(64, 8);
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
        Files.delete(FOLDER.resolve("map-flow_slots"));
        try (Rig small = new Rig()) {
            assertEquals(0, Bpf.pin(small.object.map("flow_slots"), FOLDER.resolve("map-flow_slots").toString()));
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

    @Test
    void aThousandFlowsKeepTheirStamps() throws DatapathException {
        List<FlowEntry> many = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            many.add(dropping(i, i));
        }
        install(many.toArray(FlowEntry[]::new));
        Map<String, String> stamps = stamps();
        die();
        reopen();
        assertEquals(1000, datapath.adopted().size());
        assertTrue(datapath.replace(17, List.of(new Action.Drop(REASON + 1))));
        Map<String, String> after = stamps();
        assertEquals(stamps.keySet(), after.keySet());
        assertEquals(1, stamps.keySet().stream().filter(key -> !stamps.get(key).equals(after.get(key))).count());
        attach(PORT, TAP);
        attach(OTHER, OTHER_TAP);
        install(dropping(2000, 2000));
        assertEquals(1001, generations(stamps()).distinct().count(), "generations go on above the largest");
    }

    private static java.util.stream.Stream<String> generations(Map<String, String> stamps) {
        return stamps.values().stream().map(stamp -> stamp.split(" ")[1]);
    }

    /** Slot, generation and slot word of each entry. */
    private Map<String, String> stamps() throws DatapathException {
        Map<String, String> stamps = new HashMap<>();
        try (FlowMaps flows = FlowMapsOf.pinned(datapath)) {
            flows.entries((key, slot, generation) -> stamps.put(java.util.Arrays.toString(key), slot + " " + generation + " " + flows.slot(slot)));
        }
        return stamps;
    }
}

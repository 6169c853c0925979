package org.vnetwork.datapath.ebpf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;

/** The flows that a process leaves in the kernel are taken up by the next one. */
class FlowAdoptionTest extends Lives {
    private static List<String> words(FlowEntry entry) {
        return List.of(entry.id() + " " + entry.actions(), Arrays.toString(entry.key()), Arrays.toString(entry.mask()));
    }

    @Test
    void flowsComeBackAsTheyWereAndServeAsBefore() throws DatapathException {
        List<FlowEntry> installed = List.of(entry(3, FRAME, new Action.Output(OTHER), new Action.Drop(REASON)), dropping(7, 7),
                entry(100, Rig.frame(100), new Action.PushTag(0x88a8, 77), new Action.SetField(Field.VLAN_VID, 4094), new Action.SetField(Field.VLAN_PCP, 7), new Action.PopTag(),
                        new Action.SetField(Field.ETH_DST, 0xffffffffffffL), new Action.SetField(Field.ETH_SRC, 2), new Action.SetField(Field.DSCP, 63), new Action.Output(1023)),
                entry(101, Rig.frame(101)), entry(102, Rig.frame(102), new Action.CopyUp(), new Action.Output(OTHER)), entry(103, Rig.frame(103), new Action.Count(77), new Action.Count(-5), new Action.Meter(0, 9, 1_000_000, 65_536), new Action.Meter(63, -9, 2_000_000, 70_000),
                        new Action.SetField(Field.IP_SRC, 0, 0xc0000201L), new Action.SetField(Field.IP_DST, 0xfd00L << 48, -1), new Action.SetField(Field.L4_SRC, 65535),
                        new Action.SetField(Field.L4_DST, 0), new Action.Output(OTHER, 1L << 63 | 1)), entry(200_000, Rig.frame(200), new Action.Inspect()));
        install(installed.toArray(FlowEntry[]::new));
        run(Rig.frame(7), TAP);
        die();

        reopen();
        assertEquals(installed.stream().map(FlowAdoptionTest::words).toList(), datapath.adopted().stream().map(FlowAdoptionTest::words).toList());
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
        assertArrayEquals(new int[0], masks(PORT));
    }

    @Test
    void listsOfAThousandOutputsAndOfManyPartsComeBack() throws DatapathException {
        List<Action> flood = IntStream.rangeClosed(1, 1023).filter(port -> port != PORT).<Action>mapToObj(Action.Output::new).toList();
        List<Action> rewriting = new ArrayList<>();
        for (int port = 1; port < 1024; port++) {
            rewriting.add(new Action.SetField(Field.IP_DST, port, -port));
            rewriting.add(new Action.Output(port, 1L << port));
        }
        rewriting.addAll(Collections.nCopies(700, new Action.Drop(REASON)));
        Action[][] lists = {flood.toArray(Action[]::new), rewriting.toArray(Action[]::new)};
        FlowEntry[] installed = {entry(1, Rig.frame(1), lists[0]), entry(2, Rig.frame(2), lists[1]), entry(3, Rig.frame(3), lists[0])};
        install(installed);
        die();
        reopen();
        assertEquals(Stream.of(installed).map(FlowAdoptionTest::words).toList(), datapath.adopted().stream().map(FlowAdoptionTest::words).toList());
        attach(PORT, TAP);
        run(Rig.frame(2), TAP);
        assertEquals(700, datapath.drops(PORT)[REASON]);
        assertTrue(datapath.replace(2, List.of(new Action.Drop(REASON))));
        assertTrue(datapath.replace(3, rewriting));
        run(Rig.frame(3), TAP);
        assertEquals(1400, datapath.drops(PORT)[REASON]);
        assertEquals(2 * (1023L + 700 - 1), datapath.counters(PORT).copies());
    }

    @Test
    void aFlowThatDrainedGoesOnToDrain() throws DatapathException {
        install(dropping(1, 1), Rig.entry(2, PORT, Rig.frame(2), List.of(new Action.Drop(REASON + 1)), Field.ETH_DST), dropping(3, 3));
        assertTrue(datapath.drain(2, List.of(new Action.CopyUp(), new Action.Drop(REASON + 2))));
        assertTrue(datapath.drain(3, List.of(new Action.Drop(REASON + 3))));
        install(dropping(4, 3));
        die();
        reopen();
        run(Rig.frame(77), TAP);
        assertEquals(List.of("1 false", "2 true", "3 true", "4 false"), datapath.adopted().stream().map(entry -> entry.id() + " " + entry.drains()).toList());
        attach(PORT, TAP);
        attach(OTHER, OTHER_TAP);
        run(Rig.frame(1), TAP);
        run(Rig.frame(3), TAP);
        run(Rig.frame(77), TAP);
        assertEquals(List.of(2L, 2L, 0L), List.of(datapath.drops(PORT)[REASON], datapath.drops(PORT)[REASON + 2], datapath.drops(PORT)[REASON + 3]), "the others have the frames that they match");
        assertEquals(0, datapath.counters(PORT).up() - datapath.counters(PORT).copies());
        assertTrue(datapath.replace(2, List.of(new Action.Drop(REASON + 3))), "other actions");
        run(Rig.frame(77), TAP);
        assertEquals(1, datapath.drops(PORT)[REASON + 3]);
        datapath.remove(2);
        run(Rig.frame(77), TAP);
        assertEquals(1, datapath.counters(PORT).up() - datapath.counters(PORT).copies());
        datapath.remove(4);
        run(Rig.frame(3), TAP);
        assertEquals(2, datapath.drops(PORT)[REASON + 3]);
        datapath.remove(3);
        assertTrue(datapath.drain(1, List.of(new Action.Drop(REASON))), "the mask has its place still, or again");
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
        assertEquals(Set.of(1), packets().keySet());
    }

    @Test
    void whatIsHalfDoneIsRemovedAndTheRestServes() throws DatapathException {
        install(dropping(1, 1), dropping(2, 2), dropping(3, 3), dropping(4, 4), entry(5, Rig.frame(5), new Action.Drop(REASON + 5)),
                Rig.entry(6, PORT, Rig.frame(6), List.of(new Action.Drop(REASON)), Field.L4_SRC), Rig.entry(8, OTHER, Rig.frame(8), List.of(new Action.Drop(REASON)), Field.L4_SRC));
        try (FlowMaps flows = new FlowMaps(datapath.object(), EbpfDatapath.FLOWS)) {
            int mask = masks(PORT)[0];
            FlowEntry one = dropping(1, 1);
            flows.index().drain(flows.hash(one.key(), mask), 1); // under a mask that is not among those of draining flows
            FlowEntry two = dropping(2, 2);
            flows.setWord(2, flows.hash(two.key(), mask) + 1, 0);
            FlowEntry half = dropping(1, 4);
            assertTrue(flows.insert(half.key(), 900, flows.hash(half.key(), 900), 70, 5, 0), "a mask of no port");
            FlowEntry other = dropping(1, 71);
            assertTrue(flows.insert(other.key(), mask, flows.hash(other.key(), mask) + 1, 71, 5, 0), "a hash that is not its key's");
            FlowEntry far = dropping(1, 72);
            assertTrue(flows.insert(far.key(), mask, flows.hash(far.key(), mask), 72, 5, 99_999), "a list beyond the map");
            FlowEntry six = Rig.entry(6, PORT, Rig.frame(6), List.of(), Field.L4_SRC);
            flows.index().remove(flows.hash(six.key(), masks(PORT)[1]), 6);
            FlowEntry four = dropping(4, 4);
            assertTrue(flows.index().add(flows.hash(four.key(), mask), 4), "twice in the index");
            assertTrue(flows.index().add(12345, EbpfDatapath.FLOWS), "a slot beyond the map");
        }
        overwriteListOf(5);
        die();
        reopen();
        assertEquals(List.of(3, 4, 8), datapath.adopted().stream().map(FlowEntry::id).sorted().toList());
        attach(PORT, TAP);
        attach(OTHER, OTHER_TAP);
        assertEquals(1, masks(PORT).length);
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
            MemorySegment entry = arena.allocate(128, 8);
            key.set(ValueLayout.JAVA_INT, 0, flow);
            assertEquals(0, Bpf.lookup(datapath.map("flow_entries"), key, entry));
            MemorySegment list = arena.allocate(KernelMaps.LIST_SIZE, 8);
            assertEquals(0, Bpf.lookup(datapath.map("action_lists"), entry, list));
            list.set(ValueLayout.JAVA_SHORT, 16, (short) 999);
            assertEquals(0, Bpf.update(datapath.map("action_lists"), entry, list, Bpf.ANY));
        }
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

    private static Stream<String> generations(Map<String, String> stamps) {
        return stamps.values().stream().map(stamp -> stamp.split(" ")[1]);
    }

    /** Slot, generation and slot word of each entry. */
    private Map<String, String> stamps() throws DatapathException {
        Map<String, String> stamps = new HashMap<>();
        try (FlowMaps flows = new FlowMaps(datapath.object(), EbpfDatapath.FLOWS)) {
            for (int slot = 0; slot < flows.count(); slot++) {
                if (flows.word(slot) != 0) {
                    stamps.put(Arrays.toString(flows.key(slot)), slot + " " + flows.generation(slot) + " " + flows.word(slot));
                }
            }
        }
        return stamps;
    }
}

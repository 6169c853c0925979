package org.vnetwork.datapath.ebpf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.FlowCounters;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.FlowKey;

/** The flow table holds what it promises, and is as it was when all are gone. Run as a program it says what a flow costs. */
class FlowTableSizeTest {
    private static final int FLOWS = 200_000;
    private static final long INDEX_SIZE = 131_072 * 65L;
    private static final int REASON = 20;
    private static final byte[] FRAME = Rig.frame(1000);

    private Rig rig;

    @BeforeEach
    void open() throws DatapathException, IOException {
        rig = new Rig(EbpfDatapath.FLOWS);
    }

    @AfterEach
    void close() {
        if (rig != null) {
            rig.close();
        }
    }

    /** Flows between pairs of stations, as a learning switch makes them; the first one is the frame's. */
    private static List<FlowEntry> pairs() {
        List<FlowEntry> entries = new ArrayList<>();
        FlowEntry one = Rig.entry(0, FRAME, REASON, Field.ETH_SRC, Field.ETH_DST);
        for (int id = 0; id < FLOWS; id++) {
            long[] key = one.key().clone();
            key[1] += (long) (id / 500) << 16;
            key[2] += (long) (id % 500) << 16;
            entries.add(new FlowEntry(id, FlowKey.masked(key, one.mask()), one.mask(), one.actions()));
        }
        return entries;
    }

    @Test
    void refusesNoneOfTwoHundredThousandFlowsAndForgetsAll() {
        List<FlowEntry> pairs = pairs();
        for (FlowEntry entry : pairs) {
            assertTrue(rig.flows.add(entry), () -> "flow " + entry.id());
        }
        rig.run(FRAME);
        assertEquals(List.of(1L, 0L), List.of(rig.dropped(REASON), rig.missed()));
        FlowEntry again = pairs.get(77);
        assertFalse(rig.flows.add(new FlowEntry(FLOWS, again.key(), again.mask(), again.actions())), "its key is taken");
        assertEquals(1, rig.flows.remove(0).packets());
        for (int id = 1; id < FLOWS; id++) {
            assertEquals(FlowCounters.NONE.packets(), rig.flows.remove(id).packets());
        }
        rig.run(FRAME);
        assertEquals(1, rig.missed());
        assertArrayEquals(new int[0], rig.maps.portMasks(Rig.PORT, false));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment index = arena.allocate(INDEX_SIZE, 8);
            assertEquals(0, Bpf.lookup(rig.object.map("flow_index"), arena.allocate(4, 4), index));
            assertEquals(-1, index.mismatch(arena.allocate(INDEX_SIZE, 8)), "places and marks");
        }
    }

    public static void main(String[] arguments) throws DatapathException, IOException {
        List<FlowEntry> pairs = pairs();
        try (Rig rig = new Rig(EbpfDatapath.FLOWS)) {
            for (int round = 0; round < 10; round++) {
                long begin = System.nanoTime();
                pairs.forEach(rig.flows::add);
                long added = System.nanoTime();
                pairs.forEach(entry -> rig.flows.remove(entry.id()));
                System.out.println("ns a flow: " + (added - begin) / FLOWS + " to add, " + (System.nanoTime() - added) / FLOWS + " to remove");
            }
        }
    }
}

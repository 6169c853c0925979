package org.vnetwork.datapath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CounterTableTest {
    private final MemorySegment memory = Arena.ofAuto().allocate(CounterTable.COUNTERS * CounterTable.SIZE, 8);
    private final CounterTable counters = new CounterTable(memory);

    @Test
    void theSlotOfAForgottenCounterBeginsAtZeroForAnother() {
        for (int id = 1; id <= CounterTable.COUNTERS; id++) {
            counters.add(id, id, 60);
        }
        assertEquals(-1, counters.slot(-1));
        int slot = counters.known(7);
        List<Integer> forgotten = new ArrayList<>();
        counters.keep(id -> id != 7, forgotten::add);
        assertEquals(List.of(slot), forgotten);
        assertFalse(counters.isUsed(slot));
        assertEquals(CounterTable.Count.NONE, counters.count(7));
        counters.add(-1, 2, 120);
        assertEquals(List.of(slot, new CounterTable.Count(2, 120)), List.of(counters.known(-1), counters.count(-1)));
        assertEquals(new CounterTable.Count(8, 60), counters.count(8));
    }

    @Test
    void countersBehindAFreeSlotAreTakenOver() {
        counters.add(1, 1, 60);
        counters.add(2, 2, 60);
        counters.keep(id -> id == 2, slot -> { });
        CounterTable next = new CounterTable(memory);
        assertEquals(List.of(-1, new CounterTable.Count(2, 60)), List.of(next.known(1), next.count(2)));
        assertTrue(next.isUsed(next.known(2)));
    }
}

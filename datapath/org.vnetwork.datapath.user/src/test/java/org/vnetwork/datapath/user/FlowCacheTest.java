package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FlowKey;

/** The flow cache against a list that is searched from end to end. */
class FlowCacheTest {
    private static final Field[] FIELDS = {Field.ETH_DST, Field.VLAN_VID, Field.IP_SRC, Field.L4_DST};
    private final FlowCache cache = new FlowCache(Arena.ofAuto(), new FlowSlots(Arena.ofAuto(), FlowCache.FLOWS));
    private final Map<Integer, FlowEntry> active = new TreeMap<>();
    private final Map<Integer, FlowEntry> draining = new TreeMap<>();

    private static long[] key(Random random) {
        long[] key = new long[FlowKey.WORDS];
        FlowKey.put(key, Field.INGRESS, 1 + random.nextInt(3));
        for (Field field : FIELDS) {
            FlowKey.put(key, field, random.nextInt(4));
        }
        return key;
    }

    private static long[] mask(Random random) {
        long[] mask = new long[FlowKey.WORDS];
        FlowKey.add(mask, Field.INGRESS);
        for (Field field : FIELDS) {
            if (random.nextBoolean()) {
                FlowKey.add(mask, field);
            }
        }
        return mask;
    }

    private static List<Integer> matches(Map<Integer, FlowEntry> flows, long[] key) {
        return flows.values().stream().filter(f -> FlowKey.matches(key, f.mask(), f.key())).map(FlowEntry::id).toList();
    }

    private static boolean same(FlowEntry a, FlowEntry b) {
        return java.util.Arrays.equals(a.key(), b.key()) && java.util.Arrays.equals(a.mask(), b.mask());
    }

    @Test
    void findsWhatASearchFinds() {
        Random random = new Random(1);
        for (int i = 0; i < 200_000; i++) {
            switch (random.nextInt(8)) {
                case 0, 1 -> add(random);
                case 2 -> {
                    int id = random.nextInt(200);
                    assertEquals(active.remove(id) != null | draining.remove(id) != null, contains(id));
                    cache.remove(id);
                }
                case 3 -> drain(random.nextInt(200));
                default -> {
                    long[] key = key(random);
                    int found = cache.lookup((int) Field.INGRESS.in(key), key);
                    List<Integer> right = new ArrayList<>(matches(active, key));
                    if (right.isEmpty()) {
                        right.addAll(matches(draining, key));
                    }
                    assertTrue(right.isEmpty() ? found < 0 : right.contains(found), () -> "found " + found + " of " + right);
                }
            }
        }
    }

    private boolean contains(int id) {
        boolean[] in = new boolean[1];
        for (int from = 0; from >= 0;) {
            from = cache.statistics((flow, packets, bytes, used) -> in[0] |= flow == id, from, 7);
        }
        return in[0];
    }

    private void add(Random random) {
        long[] mask = mask(random);
        FlowEntry entry = new FlowEntry(random.nextInt(200), FlowKey.masked(key(random), mask), mask, List.of());
        boolean expected = !active.containsKey(entry.id()) && !draining.containsKey(entry.id()) && active.values().stream().noneMatch(f -> same(f, entry));
        assertEquals(expected, cache.add(entry));
        if (expected) {
            active.put(entry.id(), entry);
        }
    }

    private void drain(int id) {
        FlowEntry entry = active.get(id);
        boolean expected = entry != null && draining.values().stream().noneMatch(f -> same(f, entry));
        assertEquals(expected, cache.drain(id, List.of()));
        if (expected) {
            draining.put(id, active.remove(id));
        }
    }

    @Test
    void masksAndIdsAreBounded() {
        int added = 0;
        for (int i = 0; i < 40; i++) {
            long[] mask = new long[FlowKey.WORDS];
            FlowKey.add(mask, Field.INGRESS);
            mask[5] = i;
            long[] key = new long[FlowKey.WORDS];
            FlowKey.put(key, Field.INGRESS, 1);
            added += cache.add(new FlowEntry(i, key, mask, List.of())) ? 1 : 0;
        }
        assertEquals(Tuples.LIMIT, added);
        assertFalse(cache.add(new FlowEntry(FlowCache.FLOWS, new long[FlowKey.WORDS], mask(new Random(2)), List.of())));
        assertFalse(cache.add(new FlowEntry(100, new long[FlowKey.WORDS], new long[FlowKey.WORDS], List.of())));
        cache.remove(0);
        long[] mask = new long[FlowKey.WORDS];
        FlowKey.add(mask, Field.INGRESS);
        mask[6] = 1;
        long[] key = new long[FlowKey.WORDS];
        FlowKey.put(key, Field.INGRESS, 1);
        assertTrue(cache.add(new FlowEntry(100, key, mask, List.of())), "the place of a mask that has no flow any more");
    }

    @Test
    void countersGoOnWhenActionsChangeAndBeginAnewWithTheNextFlow() {
        long[] mask = new long[FlowKey.WORDS];
        FlowKey.add(mask, Field.INGRESS);
        long[] key = new long[FlowKey.WORDS];
        FlowKey.put(key, Field.INGRESS, 1);
        FlowEntry entry = new FlowEntry(3, key, mask, List.of(new Action.Output(2)));
        assertTrue(cache.add(entry));
        cache.used(3, 1, 60, 5);
        assertTrue(cache.replace(3, List.of(new Action.Output(4))));
        assertTrue(cache.drain(3, List.of(new Action.Output(4))));
        cache.used(3, 2, 40, 6);
        assertEquals(new org.vnetwork.datapath.FlowCounters(3, 100, 6), cache.remove(3));
        assertTrue(cache.add(entry));
        assertEquals(org.vnetwork.datapath.FlowCounters.NONE, cache.remove(3));
    }
}

package org.vnetwork.core.row;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReadersTest {
    /** Reads up to two things, and may read one of them twice. */
    private static final class Reader implements Dependency.Reader {
        private final int[] places = {-1, -1, -1};

        @Override
        public void dirty(boolean mayDeny) {
        }

        @Override
        public void moved(int slot, int place) {
            places[slot] = place;
        }
    }

    @Test
    void holdsWhatASetWouldHold() {
        Random random = new Random(7);
        Readers[] things = {new Readers(), new Readers(), new Readers()};
        things[2] = things[1];
        List<Reader> all = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            all.add(new Reader());
        }
        List<Set<Reader>> expected = List.of(new HashSet<>(), new HashSet<>(), new HashSet<>());
        for (int i = 0; i < 50_000; i++) {
            Reader reader = all.get(random.nextInt(all.size()));
            int slot = random.nextInt(things.length);
            boolean in = reader.places[slot] >= 0;
            // Long stretches of growing and of shrinking.
            boolean add = random.nextInt(10) < (i / 5000 % 2 == 0 ? 7 : 3);
            if (add && !in) {
                reader.places[slot] = things[slot].add(reader, slot);
                expected.get(slot).add(reader);
            } else if (!add && in) {
                things[slot].remove(reader.places[slot]);
                reader.places[slot] = -1;
                expected.get(slot).remove(reader);
            }
            assertEquals(expected.get(0).size(), things[0].count());
            assertEquals(expected.get(1).size() + expected.get(2).size(), things[1].count());
        }
        assertEquals(expected.get(0), new HashSet<>(things[0].all()));
        Set<Reader> either = new HashSet<>(expected.get(1));
        either.addAll(expected.get(2));
        assertEquals(either, new HashSet<>(things[1].all()));
        for (int slot = 0; slot < things.length; slot++) {
            for (Reader reader : expected.get(slot)) {
                things[slot].remove(reader.places[slot]);
            }
        }
        assertEquals(List.of(), things[0].all());
        assertEquals(List.of(), things[1].all());
    }
}

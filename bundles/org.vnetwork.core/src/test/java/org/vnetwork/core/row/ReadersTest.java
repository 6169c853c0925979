package org.vnetwork.core.row;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReadersTest {
    /** A reader that shares its place with others. */
    private record Numbered(int number) implements Dependency.Reader {
        @Override
        public void dirty(boolean first) {
        }

        @Override
        public int hashCode() {
            return number / 8;
        }
    }

    @Test
    void holdsWhatASetWouldHold() {
        Random random = new Random(7);
        List<Numbered> all = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            all.add(new Numbered(i));
        }
        Readers readers = new Readers();
        Set<Numbered> expected = new HashSet<>();
        for (int i = 0; i < 50_000; i++) {
            Numbered reader = all.get(random.nextInt(all.size()));
            // Long stretches of growing and of shrinking.
            if (random.nextInt(10) < (i / 5000 % 2 == 0 ? 7 : 3)) {
                readers.add(reader);
                expected.add(reader);
            } else {
                readers.remove(reader);
                expected.remove(reader);
            }
            assertEquals(expected.size(), readers.count());
        }
        assertEquals(expected, new HashSet<>(readers.all()));
        expected.forEach(readers::remove);
        assertEquals(List.of(), readers.all());
    }
}

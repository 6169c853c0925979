package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.DatapathException;

/** A port that fails while it is opened. */
class OpeningTest {
    /** A port of nothing. */
    private static final class Failing extends PlainPort {
        private final Exception why;

        Failing(PortGroup group, Exception why) {
            super(1, group);
            this.why = why;
        }

        @Override
        void open() throws DatapathException, IOException {
            switch (why) {
                case DatapathException e -> throw e;
                case IOException e -> throw e;
                default -> throw (RuntimeException) why;
            }
        }

        @Override
        void tick() {
            throw new AssertionError("it is not open");
        }
    }

    @Test
    void givesItsMemoryBackAndSaysWhyHoweverItFails() {
        Arena memory = Arena.ofShared();
        try (Loops loops = new Loops("ports", 1, false)) {
            Switchboard board = Switchboard.in(memory);
            PortGroup group = new PortGroup(loops.fewest(), board, memory);
            Exception[] failures = {new IOException("no"), new IllegalStateException("no"), new DatapathException("kind: device: no")};
            for (Exception failure : failures) {
                Failing port = new Failing(group, failure);
                assertTrue(port.memory.scope().isAlive());
                assertEquals("kind: device: no", assertThrows(DatapathException.class, () -> group.open(port, "kind: device")).getMessage());
                assertFalse(port.memory.scope().isAlive());
                assertEquals(null, board.port(1));
            }
            group.close();
        }
        memory.close();
    }
}

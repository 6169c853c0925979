package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is known of a port that throws. */
class FaultTest {
    private final List<String> log = new ArrayList<>();
    private final Fault fault = new Fault((line, why) -> log.add(line));
    private final List<Boolean> rests = new ArrayList<>();
    private final Interest socket = new Interest() {
        @Override
        public void wantWrites(boolean wanted) {
            throw new AssertionError("it is not asked for writes");
        }

        @Override
        public void rest(boolean resting) {
            rests.add(resting);
        }

        @Override
        public void close() {
            throw new AssertionError("it stays");
        }
    };

    @Test
    void isLoggedOnceForEachKindHoweverOftenItComes() {
        for (int i = 0; i < 100; i++) {
            fault.note("port 1: look", new IllegalStateException("number " + i), null);
            fault.end();
        }
        fault.note("port 1: look", new IndexOutOfBoundsException("no\nsecond line"), null);
        fault.log("port 1: frame in", new IllegalStateException("no"));
        assertEquals(List.of("port 1: look failed: java.lang.IllegalStateException: number 0 (a fault of the switch's own: see the log)",
                "port 1: look failed: java.lang.IndexOutOfBoundsException: no (a fault of the switch's own: see the log)",
                "port 1: frame in failed: java.lang.IllegalStateException: no (a fault of the switch's own: see the log)"), log);
    }

    @Test
    void isShownUntilALookPassesAndTheSocketRestsSoLong() {
        fault.note("port 1: socket", new IllegalStateException("no"), socket);
        fault.note("port 1: socket", new IllegalStateException("still no"), socket);
        assertTrue(fault.isThere());
        assertEquals("port 1: socket failed: java.lang.IllegalStateException: still no (a fault of the switch's own: see the log)", fault.text());
        assertEquals(List.of(true), rests);
        fault.end();
        assertFalse(fault.isThere());
        assertEquals("", fault.text());
        fault.end();
        assertEquals(List.of(true, false), rests);
    }
}

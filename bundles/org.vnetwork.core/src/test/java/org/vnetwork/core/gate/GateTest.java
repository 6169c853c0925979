package org.vnetwork.core.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who came first, the plugin's return or the watch; here both are the test. */
class GateTest {
    private final AtomicInteger woken = new AtomicInteger();
    private final Gate gate = new Gate(Thread.currentThread(), woken::incrementAndGet);
    private final Guest guest = new Guest("engine tested", "com.acme");

    @Test
    void whatAPluginThrowsIsReturnedAndTheNextCallIsAnother() {
        RuntimeException thrown = new RuntimeException();
        assertSame(thrown, gate.call(guest, () -> {
            throw thrown;
        }));
        long[] seen = new long[2];
        assertNull(gate.call(guest, () -> seen[0] = gate.inHand()));
        assertNull(gate.call(guest, () -> seen[1] = gate.inHand()));
        assertTrue(seen[0] != 0 && seen[1] != 0 && seen[0] != seen[1]);
        assertEquals(0, gate.inHand());
    }

    @Test
    void aCallThatWasEndedDoesNotComeOut() {
        assertThrows(EpochOver.class, () -> gate.call(guest, () -> assertTrue(gate.end(gate.inHand()))));
        assertTrue(gate.isEnded());
        assertThrows(EpochOver.class, () -> gate.cross(() -> 1));
        assertEquals(0, gate.inHand());
    }

    @Test
    void aCallThatIsOverCannotBeEnded() {
        long[] call = new long[1];
        gate.call(guest, () -> call[0] = gate.inHand());
        assertFalse(gate.end(call[0]));
        gate.call(guest, () -> assertFalse(gate.end(call[0]), "it is another one"));
        assertFalse(gate.isEnded());
    }

    @Test
    void inThePlatformNothingCanBeEndedAndThePluginsCallGoesOn() {
        assertNull(gate.call(guest, () -> {
            long call = gate.inHand();
            assertEquals(7, gate.cross(() -> {
                assertEquals(call, gate.inHand());
                assertFalse(gate.end(call));
                return gate.cross(() -> 7);
            }));
            assertThrows(IllegalStateException.class, () -> gate.cross(() -> {
                throw new IllegalStateException();
            }));
            assertEquals(call, gate.inHand());
        }));
    }

    @Test
    void anEndedPluginReachesNothingOfThePlatform() {
        AtomicInteger reached = new AtomicInteger();
        assertThrows(EpochOver.class, () -> gate.call(guest, () -> {
            gate.end(gate.inHand());
            assertThrows(EpochOver.class, () -> gate.cross(reached::incrementAndGet));
        }));
        assertEquals(0, reached.get());
    }

    @Test
    void otherThreadsDoNotPass() throws InterruptedException {
        Throwable[] thrown = new Throwable[1];
        Thread other = Thread.ofPlatform().name("other").start(() -> thrown[0] = assertThrows(IllegalStateException.class, () -> gate.cross(() -> 1)));
        other.join();
        assertTrue(thrown[0].getMessage().startsWith("used on thread other (expected: the switch's own, "), thrown[0].getMessage());
    }

    @Test
    void aWatchThatRestsIsWokenByTheNextCallAlone() {
        gate.rest();
        gate.call(guest, () -> assertEquals(1, woken.get()));
        gate.call(guest, () -> { });
        assertEquals(1, woken.get());
    }
}

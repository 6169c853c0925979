package org.vnetwork.core.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.filter.Verdict;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Layer;
import org.vnetwork.packet.Packet;
import org.vnetwork.packet.wire.Frame;
import org.vnetwork.packet.wire.FrameText;

/** What a plugin keeps of a call is of no use afterwards, nor on another thread. */
class CallTest extends FivePorts {
    private static final String AFTER = "a packet or its actions used after the call that they were given for (expected: only until that call returns, on its thread, main)";
    private Packet packet;
    private Forward forward;

    private static String thrown(Runnable use) {
        return assertThrows(IllegalStateException.class, use::run).getMessage();
    }

    @Test
    void packetAndActionsOfAnEngineAreRefusedAfterItsCall() {
        AtomicReference<Forward> copy = new AtomicReference<>();
        decide(1, PLAIN, (p, f) -> {
            packet = p;
            forward = f;
            copy.set(f.copy());
            f.to(2);
        });
        List<Runnable> uses = List.of(() -> packet.ingress(), () -> packet.vlan(), () -> packet.get(Field.ETH_DST), () -> packet.high(Field.IP_SRC), () -> packet.has(Layer.IP),
                () -> packet.matches(Field.ETH_DST, 1, 1), () -> packet.hash(1, Field.ETH_DST), () -> packet.frame(), () -> packet.uncacheable(), () -> packet.source(),
                () -> forward.to(3), () -> forward.flood(), () -> forward.drop(NO), () -> forward.consume(), () -> forward.set(Field.ETH_DST, 1), () -> forward.pop(), () -> forward.copy(),
                () -> forward.mirror(3), () -> copy.get().to(3));
        for (Runnable use : uses) {
            assertEquals(AFTER, thrown(use));
        }
        assertEquals(List.of(), misuses);
    }

    @Test
    void aVerdictIsRefusedWhenTheEngineDecides() {
        AtomicReference<Verdict> kept = new AtomicReference<>();
        port(1, PortVlan.access(10), new FilterDocument(1, "keeps", false));
        filter(1, 1, (p, v) -> kept.set(v));
        assertEquals("output p2", actions(decide(1, PLAIN, (p, f) -> {
            assertEquals(AFTER, thrown(() -> kept.get().drop(NO)));
            assertEquals(AFTER, thrown(() -> kept.get().port()));
            f.to(2);
        })));
    }

    @Test
    void aUseOnAnotherThreadIsRefusedAndToldWithThePlugin() {
        decide(1, PLAIN, (p, f) -> {
            Thread other = Thread.ofPlatform().name("mine").start(() -> {
                try {
                    p.get(Field.ETH_DST);
                } catch (IllegalStateException e) {
                    f.to(3);
                }
            });
            try {
                other.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            f.to(2);
        });
        String told = "engine test: a packet or its actions used on thread mine (expected: only until that call returns, on its thread, main)";
        assertEquals(List.of(told, told), misuses);
    }

    @Test
    void octetsOfADriversBufferAreClosedAfterTheCall() {
        byte[] octets = FrameText.build(PLAIN);
        AtomicReference<MemorySegment> kept = new AtomicReference<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(Frame.HEADROOM + octets.length);
            MemorySegment.copy(octets, 0, buffer, ValueLayout.JAVA_BYTE, Frame.HEADROOM, octets.length);
            Frame frame = new Frame().over(buffer, Frame.HEADROOM, octets.length, 1);
            engine = (p, f) -> {
                kept.set(p.frame());
                assertEquals(2, p.frame().get(ValueLayout.JAVA_BYTE, 0));
                assertTrue(p.frame().isReadOnly());
                f.to(2);
            };
            assertEquals("output p2", actions(pipeline().commit(key(frame), frame, 0)));
            assertThrows(IllegalStateException.class, () -> kept.get().get(ValueLayout.JAVA_BYTE, 0));
        }
    }
}

package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.SwitchView;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.engine.learning.LearningEngine;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.filter.Verdict;
import org.vnetwork.model.PortVlan;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;

/** A plugin that hangs is named, whoever asks or not, and keeps nobody waiting. */
class HangsTest {
    private static final String FRAME = "eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) ipv4(ttl=7) udp(src=1,dst=2)";
    private static final long PATIENCE_NANOS = 30_000_000_000L;
    private final CountDownLatch hung = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private TestSwitch sw;
    private boolean closed;

    @AfterEach
    void close() {
        release.countDown();
        if (!closed) {
            sw.close();
        }
    }

    /** Never returns, and takes a processor. */
    private final class Spinning implements ForwardingEngine {
        @Override
        public void decide(Packet packet, Forward forward) {
            hung.countDown();
            while (release.getCount() > 0) {
                packet.ingress();
            }
            forward.flood();
        }
    }

    /** Never returns, and takes none. */
    private final class Sleeping implements PacketFilter {
        @Override
        public void filter(Packet packet, Verdict verdict) {
            hung.countDown();
            while (release.getCount() > 0) {
                LockSupport.parkNanos(50_000_000);
            }
        }
    }

    /** Hangs before it is there. */
    private final class Unborn implements ForwardingEngine {
        Unborn() {
            hung.countDown();
            while (release.getCount() > 0) {
                LockSupport.parkNanos(50_000_000);
            }
        }

        @Override
        public void decide(Packet packet, Forward forward) {
            forward.flood();
        }
    }

    private void meanwhile(Runnable work) throws InterruptedException {
        Thread.ofVirtual().start(() -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                // The test asks for itself.
            }
        });
        hung.await();
    }

    private static void until(BooleanSupplier holds) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!holds.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "it is not so in time");
            LockSupport.parkNanos(1_000_000);
        }
    }

    private List<String> told(String what) {
        return sw.events().stream().filter(e -> e.contains(what)).toList();
    }

    @Test
    void anEngineThatSpinsIsToldWithoutAnybodyAskingAndSoIsItsEnd() throws InterruptedException {
        sw = new TestSwitch(Spinning::new).ports(PortVlan.access(10), "a", "b");
        meanwhile(() -> sw.inject("a", FRAME));
        until(() -> !told("hangs: ").isEmpty());
        String event = told("hangs: ").getFirst();
        assertTrue(event.startsWith("switch sw1: hangs: engine first of bundle test in org.vnetwork.core.run.HangsTest$Spinning.decide(HangsTest.java:"), event);
        assertTrue(event.endsWith("installed flows go on, other frames wait or are dropped; replace the bundle, then ./vnet down and ./vnet up start anew"), event);
        release.countDown();
        until(() -> !told("answers again").isEmpty());
        assertEquals(1, told("hangs: ").size());
        assertEquals(SwitchView.READY, sw.home.views().state());
    }

    @Test
    void aFilterThatSleepsIsToldToo() throws InterruptedException {
        sw = new TestSwitch(LearningEngine::new);
        sw.filter("sleepy", Sleeping::new);
        sw.port("a", PortVlan.access(10), new FilterDocument(1, "sleepy", false)).ports(PortVlan.access(10), "b");
        meanwhile(() -> sw.inject("a", FRAME));
        until(() -> !told("hangs: ").isEmpty());
        assertTrue(told("hangs: ").getFirst().contains("filter sleepy of bundle test in org.vnetwork.core.run.HangsTest$Sleeping.filter(HangsTest.java:"), sw.events().toString());
    }

    @Test
    void aConstructorThatHangsIsToldWithItsBundle() throws InterruptedException {
        sw = new TestSwitch(LearningEngine::new);
        meanwhile(() -> sw.swap("unborn", Unborn::new));
        until(() -> !told("hangs: ").isEmpty());
        assertTrue(told("hangs: ").getFirst().contains("engine unborn of bundle test, which is being made, in org.vnetwork.core.run.HangsTest$Unborn"), sw.events().toString());
    }

    @Test
    void viewsOfAHungSwitchDoNotWait() throws InterruptedException {
        sw = new TestSwitch(Spinning::new).ports(PortVlan.access(10), "a", "b");
        assertEquals(List.of(SwitchView.READY, 2), List.of(sw.home.views().summary().state(), sw.home.views().summary().ports()));
        meanwhile(() -> sw.inject("a", FRAME));
        SwitchView busy = sw.home.views().summary();
        assertTrue(busy.state().matches("busy [01]\\.[0-9]s in engine first of bundle test in .*Spinning.decide.*"), busy.state());
        assertEquals(List.of("sw1", "first", 2), List.of(busy.name(), busy.engine(), busy.ports()), "what was seen last");
        until(() -> !told("hangs: ").isEmpty());
        assertTrue(sw.home.views().state().matches("hung [0-9]+s in engine first of bundle test in .*Spinning.decide.*"), sw.home.views().state());
        String message = assertThrows(Refusal.class, () -> sw.home.views().ports()).getMessage();
        assertTrue(message.startsWith("switch sw1 does not answer (expected: within 10 s): hung "), message);
        assertThrows(Refusal.class, () -> sw.flows());
        assertThrows(Refusal.class, () -> sw.home.views().drops());
        assertThrows(Refusal.class, () -> sw.home.views().tableTypes());
    }

    @Test
    void aHungSwitchEndsAndItsThreadDoesNothingMore() throws InterruptedException {
        sw = new TestSwitch(Spinning::new).ports(PortVlan.access(10), "a", "b");
        meanwhile(() -> sw.inject("a", FRAME));
        sw.close();
        closed = true;
        assertTrue(sw.events().toString().contains("was closed although"));
        release.countDown();
        assertThrows(IllegalStateException.class, () -> sw.home.datapath.counters(2), "what it would have sent reaches nothing");
    }
}

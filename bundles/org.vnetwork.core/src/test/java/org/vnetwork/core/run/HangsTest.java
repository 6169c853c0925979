package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.SwitchView;
import org.vnetwork.core.gate.Guest;
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
    void anEngineThatSpinsIsCutOffAndNamed() {
        sw = new TestSwitch(Spinning::new).ports(PortVlan.access(10), "a", "b");
        String refused = assertThrows(Refusal.class, () -> sw.inject("a", FRAME)).getMessage();
        assertTrue(refused.matches("switch sw1: engine first of bundle test ran for [0-9]+ ms in .*Spinning.decide\\(HangsTest.java:[0-9]+\\) and was cut off; the call was not brought to its end"), refused);
        assertEquals(1, told("and was cut off; installed flows go on").size(), sw.events().toString());
        assertEquals(SwitchView.READY, sw.home.views().state());
        assertNull(sw.home.engine());
    }

    @Test
    void aFilterThatSleepsIsCutOffToo() {
        sw = new TestSwitch(LearningEngine::new);
        sw.filter("sleepy", Sleeping::new);
        sw.port("a", PortVlan.access(10), new FilterDocument(1, "sleepy", false)).ports(PortVlan.access(10), "b");
        assertThrows(Refusal.class, () -> sw.inject("a", FRAME));
        String event = told("and was cut off").getFirst();
        assertTrue(event.matches("switch sw1: filter sleepy of bundle test slept for [0-9]+ ms in .*Sleeping.filter\\(HangsTest.java:[0-9]+\\) and was cut off; installed flows go on"), event);
        assertTrue(sw.home.views().ports().getFirst().filters().getFirst().startsWith("1:sleepy (cut off: slept for "), sw.home.views().ports().toString());
    }

    @Test
    void aConstructorThatHangsHoldsUpNobodyElse() throws InterruptedException {
        sw = new TestSwitch(LearningEngine::new).ports(PortVlan.access(10), "a", "b");
        meanwhile(() -> sw.swap("unborn", Unborn::new));
        sw.inject("a", FRAME);
        assertEquals(1, sw.count("b"));
        assertEquals("first", sw.home.engine().name());
    }

    @Test
    void whatDoesNotOpenInTimeIsNamedAndLeftBehind() {
        Guest guest = new Guest("engine unborn", "test");
        CountDownLatch late = new CountDownLatch(1);
        String refused = assertThrows(Refusal.class, () -> Staging.run(guest, "open", Duration.ofMillis(100), () -> {
            while (release.getCount() > 0) {
                LockSupport.parkNanos(1_000_000);
            }
            return 1;
        }, made -> late.countDown())).getMessage();
        assertTrue(refused.startsWith("engine unborn of bundle test, which is being made, in org.vnetwork.core.run.HangsTest."), refused);
        assertTrue(refused.endsWith(" did not open (expected: within 0 s); its thread is left behind"), refused);
        release.countDown();
        until(() -> late.getCount() == 0);
        sw = new TestSwitch(LearningEngine::new);
    }

    /** What is not a plugin's fault: nothing can be cut off, and nobody waits for it. */
    private void hold() throws InterruptedException {
        meanwhile(() -> sw.home.onLoop(() -> {
            hung.countDown();
            while (release.getCount() > 0) {
                Thread.onSpinWait();
            }
            return null;
        }));
    }

    @Test
    void aLoopThatHangsElsewhereIsToldAndSoIsItsEnd() throws InterruptedException {
        sw = new TestSwitch(LearningEngine::new).ports(PortVlan.access(10), "a", "b");
        hold();
        until(() -> !told("hangs: ").isEmpty());
        String event = told("hangs: ").getFirst();
        assertTrue(event.startsWith("switch sw1: hangs: org.vnetwork.core.run.HangsTest.lambda$hold"), event);
        assertTrue(event.endsWith("installed flows go on, other frames wait or are dropped; ./vnet down and ./vnet up start anew"), event);
        release.countDown();
        until(() -> !told("answers again").isEmpty());
        assertEquals(1, told("hangs: ").size());
        assertEquals(SwitchView.READY, sw.home.views().state());
    }

    @Test
    void viewsOfAHungSwitchDoNotWait() throws InterruptedException {
        sw = new TestSwitch(LearningEngine::new).ports(PortVlan.access(10), "a", "b");
        assertEquals(List.of(SwitchView.READY, 2), List.of(sw.home.views().summary().state(), sw.home.views().summary().ports()));
        hold();
        SwitchView busy = sw.home.views().summary();
        assertTrue(busy.state().matches("busy [01]\\.[0-9]s in org.vnetwork.core.run.HangsTest.lambda\\$hold.*"), busy.state());
        assertEquals(List.of("sw1", "first", 2), List.of(busy.name(), busy.engine(), busy.ports()), "what was seen last");
        until(() -> !told("hangs: ").isEmpty());
        assertTrue(sw.home.views().state().matches("hung [0-9]+s in org.vnetwork.core.run.HangsTest.*"), sw.home.views().state());
        String message = assertThrows(Refusal.class, () -> sw.home.views().ports()).getMessage();
        assertTrue(message.startsWith("switch sw1 does not answer (expected: within 10 s): hung "), message);
        assertThrows(Refusal.class, () -> sw.flows());
        assertThrows(Refusal.class, () -> sw.home.views().drops());
        assertThrows(Refusal.class, () -> sw.home.views().tableTypes());
    }

    @Test
    void aHungSwitchEndsAndItsThreadDoesNothingMore() throws InterruptedException {
        sw = new TestSwitch(LearningEngine::new).ports(PortVlan.access(10), "a", "b");
        hold();
        sw.close();
        closed = true;
        assertTrue(sw.events().toString().contains("was closed although"));
        release.countDown();
        assertThrows(IllegalStateException.class, () -> sw.home.datapath.counters(2), "what it would have sent reaches nothing");
    }
}

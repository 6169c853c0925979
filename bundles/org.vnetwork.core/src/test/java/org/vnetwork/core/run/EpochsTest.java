package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.PortDocument;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.engine.flood.FloodEngine;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.filter.Verdict;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;
import org.vnetwork.table.DataType;
import org.vnetwork.table.Table;

/** A plugin that does not return from a call is left behind with its thread; the switch goes on, and what comes of the thread later changes nothing. */
class EpochsTest {
    private static final PortVlan VLAN = PortVlan.access(10);
    private static final String KNOWN = "eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) ipv4() udp(src=1,dst=2)";
    private static final String OTHER = "eth(src=02:00:00:00:00:0c,dst=02:00:00:00:00:0b) ipv4() udp(src=1,dst=2)";

    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicReference<Thread> stuck = new AtomicReference<>();
    private TestSwitch sw;
    private Table<Key, Value> rows;

    /** Where a plugin hangs. */
    enum Place {
        DECIDE, FILTER, TIMER, LISTENER, CLOSE
    }

    /** A key. */
    record Key(int number) {
    }

    /** A row. */
    @DataType("hangs/1")
    record Value(int number) {
    }

    @BeforeEach
    void make() {
        sw = new TestSwitch(FloodEngine::new).ports(VLAN, "a", "b");
    }

    @AfterEach
    void close() {
        release.countDown();
        sw.close();
    }

    /** Does not return, whatever interrupts it, until the test ends; then it tries to change all that it can reach. */
    private void hang() {
        stuck.set(Thread.currentThread());
        while (release.getCount() > 0) {
            Thread.onSpinWait();
        }
        rows.put(new Key(1), new Value(666));
    }

    private final class Hanging implements ForwardingEngine, PacketFilter {
        private final Place place;

        Hanging(Place place) {
            this.place = place;
        }

        @Override
        public void open(Context context) {
            rows = context.table(Key.class, Value.class);
            rows.put(new Key(1), new Value(1));
            if (place == Place.TIMER) {
                context.every(Duration.ofSeconds(1), EpochsTest.this::hang);
            }
            if (place == Place.LISTENER) {
                context.every(Duration.ofSeconds(1), () -> rows.put(new Key(2), new Value(1)));
                context.onChange(rows, (key, row) -> {
                    if (key.number() == 2) {
                        hang();
                    }
                });
            }
        }

        @Override
        public void decide(Packet packet, Forward forward) {
            if (place == Place.DECIDE) {
                hang();
            }
            forward.flood();
        }

        @Override
        public void filter(Packet packet, Verdict verdict) {
            hang();
        }

        @Override
        public void close() {
            if (place == Place.CLOSE) {
                hang();
            }
        }
    }

    private void provoke(Place place) {
        switch (place) {
            case DECIDE -> {
                sw.swap("hanging", () -> new Hanging(place));
                sw.inject("a", OTHER);
            }
            case FILTER -> {
                sw.filter("hanging", () -> new Hanging(place));
                sw.home.setPort(new PortDocument(1, "a", "sim", "a", VLAN, List.of(new FilterDocument(1, "hanging", true))));
                sw.inject("a", OTHER);
            }
            case TIMER, LISTENER -> {
                sw.swap("hanging", () -> new Hanging(place));
                sw.warp(2);
            }
            case CLOSE -> {
                sw.swap("hanging", () -> new Hanging(place));
                sw.swap("flood", FloodEngine::new);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void theSwitchGoesOnAndTheThreadThatIsLeftChangesNothing(Place place) throws InterruptedException {
        sw.inject("a", KNOWN);
        Thread before = sw.home.loop.thread();
        try {
            provoke(place);
        } catch (RuntimeException e) {
            // The call that met the hang says so; whoever made another one need not know.
        }
        assertNotSame(before, sw.home.loop.thread());
        assertEquals(before, stuck.get());
        sw.inject("a", KNOWN);
        if (sw.home.engine() == null) {
            sw.swap("flood", FloodEngine::new);
        }
        sw.count("b");
        sw.inject("a", OTHER);
        assertEquals(1, sw.count("b"), "new flows are decided");
        assertEquals("", sw.imbalance());
        String seen = sw.everything();
        release.countDown();
        before.join(Duration.ofSeconds(30));
        assertTrue(!before.isAlive());
        assertEquals(seen, sw.everything());
    }

    @Test
    void theFrameThatItHungWithIsDroppedUnderAReason() {
        sw.swap("hanging", () -> new Hanging(Place.DECIDE));
        try {
            sw.inject("a", KNOWN);
        } catch (RuntimeException e) {
            // It met the hang.
        }
        assertEquals(1, sw.drops("core/plugin-hung"));
        assertEquals("", sw.imbalance());
    }

    @Test
    void aLockThatIsHeldByOneStopsTheOtherOnlyForAMoment() {
        ReentrantLock lock = new ReentrantLock();
        Thread owner = Thread.ofPlatform().daemon().start(() -> {
            lock.lock();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                lock.unlock();
            }
        });
        while (!lock.isLocked()) {
            Thread.onSpinWait();
        }
        sw.filter("locking", () -> (packet, verdict) -> {
            lock.lock();
            lock.unlock();
        });
        sw.home.setPort(new PortDocument(1, "a", "sim", "a", VLAN, List.of(new FilterDocument(1, "locking", true))));
        try {
            sw.inject("a", KNOWN);
        } catch (RuntimeException e) {
            // It met the lock.
        }
        sw.count("b");
        sw.inject("a", KNOWN);
        assertEquals(1, sw.count("b"));
        assertTrue(sw.events().toString().contains("filter locking of bundle test slept for "), sw.events().toString());
        assertTrue(owner.isAlive());
    }

    @Test
    void whatFailsAHundredTimesInARowIsCutOff() {
        sw.filter("broken", () -> (packet, verdict) -> {
            throw new IllegalStateException("broken");
        });
        sw.home.setPort(new PortDocument(1, "a", "sim", "a", VLAN, List.of(new FilterDocument(1, "broken", true))));
        for (int i = 0; i < CutOff.FAILURES; i++) {
            sw.inject("a", KNOWN);
        }
        assertTrue(sw.home.views().ports().getFirst().filters().getFirst().startsWith("1:broken (cut off: failed 100 times in a row, at last with java.lang.IllegalStateException: broken"),
                sw.home.views().ports().toString());
        sw.count("b");
        long decided = sw.decided();
        for (int i = 0; i < 10; i++) {
            sw.inject("a", KNOWN);
        }
        assertEquals(10, sw.count("b"));
        assertTrue(sw.decided() <= decided + 1, "its absence is cached");
        assertEquals("", sw.imbalance());
    }
}

package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.Simulated;
import org.vnetwork.datapath.sim.SimDriver;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;

/** What is done of a switch once its plugins are closed, and once its datapath is. */
class ClosedSwitchTest {
    /** What may still be asked: it reaches nothing that the datapath had. */
    private static final Set<String> HARMLESS = Set.of("wakeup", "nanoTime", "capabilities", "outlives");

    private final List<String> calls = new CopyOnWriteArrayList<>();
    private volatile boolean noted;

    /** A simulated datapath that notes the calls that it does not refuse. */
    private Datapath noting() {
        Datapath sim = new SimDriver().open("test", "sw1", Path.of("."));
        return (Datapath) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Datapath.class, Simulated.class}, (self, method, arguments) -> {
            try {
                Object answer = method.invoke(sim, arguments);
                if (noted && !HARMLESS.contains(method.getName())) {
                    calls.add(method.getName());
                }
                return answer;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    private static TestSwitch at(Datapath datapath, ForwardingEngine engine) {
        TestSwitch sw = new TestSwitch(datapath, Journal.none());
        sw.swap("tested", () -> engine);
        sw.home.restored();
        sw.ports(PortVlan.access(10), "a", "b");
        return sw;
    }

    @Test
    void nothingIsDoneBetweenTheCloseOfThePluginsAndThatOfTheDatapath() {
        AtomicInteger ticks = new AtomicInteger();
        TestSwitch sw = at(noting(), new ForwardingEngine() {
            @Override
            public void open(Context context) {
                context.every(Duration.ofSeconds(1), ticks::incrementAndGet);
            }

            @Override
            public void decide(Packet packet, Forward forward) {
                forward.flood();
            }

            @Override
            public void close() {
                noted = true;
            }
        });
        sw.inject("a", "eth() arp()");
        sw.close();
        assertEquals(List.of("close"), calls);
    }

    /** Its timer hangs while others are due, those of the switch among them. */
    @Test
    void aPluginThatComesBackFromAHangReachesNothing() throws InterruptedException {
        CountDownLatch hung = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        AtomicInteger others = new AtomicInteger();
        TestSwitch sw = at(noting(), new ForwardingEngine() {
            @Override
            public void open(Context context) {
                context.every(Duration.ofMillis(10), () -> {
                    hung.countDown();
                    while (released.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                });
                context.every(Duration.ofMillis(10), others::incrementAndGet);
            }

            @Override
            public void decide(Packet packet, Forward forward) {
                forward.flood();
            }
        });
        Thread warping = Thread.ofVirtual().start(() -> {
            try {
                sw.warp(60);
            } catch (RuntimeException e) {
                // It hangs, as it should.
            }
        });
        assertTrue(hung.await(30, TimeUnit.SECONDS));
        int before = others.get();
        sw.close();
        noted = true;
        released.countDown();
        sw.home.loop.thread().join(TimeUnit.SECONDS.toMillis(30));
        assertFalse(sw.home.loop.thread().isAlive());
        warping.join();
        assertEquals(List.of(), calls);
        assertEquals(before, others.get());
    }
}

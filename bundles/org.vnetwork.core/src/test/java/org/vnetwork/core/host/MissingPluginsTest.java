package org.vnetwork.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vnetwork.control.Edits;
import org.vnetwork.control.PluginView;
import org.vnetwork.engine.flood.FloodEngine;
import org.vnetwork.engine.learning.LearningEngine;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.packet.wire.FrameText;

/** Switches whose engine, and ports whose filters are not installed: one policy, when the host starts as when the bundle goes. */
class MissingPluginsTest {
    private static final String CLOSED = "switch sw1: engine flood@1.0.0 is not installed: installed flows go on, other frames are dropped (core/no-engine), as the switch fails closed";
    private static final String OPEN = "switch sw1: engine flood@1.0.0 is not installed: learning@1.0.0 decides in its place, as the switch fails open";
    private static final String BACK = "switch sw1: engine flood@1.0.0 is installed, and decides again";
    @TempDir
    Path folder;
    private TestHost host;

    @BeforeEach
    void start() {
        host = new TestHost(folder, MissingPluginsTest::plugins);
        host.sw("sw1").port("sw1", "a").port("sw1", "b").port("sw1", "c");
    }

    @AfterEach
    void stop() {
        host.close();
    }

    private static void plugins(TestHost on) {
        on.engine("flood", FloodEngine::new);
        on.filter("pass", () -> (packet, verdict) -> verdict.pass());
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "not within 30 s");
            Thread.onSpinWait();
        }
    }

    /** Takes a plugin away: while the host runs, or the host starts without it. */
    private void without(String plugin, boolean atStart) {
        if (atStart) {
            host.close();
            host = new TestHost(folder, on -> {
                plugins(on);
                if (plugin.equals("flood")) {
                    on.withoutEngine(plugin);
                } else {
                    on.withoutFilter(plugin);
                }
            });
        } else if (plugin.equals("flood")) {
            host.withoutEngine(plugin);
        } else {
            host.withoutFilter(plugin);
        }
    }

    private void inject(String port, int from, int to) {
        host.home("sw1").simulated().inject(port, FrameText.build("eth(src=02:00:00:00:00:%02x,dst=02:00:00:00:00:%02x) arp()".formatted(from, to)));
    }

    private int captured(String port) {
        return host.home("sw1").simulated().captured(port).size();
    }

    private long drops(String reason) {
        return host.home("sw1").views().drops().stream().filter(d -> d.reason().equals(reason)).mapToLong(d -> d.count()).sum();
    }

    private long upcalls() {
        return host.home("sw1").views().summary().upcalls();
    }

    private HostService views() {
        return new HostService(host.switches, host.configuration);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSwitchThatFailsClosedDropsUnknownFramesAndTakesItsEngineBackByItself(boolean atStart) {
        host.configuration.apply(Edits.swapEngine("sw1", "flood"));
        without("flood", atStart);
        await(() -> host.events().contains(CLOSED));
        assertNull(host.home("sw1").engine());
        inject("a", 0x0a, 0x0b);
        inject("a", 0x0a, 0x0b);
        assertEquals(List.of(0, 0), List.of(captured("b"), captured("c")));
        assertEquals(2, drops("core/no-engine"));
        assertEquals("flood@1.0.0 (not installed, fails closed)", views().switches().getFirst().engine());
        assertEquals(new PluginView("flood", "1.0.0", "test.flood", "not installed", List.of("sw1")), views().engines().getLast());
        host.engine("flood", FloodEngine::new);
        await(() -> host.events().contains(BACK));
        inject("a", 0x0a, 0x0b);
        assertEquals(List.of(1, 1), List.of(captured("b"), captured("c")));
        assertEquals("flood@1.0.0", views().switches().getFirst().engine());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSwitchThatFailsOpenHasTheBuiltInEngineMeanwhile(boolean atStart) {
        host.configuration.apply(Edits.swapEngine("sw1", "flood"));
        host.configuration.apply(Edits.setFailOpen("sw1", true));
        without("flood", atStart);
        await(() -> host.events().contains(OPEN));
        assertEquals("learning", host.home("sw1").engine().name());
        inject("b", 0x0b, 0x0a);
        inject("a", 0x0a, 0x0b);
        assertEquals(1, captured("b"), "it learns");
        assertEquals(1, captured("c"));
        assertEquals("learning@1.0.0 (flood@1.0.0 is not installed, fails open)", views().switches().getFirst().engine());
        host.engine("flood", FloodEngine::new);
        await(() -> host.events().contains(BACK));
        host.home("sw1").settle();
        inject("a", 0x0a, 0x0b);
        assertEquals(List.of(1, 1), List.of(captured("b"), captured("c")), "its flows were decided again");
    }

    @Test
    void flowsGoOnWithoutTheEngineAndThePolicyCanBeChangedMeanwhile() {
        host.configuration.apply(Edits.swapEngine("sw1", "flood"));
        inject("a", 0x0a, 0x0b);
        assertEquals(1, captured("b"));
        host.withoutEngine("flood");
        await(() -> host.events().contains(CLOSED));
        // A new station of another port, then the known ones again.
        inject("b", 0x0d, 0x0e);
        inject("a", 0x0a, 0x0b);
        assertEquals(1, captured("b"), "installed flows go on");
        assertEquals(1, drops("core/no-engine"));
        assertEquals(List.of("~ switch sw1: fails closed -> open"), host.configuration.apply(Edits.setFailOpen("sw1", true)).differences());
        assertEquals("learning", host.home("sw1").engine().name());
        host.configuration.apply(Edits.setFailOpen("sw1", false));
        assertNull(host.home("sw1").engine());
        assertEquals(2, host.events().stream().filter(CLOSED::equals).count());
    }

    /** A plugin of anybody's may be called learning. */
    @Test
    void aStrangersEngineIsNotTheBuiltInOneByItsName() {
        host.configuration.apply(Edits.swapEngine("sw1", "flood"));
        host.configuration.apply(Edits.setFailOpen("sw1", true));
        host.withoutEngine("learning");
        host.engine("learning", "com.example.learning", LearningEngine::new);
        host.withoutEngine("flood");
        await(() -> host.events().contains(CLOSED + " while the built-in engine is not installed either"));
        assertNull(host.home("sw1").engine());
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void whatAnAbsentFilterDecidesIsAFlowUntilItReturns(boolean failOpen, boolean atStart) {
        host.configuration.apply(Edits.addFilter("sw1", "a", "pass", 1, failOpen));
        inject("a", 0x0a, 0x0b);
        assertEquals(1, captured("b"));
        without("pass", atStart);
        await(() -> views().ports("sw1").getFirst().filters().equals(List.of("1:pass (not installed)")));
        assertEquals(new PluginView("pass", "1.0.0", "test.pass", "not installed", List.of("sw1/a")), views().filters().getLast());
        host.home("sw1").settle();
        inject("a", 0x0a, 0x0b);
        long decided = upcalls();
        for (int i = 0; i < 5; i++) {
            inject("a", 0x0a, 0x0b);
        }
        assertEquals(decided, upcalls(), "the flow table does it");
        assertEquals(failOpen ? 6 : 0, captured("b"));
        assertEquals(failOpen ? 0 : 6, drops("core/filter-failed"));
        host.filter("pass", () -> (PacketFilter) (packet, verdict) -> verdict.reject(org.vnetwork.packet.DropReason.of("test/denied")));
        await(() -> views().ports("sw1").getFirst().filters().equals(List.of("1:pass")));
        host.home("sw1").settle();
        inject("a", 0x0a, 0x0b);
        assertEquals(0, captured("b"));
        assertEquals(1, drops("test/denied"), "decided again");
    }

    /** A bundle that comes or goes concerns the flows of its own filters alone. */
    @Test
    void aFilterThatComesOrGoesHasNoOtherFlowsDecidedAgain() {
        AtomicInteger decisions = new AtomicInteger();
        host.engine("counting", () -> (packet, forward) -> {
            decisions.incrementAndGet();
            forward.to(packet.ingress() == 3 ? 2 : 3);
        });
        host.configuration.apply(Edits.swapEngine("sw1", "counting"));
        host.configuration.apply(Edits.addFilter("sw1", "a", "pass", 1, false));
        inject("a", 0x0a, 0x0b);
        inject("c", 0x0c, 0x0d);
        int before = decisions.get();
        host.withoutFilter("pass");
        await(() -> views().ports("sw1").getFirst().filters().equals(List.of("1:pass (not installed)")));
        host.home("sw1").settle();
        assertEquals(before, decisions.get(), "the flow of the port is a drop by now, without asking the engine; that of the other port is not decided again");
        host.filter("pass", () -> (packet, verdict) -> verdict.pass());
        await(() -> views().ports("sw1").getFirst().filters().equals(List.of("1:pass")));
        host.home("sw1").settle();
        assertEquals(before + 1, decisions.get());
    }
}

package org.vnetwork.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.control.Edit;
import org.vnetwork.control.Edits;
import org.vnetwork.control.Limit;
import org.vnetwork.control.PluginDocument;
import org.vnetwork.control.PluginView;
import org.vnetwork.control.Swaps;
import org.vnetwork.core.run.Plugin;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.engine.flood.FloodEngine;
import org.vnetwork.engine.learning.LearningEngine;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.wire.FrameText;

/** Several versions of a bundle side by side: a switch or slot has the one that it was given, until it is given another or that one is gone for good. */
class GenerationsTest {
    @TempDir
    Path folder;
    private final AtomicInteger decided = new AtomicInteger();
    private final AtomicInteger filtered = new AtomicInteger();
    private TestHost host;

    @BeforeEach
    void start() {
        host = new TestHost(folder, this::plugins);
        host.sw("sw1").port("sw1", "a").port("sw1", "b").port("sw1", "c");
    }

    @AfterEach
    void stop() {
        host.close();
    }

    private void plugins(TestHost on) {
        on.engine("x", this::counting);
        on.filter("pass", () -> (packet, verdict) -> {
            filtered.incrementAndGet();
            verdict.pass();
        });
    }

    private ForwardingEngine counting() {
        return (packet, forward) -> {
            decided.incrementAndGet();
            forward.flood();
        };
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "not within 30 s");
            Thread.onSpinWait();
        }
    }

    /** Returns when the host has followed all that came and went up to now: a switch of its own misses its engine then, and has it again. */
    private void followed() {
        if (host.switches.find("marker").isEmpty()) {
            host.engine("marker", FloodEngine::new);
            host.configuration.apply(Edits.createSwitch("marker", "marker", "sim"));
        }
        host.withoutEngine("marker");
        await(() -> host.home("marker").engine() == null);
        host.engine("marker", FloodEngine::new);
        await(() -> host.home("marker").engine() != null);
        host.home("sw1").settle();
    }

    private void inject() {
        host.home("sw1").simulated().inject("a", FrameText.build("eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) arp()"));
    }

    private String engine() {
        Plugin<ForwardingEngine> used = host.home("sw1").engine();
        return used == null ? "none" : used.document().toString();
    }

    private List<PluginView> views(String kind) {
        HostService views = new HostService(host.switches, host.configuration);
        return (kind.equals("engine") ? views.engines() : views.filters()).stream().filter(v -> v.name().equals("x") || v.name().equals("pass")).toList();
    }

    private String refusal(Edit edit) {
        String before = host.everything();
        String message = assertThrows(Refusal.class, () -> host.configuration.apply(edit)).getMessage();
        assertEquals(message, assertThrows(Refusal.class, () -> host.configuration.plan(edit)).getMessage());
        assertEquals(before, host.everything());
        assertEquals(1, message.lines().count());
        return message;
    }

    private boolean told(String event) {
        return host.events().contains(event);
    }

    @Test
    void anotherVersionOrAnotherBundleChangesNothing() {
        host.configuration.apply(Edits.swapEngine("sw1", "x"));
        host.configuration.apply(Edits.addFilter("sw1", "a", "pass", 1, false));
        inject();
        int decisions = decided.get();
        int verdicts = filtered.get();
        Object totals = host.home("sw1").views().summary().upcalls();
        var flows = host.home("sw1").views().flows().stream().map(f -> f.id()).toList();
        host.engine("x@2.0.0", FloodEngine::new);
        host.filter("pass@2.0.0", () -> (packet, verdict) -> verdict.pass());
        host.engine("unrelated", FloodEngine::new);
        host.engine("learning@9.0.0", TestHost.BUILT_IN, LearningEngine::new);
        followed();
        assertEquals(List.of(decisions, verdicts), List.of(decided.get(), filtered.get()), "nothing was decided again");
        assertEquals(totals, host.home("sw1").views().summary().upcalls());
        assertEquals(flows, host.home("sw1").views().flows().stream().map(f -> f.id()).toList());
        assertEquals("x@1.0.0", engine());
        assertEquals(List.of(new PluginView("x", "2.0.0", "test.x", "standby", List.of()), new PluginView("x", "1.0.0", "test.x", "in use", List.of("sw1"))), views("engine"));
        assertEquals(List.of(new PluginView("pass", "2.0.0", "test.pass", "standby", List.of()), new PluginView("pass", "1.0.0", "test.pass", "in use", List.of("sw1/a"))), views("filter"));
    }

    @Test
    void aNameAloneMeansTheNewestOfNowAndAVersionMeansThatOne() {
        host.engine("x@2.0.0", FloodEngine::new);
        host.engine("x@10.0.0", this::counting);
        assertEquals(List.of("~ switch sw1: engine learning@1.0.0 -> x@10.0.0"), host.configuration.apply(Edits.swapEngine("sw1", "x")).differences());
        var swapped = host.configuration.apply(Edits.swapEngine("sw1", "x@1"));
        assertEquals(List.of("~ switch sw1: engine x@10.0.0 -> x@1.0.0"), swapped.differences());
        assertTrue(String.join("|", swapped.report()).matches("engine x@10.0.0 -> x@1.0.0\\|pause \\d+ us, frames waiting 0, lost 0\\|rows converted 0\\|flows 0 kept, 0 replaced, 0 drained, 0 revoked"),
                swapped.report().toString());
        assertEquals(new PluginDocument("x", "test.x", "1.0.0"), host.configuration.current().need("sw1").engine());
        assertEquals("x@1.0.0", engine());
        assertEquals("engine: x@3 (expected: one of x@10.0.0, x@2.0.0, x@1.0.0); engine:list shows them", refusal(Edits.swapEngine("sw1", "x@3")));
        assertEquals("engine: x@1.0.0 is in use (expected: another name or version); engine:list shows them", refusal(Edits.swapEngine("sw1", "x@1.0")));
        assertEquals("engine: y (expected: one of learning, x); engine:list shows them", refusal(Edits.swapEngine("sw1", "y")));
        assertEquals("engine: x@ (expected: NAME or NAME@VERSION, the name 1 to 32 of a-z 0-9 - . and a letter first)",
                assertThrows(Refusal.class, () -> Edits.swapEngine("sw1", "x@")).getMessage());
    }

    @Test
    void aFilterIsSwappedInItsSlot() {
        host.filter("pass@2.0.0", () -> (packet, verdict) -> verdict.reject(org.vnetwork.packet.DropReason.of("test/second")));
        host.configuration.apply(Edits.addFilter("sw1", "a", "pass@1.0.0", 3, true));
        inject();
        Edit swap = Swaps.filter("sw1", "a", 3, PluginDocument.parse("filter", "pass@2.0.0"), Optional.empty());
        String before = host.everything();
        List<String> preview = host.configuration.plan(swap).report();
        assertEquals(before, host.everything());
        assertEquals(2, preview.size(), preview.toString());
        assertEquals("preview of filter pass@2.0.0 in slot 3 of a on the flows of now: 0 same, 1 changed, 0 split", preview.getFirst());
        assertTrue(preview.getLast().startsWith("1 flow: output b,output c -> drop test/second; as flow "), preview.getLast());
        var swapped = host.configuration.apply(swap);
        assertEquals(List.of("~ slot 3 of a: filter pass@1.0.0 -> pass@2.0.0"), swapped.differences());
        assertEquals("filter pass@1.0.0 -> pass@2.0.0", swapped.report().getFirst());
        inject();
        assertEquals(List.of("test/second"), host.home("sw1").views().drops().stream().map(d -> d.reason()).toList());
        assertEquals("filter: pass@2.0.0 is in use (expected: another name or version); filter:list shows them", refusal(Swaps.filter("sw1", "a", 3, PluginDocument.parse("filter", "pass"), Optional.empty())));
        assertEquals("slot: 4 (expected: a slot of port a with a filter in it); filter:list shows them",
                refusal(Swaps.filter("sw1", "a", 4, PluginDocument.parse("filter", "pass"), Optional.empty())));
    }

    @Test
    void aStoppedGenerationIsWaitedForWhateverStandsByAndComes() {
        host.engine("x@2.0.0", FloodEngine::new);
        host.configuration.apply(Edits.swapEngine("sw1", "x@1.0.0"));
        host.withoutEngine("x");
        await(() -> engine().equals("none"));
        host.engine("x@3.0.0", FloodEngine::new);
        followed();
        assertEquals("none", engine());
        host.engine("x", this::counting);
        await(() -> engine().equals("x@1.0.0"));
        await(() -> told("switch sw1: engine x@1.0.0 is installed, and decides again"));
    }

    @Test
    void anUpdateInPlaceIsFollowedAndSaid() {
        host.configuration.apply(Edits.swapEngine("sw1", "x"));
        host.configuration.apply(Edits.addFilter("sw1", "a", "pass", 1, false));
        host.withoutEngine("x");
        host.withoutFilter("pass");
        host.uninstall("x@1.0.0");
        host.uninstall("pass@1.0.0");
        host.engine("x@1.0.1", this::counting);
        host.filter("pass@0.9.0", () -> (packet, verdict) -> verdict.pass());
        await(() -> engine().equals("x@1.0.1"));
        assertTrue(told("switch sw1: engine x@1.0.0 is not installed any more: x@1.0.1 of the same bundle takes its place"));
        await(() -> told("port a of switch sw1: filter pass@1.0.0 is not installed any more: pass@0.9.0 of the same bundle takes its place"));
        followed();
        assertEquals("x@1.0.1", host.configuration.current().need("sw1").engine().toString());
        assertEquals("0.9.0", host.home("sw1").views().rows("filter").getFirst().row().get("version"));
    }

    @Test
    void aRemovedGenerationIsNotFollowedByOneThatStoodBy() {
        host.engine("x@2.0.0", FloodEngine::new);
        host.configuration.apply(Edits.swapEngine("sw1", "x@1.0.0"));
        host.withoutEngine("x");
        host.uninstall("x@1.0.0");
        followed();
        assertEquals("none", engine());
        assertEquals(new PluginView("x", "1.0.0", "test.x", "not installed", List.of("sw1")), views("engine").getLast());
        host.configuration.apply(Edits.swapEngine("sw1", "x"));
        assertEquals("x@2.0.0", engine());
    }

    @Test
    void aStartTakesTheVersionThatIsInstalledThenAndOneOfBeforeTheNewest() throws Exception {
        host.configuration.apply(Edits.swapEngine("sw1", "x"));
        host.close();
        host = new TestHost(folder, on -> on.engine("x@1.1.0", FloodEngine::new));
        assertEquals("x@1.1.0", engine());
        assertTrue(told("switch sw1: engine x@1.0.0 is not installed any more: x@1.1.0 of the same bundle takes its place"));
        host.close();
        Path written = folder.resolve("configuration.json");
        String text = java.nio.file.Files.readString(written);
        assertTrue(text.contains("1.1.0"), text);
        java.nio.file.Files.writeString(written, text.replaceAll("(?s)\"engine\" : \\{.*?\\}", "\"engine\" : \"x\""));
        host = new TestHost(folder, on -> {
            on.engine("x", FloodEngine::new);
            on.engine("x@2.0.0", FloodEngine::new);
        });
        assertEquals("x@2.0.0", engine());
        assertTrue(java.nio.file.Files.readString(written).contains("2.0.0"), "it stays with it");
    }

    @Test
    void oneThatWasCutOffIsShownAndStaysAwayWhateverComes() {
        CountDownLatch end = new CountDownLatch(1);
        host.engine("hanging", () -> (packet, forward) -> {
            while (end.getCount() > 0) {
                Thread.onSpinWait();
            }
        });
        host.configuration.apply(Edits.setFailOpen("sw1", true));
        host.configuration.apply(Edits.swapEngine("sw1", "hanging"));
        Thread.ofVirtual().start(this::injectAnyhow);
        await(() -> engine().equals("learning@1.0.0"));
        host.engine("unrelated", FloodEngine::new);
        followed();
        assertEquals("learning@1.0.0", engine());
        HostService views = new HostService(host.switches, host.configuration);
        assertEquals(List.of("cut off"), views.engines().stream().filter(v -> v.name().equals("hanging")).map(PluginView::state).toList());
        assertTrue(views.switches().getFirst().engine().startsWith("learning@1.0.0 (hanging@1.0.0 cut off: "), views.switches().getFirst().engine());
        end.countDown();
        host.withoutEngine("hanging");
        host.engine("hanging", FloodEngine::new);
        await(() -> engine().equals("hanging@1.0.0"));
    }

    private void injectAnyhow() {
        try {
            inject();
        } catch (RuntimeException e) {
            // The engine hangs, as it should.
        }
    }

    @Test
    void aNameHasAFormAndBelongsToOneFeature() {
        host.engine("Loud", FloodEngine::new);
        host.engine("x", "com.other.x", FloodEngine::new);
        String subject = "host " + host.switches.settings().name();
        assertTrue(told(subject + ": engine Loud of bundle test.Loud is refused: its name has another form (expected: 1 to 32 of a-z 0-9 - . and a letter first)"), host.events().toString());
        assertTrue(told(subject + ": engine x of bundle com.other.x is refused: the name is taken by bundle test.x (expected: a name that no other bundle has)"));
        assertEquals(List.of("standby", "refused: the name is taken by bundle test.x (expected: a name that no other bundle has)"), views("engine").stream().map(PluginView::state).toList());
    }

    @Test
    void atTheStartANameBelongsToTheLowestBundleId() {
        host.close();
        host = new TestHost(folder, on -> {
            on.bundle("com.first.x");
            on.engine("x", "com.second.x", FloodEngine::new);
            on.engine("x@1.0.1", "com.first.x", FloodEngine::new);
        });
        assertEquals(List.of("com.first.x", "com.second.x"), views("engine").stream().map(PluginView::bundle).toList());
        assertEquals("standby", views("engine").getFirst().state());
        assertTrue(views("engine").getLast().state().startsWith("refused: the name is taken by bundle com.first.x"));
    }

    @Test
    void placedRowsAndLimitsLeaveThePolicyAsItIs() {
        host.configuration.apply(Edits.setFailOpen("sw1", true));
        host.configuration.apply(Edits.setLimits("sw1", Map.of(Limit.FLOWS, 10)));
        assertTrue(host.configuration.current().need("sw1").failOpen());
        assertNull(host.switches.problem("sw1"));
    }
}

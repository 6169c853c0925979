package org.vnetwork.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.control.Edit;
import org.vnetwork.control.Edits;
import org.vnetwork.control.PluginDocument;
import org.vnetwork.control.Swaps;
import org.vnetwork.engine.flood.FloodEngine;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.wire.FrameText;

/** Swaps that wait to be confirmed: whatever ends the wait but a confirmation, what was there before comes back. */
class TrialsTest {
    private static final Instant LATER = Instant.parse("2999-01-01T00:00:00Z");
    @TempDir
    Path folder;
    private TestHost host;

    @BeforeEach
    void start() {
        host = new TestHost(folder, TrialsTest::plugins);
        host.sw("sw1").port("sw1", "a").port("sw1", "b");
        host.configuration.apply(Edits.addFilter("sw1", "a", "pass@1.0.0", 1, false));
    }

    @AfterEach
    void stop() {
        host.close();
    }

    private static void plugins(TestHost on) {
        on.engine("flood", FloodEngine::new);
        on.engine("failing", () -> (packet, forward) -> {
            throw new IllegalStateException("broken");
        });
        on.filter("pass", () -> (packet, verdict) -> verdict.pass());
        on.filter("pass@2.0.0", () -> (packet, verdict) -> {
            throw new IllegalStateException("broken");
        });
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "not within 30 s");
            Thread.onSpinWait();
        }
    }

    private static Edit engine(String name, Instant until) {
        return Swaps.engine("sw1", PluginDocument.parse("engine", name), Optional.of(until));
    }

    private static Edit filter(Instant until) {
        return Swaps.filter("sw1", "a", 1, PluginDocument.parse("filter", "pass@2.0.0"), Optional.of(until));
    }

    private void swap(Instant until) {
        host.configuration.apply(engine("flood", until));
        host.configuration.apply(filter(until));
    }

    /** The engine and the filter, as they decide and as they are written. */
    private List<String> used() {
        var document = host.configuration.current().need("sw1");
        var slot = document.need("a").filters().getFirst();
        assertEquals(document.engine(), host.home("sw1").engine().document());
        assertEquals(slot.filter().version(), host.home("sw1").views().rows("filter").getFirst().row().get("version"));
        return List.of(document.engine().name(), slot.filter().version(), String.valueOf(document.trial().isPresent()), String.valueOf(slot.trial().isPresent()));
    }

    private static final List<String> BASE = List.of("learning", "1.0.0", "false", "false");

    private List<String> states(String name) {
        HostService views = new HostService(host.switches, host.configuration);
        return java.util.stream.Stream.concat(views.engines().stream(), views.filters().stream()).filter(v -> v.name().equals(name)).map(v -> v.state()).toList();
    }

    private void isBack(String why) {
        await(() -> host.events().contains("switch sw1: engine flood@1.0.0 " + why + ": learning@1.0.0 is to be there again"));
        await(() -> host.events().contains("port a of switch sw1: filter pass@2.0.0 " + why + ": pass@1.0.0 is to be there again"));
        await(() -> host.configuration.current().need("sw1").trial().isEmpty() && host.configuration.current().need("sw1").need("a").filters().getFirst().trial().isEmpty());
        synchronized (host.configuration) {
            assertEquals(BASE, used());
        }
    }

    private void inject() {
        host.home("sw1").simulated().inject("a", FrameText.build("eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) arp()"));
    }

    private String refusal(Edit edit) {
        String before = host.everything();
        String message = assertThrows(Refusal.class, () -> host.configuration.apply(edit)).getMessage();
        assertEquals(message, assertThrows(Refusal.class, () -> host.configuration.plan(edit)).getMessage());
        assertEquals(before, host.everything());
        return message;
    }

    @Test
    void oneThatIsConfirmedStaysAlsoAfterARestart() {
        swap(LATER);
        assertEquals(List.of("flood", "2.0.0", "true", "true"), used());
        assertEquals(List.of("confirming"), states("flood"));
        assertEquals(List.of("confirming", "standby"), states("pass"));
        assertEquals("flood@1.0.0 (confirming)", new HostService(host.switches, host.configuration).switches().getFirst().engine());
        assertEquals(List.of("~ switch sw1: engine flood@1.0.0 is confirmed"), host.configuration.apply(Swaps.confirmEngine("sw1")).differences());
        assertEquals(List.of("~ slot 1 of a: filter pass@2.0.0 is confirmed"), host.configuration.apply(Swaps.confirmFilter("sw1", "a", 1)).differences());
        assertEquals(List.of("flood", "2.0.0", "false", "false"), used());
        host.close();
        host = new TestHost(folder, TrialsTest::plugins);
        assertEquals(List.of("flood", "2.0.0", "false", "false"), used());
        assertEquals(List.of("in use"), states("flood"));
    }

    @Test
    void confirmingDecidesNothingAgain() {
        host.configuration.apply(engine("flood", LATER));
        inject();
        long decided = host.home("sw1").views().summary().upcalls();
        host.configuration.apply(Swaps.confirmEngine("sw1"));
        inject();
        assertEquals(decided, host.home("sw1").views().summary().upcalls());
    }

    @Test
    void backIsAtOnce() {
        swap(LATER);
        assertEquals(List.of("~ switch sw1: engine flood@1.0.0 -> learning@1.0.0"), host.configuration.apply(Swaps.backEngine("sw1")).differences());
        assertEquals(List.of("~ slot 1 of a: filter pass@2.0.0 -> pass@1.0.0"), host.configuration.apply(Swaps.backFilter("sw1", "a", 1)).differences());
        assertEquals(BASE, used());
    }

    @Test
    void whenTheTimeIsOverTheOneBeforeComesBack() {
        swap(Instant.now().plusMillis(500));
        isBack("was not confirmed in time");
    }

    @Test
    void oneThatFailsIsTakenBack() {
        host.configuration.apply(engine("failing", LATER));
        inject();
        await(() -> host.events().contains("switch sw1: engine failing@1.0.0 failed before it was confirmed: learning@1.0.0 is to be there again"));
        await(() -> host.configuration.current().need("sw1").trial().isEmpty());
        host.configuration.apply(filter(LATER));
        inject();
        await(() -> host.events().contains("port a of switch sw1: filter pass@2.0.0 failed before it was confirmed: pass@1.0.0 is to be there again"));
        await(() -> host.configuration.current().need("sw1").need("a").filters().getFirst().trial().isEmpty());
        synchronized (host.configuration) {
            assertEquals(BASE, used());
        }
    }

    @Test
    void oneThatHangsIsTakenBack() {
        CountDownLatch end = new CountDownLatch(1);
        host.engine("hanging", () -> (packet, forward) -> {
            while (end.getCount() > 0) {
                Thread.onSpinWait();
            }
        });
        host.configuration.apply(engine("hanging", LATER));
        Thread.ofVirtual().start(() -> {
            try {
                inject();
            } catch (RuntimeException e) {
                // It hangs, as it should.
            }
        });
        await(() -> host.configuration.current().need("sw1").trial().isEmpty());
        end.countDown();
        await(() -> host.home("sw1").engine() != null && host.home("sw1").engine().name().equals("learning"));
        assertTrue(host.events().stream().anyMatch(e -> e.startsWith("switch sw1: engine hanging@1.0.0 ") && e.endsWith(" before it was confirmed: learning@1.0.0 is to be there again")),
                host.events().toString());
        synchronized (host.configuration) {
            assertEquals(BASE, used());
        }
    }

    @Test
    void oneThatGoesIsTakenBack() {
        swap(LATER);
        host.withoutEngine("flood");
        host.withoutFilter("pass@2.0.0");
        isBack("has gone before it was confirmed");
    }

    @Test
    void aProcessThatEndsMeanwhileBeginsWithTheOneBefore() throws Exception {
        swap(LATER);
        String written = Files.readString(folder.resolve("configuration.json"));
        assertTrue(written.contains("2999-01-01T00:00:00Z"), written);
        host.close();
        host = new TestHost(folder, TrialsTest::plugins);
        isBack("was not confirmed before the process ended");
        assertTrue(!Files.readString(folder.resolve("configuration.json")).contains("trial"));
    }

    @Test
    void eachMistakeIsALine() {
        assertEquals("engine: learning@1.0.0 of switch sw1 is final (expected: a swap that waits); engine:swap with --confirm-within makes one", refusal(Swaps.confirmEngine("sw1")));
        assertEquals("engine: learning@1.0.0 of switch sw1 is final (expected: a swap that waits); engine:swap with --confirm-within makes one", refusal(Swaps.backEngine("sw1")));
        assertEquals("filter: pass@1.0.0 of slot 1 of sw1/a is final (expected: a swap that waits); filter:swap with --confirm-within makes one", refusal(Swaps.confirmFilter("sw1", "a", 1)));
        swap(LATER);
        assertEquals("engine: flood@1.0.0 waits to be confirmed (expected: no swap that waits); engine:confirm sw1 keeps it, engine:back sw1 gives learning@1.0.0 back",
                refusal(Edits.swapEngine("sw1", "failing")));
        assertEquals("filter: pass@2.0.0 waits to be confirmed (expected: no swap that waits); filter:confirm sw1/a 1 keeps it, filter:back sw1/a 1 gives pass@1.0.0 back", refusal(filter(LATER)));
    }

    @Test
    void anotherChangeMeanwhileLeavesItWaiting() {
        swap(LATER);
        host.configuration.apply(Edits.setFailOpen("sw1", true));
        host.port("sw1", "d");
        assertEquals(List.of("flood", "2.0.0", "true", "true"), used());
        host.configuration.apply(Edits.removeFilter("sw1", "a", 1));
        host.configuration.apply(Edits.removeSwitch("sw1"));
        host.sw("sw1");
        assertTrue(host.configuration.current().need("sw1").trial().isEmpty());
    }
}

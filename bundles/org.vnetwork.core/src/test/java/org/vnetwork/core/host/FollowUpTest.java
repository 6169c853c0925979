package org.vnetwork.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.control.Edits;

/** Switches that could not be started, for reasons that nobody foresaw: they are tried again until they run. */
class FollowUpTest {
    @TempDir
    Path folder;

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "not within 30 s");
            Thread.onSpinWait();
        }
    }

    @Test
    void aStartThatFailsInAnyWayIsTriedAgainAndEachKindOfFailureIsToldOnce() throws Exception {
        Faults faults = new Faults();
        FaultyDriver driver = new FaultyDriver(faults);
        Files.createDirectories(folder.resolve("run"));
        try (TestHost host = new TestHost(folder)) {
            host.installed.addDriver(driver);
            host.configuration.apply(Edits.createSwitch("sw1", "learning", "faulty"));
            host.port("sw1", "a");
            host.sw("sw2").port("sw2", "b");
        }
        AtomicInteger tries = new AtomicInteger();
        driver.opening = () -> {
            switch (tries.incrementAndGet()) {
                case 1 -> throw new UnsupportedOperationException("at the start");
                case 2, 3, 4 -> throw new NoSuchMethodError("afterwards");
                default -> {
                }
            }
        };
        try (TestHost host = new TestHost(folder, before -> before.installed.addDriver(driver), 10)) {
            assertEquals(List.of("b"), host.home("sw2").documents().stream().map(p -> p.name()).toList(), "the other switch is not concerned");
            await(() -> host.switches.find("sw1").isPresent());
            await(() -> host.home("sw1").documents().size() == 1);
            assertEquals(5, tries.get());
            assertEquals(List.of("switch sw1: did not start: java.lang.UnsupportedOperationException: at the start", "switch sw1: did not start: java.lang.NoSuchMethodError: afterwards"),
                    host.events().stream().filter(e -> e.contains("did not start")).toList());
        }
    }

    @Test
    void workThatFailsAltogetherIsToldOncePerKindAndDoneAgain() {
        AtomicInteger tries = new AtomicInteger();
        try (TestHost host = new TestHost(folder)) {
            host.configuration.guarded("testing", () -> {
                tries.incrementAndGet();
                throw new LinkageError("first");
            });
            for (int i = 0; i < 3; i++) {
                host.configuration.guarded("testing", () -> {
                    tries.incrementAndGet();
                    throw new IllegalStateException("second");
                });
            }
            host.configuration.guarded("testing", tries::incrementAndGet);
            assertEquals(5, tries.get());
            assertEquals(List.of("host default: testing failed: java.lang.LinkageError: first; the log has the details, and it is tried again",
                    "host default: testing failed: java.lang.IllegalStateException: second; the log has the details, and it is tried again"),
                    host.events().stream().filter(e -> e.contains("testing")).toList());
        }
    }
}

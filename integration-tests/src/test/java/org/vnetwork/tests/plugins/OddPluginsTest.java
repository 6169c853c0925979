package org.vnetwork.tests.plugins;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vnetwork.datapath.user.UserDriver;
import org.vnetwork.tests.kernel.Until;
import org.vnetwork.tests.misbehaving.Chance;
import org.vnetwork.tests.misbehaving.Clock;
import org.vnetwork.tests.misbehaving.Counting;
import org.vnetwork.tests.misbehaving.Keeping;
import org.vnetwork.tests.misbehaving.Misbehaving;
import org.vnetwork.tests.misbehaving.Stuck;
import org.vnetwork.tests.misbehaving.StuckActivator;
import org.vnetwork.tests.misbehaving.Threading;
import org.vnetwork.tests.misbehaving.Unopened;

/** Plugins that misbehave otherwise than in a call that is too long or fails: they are told, and disturb nobody. */
class OddPluginsTest {
    /** Of decisions, one in 64 is made twice. */
    private static final int DECISIONS = 2_000;
    private static final long ANSWER_MILLIS = 5_000;

    @TempDir
    private Path folder;
    private PluginHost host;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(new UserDriver().unavailable().isEmpty(), () -> new UserDriver().unavailable().orElseThrow());
        host = new PluginHost(folder);
    }

    @AfterEach
    void stop() throws Exception {
        if (host != null) {
            host.close();
        }
    }

    private void nothingIsDisturbed(Stations... all) throws Exception {
        for (Stations at : all) {
            assertTrue(at.passes(Misbehaving.HARMLESS, ANSWER_MILLIS), () -> at.name + " decides no new flow" + host.run("host:events"));
            assertEquals(0, at.lost(), () -> "frames lost of the installed flow of " + at.name);
            at.balance();
        }
    }

    @Test
    void oneThatThrowsInOpenIsRefusedAndChangesNothing() throws Exception {
        host.install(Unopened.class);
        try (Stations at = host.stations("sw1", "")) {
            String engine = host.run("engine:swap sw1 unopened");
            assertTrue(engine.contains("did not open") && engine.contains("no licence"), engine);
            String filter = host.run("filter:add sw1/c unopened");
            assertTrue(filter.contains("did not open") && filter.contains("no licence"), filter);
            assertTrue(host.run("switch:show sw1").contains("learning"), host.run("switch:show sw1"));
            nothingIsDisturbed(at);
        }
        host.goesDownCleanly();
    }

    @Test
    void oneThatKeepsWhatItIsLentIsToldOnAThreadOfItsOwnToo() throws Exception {
        host.install(Keeping.class);
        try (Stations at = host.stations("sw1", "--fail open")) {
            host.run("engine:swap sw1 keeping", "~ switch sw1");
            at.send(Misbehaving.HARMFUL);
            at.send(Misbehaving.HARMFUL);
            host.told(Keeping.class, true, "used after the call");
            host.told(Keeping.class, true, "Keeping.lambda$");
            nothingIsDisturbed(at);
        }
        host.goesDownCleanly();
    }

    @Test
    void aThousandThreadsAreToldWithTheirBundle() throws Exception {
        host.install(Threading.class);
        try (Stations at = host.stations("sw1", "--fail open"); Stations beside = host.stations("beside", "")) {
            host.run("engine:swap sw1 threading", "~ switch sw1");
            at.send(Misbehaving.HARMFUL);
            host.told(Threading.class, true, "threads more than a second before");
            nothingIsDisturbed(at, beside);
        }
        host.goesDownCleanly();
    }

    @ParameterizedTest
    @ValueSource(classes = {Clock.class, Chance.class, Counting.class})
    void oneThatDecidesByMoreThanPacketAndRowsIsTold(Class<?> kind) throws Exception {
        host.install(kind);
        try (Stations at = host.stations("sw1", "")) {
            host.run("switch:limit sw1 --port-misses 1000000", "");
            host.run("engine:swap sw1 " + PluginHost.nameOf(kind), "~ switch sw1");
            for (int number = 0; number < DECISIONS; number++) {
                at.send(Misbehaving.HARMFUL);
            }
            host.told(kind, false, "decided a packet twice, on the same rows, in two ways");
            nothingIsDisturbed(at);
        }
        host.goesDownCleanly();
    }

    @Test
    void oneWhoseConstructorHangsDoesNotHoldItsSwitch() throws Exception {
        host.install(Stuck.class);
        try (Stations at = host.stations("sw1", ""); Stations beside = host.stations("beside", "")) {
            CompletableFuture<String> swap = CompletableFuture.supplyAsync(() -> host.run("engine:swap sw1 stuck"));
            nothingIsDisturbed(beside);
            String said = swap.join();
            assertFalse(said.contains("~ switch"), said);
            assertTrue(host.run("switch:show sw1").contains("learning"), said);
            nothingIsDisturbed(at);
        }
        // The framework waits for the service that is being made, without end: the process is killed then, as ./vnet down does.
    }

    @Test
    void aBundleWhoseActivatorHangsHoldsOnlyTheConsoleThatStartedIt() throws Exception {
        String jar = MisbehavingBundle.make(folder, StuckActivator.class, "Bundle-Activator: " + StuckActivator.class.getName() + "\n").toUri().toString();
        try (Stations at = host.stations("sw1", "")) {
            CompletableFuture<String> starting = CompletableFuture.supplyAsync(() -> host.run("felix:start " + jar));
            Until.holds(() -> host.run("felix:lb"), () -> host.run("felix:lb").contains("Starting"));
            host.run("engine:swap sw1 flood", "~ switch sw1");
            nothingIsDisturbed(at);
            assertFalse(starting.isDone(), "it started");
        }
        host.goesDownCleanly();
    }
}

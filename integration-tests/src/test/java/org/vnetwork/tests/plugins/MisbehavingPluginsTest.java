package org.vnetwork.tests.plugins;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vnetwork.datapath.user.UserDriver;
import org.vnetwork.tests.kernel.Until;
import org.vnetwork.tests.misbehaving.Allocating;
import org.vnetwork.tests.misbehaving.Blocking;
import org.vnetwork.tests.misbehaving.Intruding;
import org.vnetwork.tests.misbehaving.Keeping;
import org.vnetwork.tests.misbehaving.Misbehaving;
import org.vnetwork.tests.misbehaving.Silent;
import org.vnetwork.tests.misbehaving.Sleeping;
import org.vnetwork.tests.misbehaving.Spinning;
import org.vnetwork.tests.misbehaving.Throwing;
import org.vnetwork.tests.misbehaving.Writing;

/** Plugins that misbehave for each frame of a kind: they are cut off, others take over, and nothing else is disturbed. */
class MisbehavingPluginsTest {
    /** Frames after which one is cut off at the latest; a few more, for those that were on their way. */
    private static final int MOST = 110;
    private static final int MORE = 100;
    private static final long ANSWER_MILLIS = 5_000;
    private static final long SILENCE_MILLIS = 200;

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

    /** What happened at one switch, for the message of a test. */
    private record CutOff(int frames, long millis) {
        @Override
        public String toString() {
            return "cut off after " + frames + " frames and " + millis + " ms";
        }
    }

    /** Sends frames that do harm until a list says that the plugin is cut off. */
    private CutOff provoke(Stations at, String list) throws IOException {
        long begin = System.nanoTime();
        int frames = 0;
        while (!host.run(list).contains("cut off")) {
            assertTrue(frames < MOST, () -> "not cut off: " + host.run(list) + host.run("host:events"));
            at.send(Misbehaving.HARMFUL);
            frames++;
        }
        return new CutOff(frames, (System.nanoTime() - begin) / 1_000_000);
    }

    /** What all have in common: installed flows go on, new ones are decided as the policy says, the books balance, the other switch decides new flows. */
    private void holds(Stations at, Stations beside, boolean open, CutOff cutOff) throws Exception {
        assertTrue(beside.passes(Misbehaving.HARMFUL, ANSWER_MILLIS), "the other switch decides no new flow");
        int before = at.arrived();
        Until.holds(() -> "the installed flow does not go on", () -> at.arrived() > before + MORE);
        assertEquals(open, at.passes(Misbehaving.HARMFUL, open ? ANSWER_MILLIS : SILENCE_MILLIS), () -> cutOff + ": " + host.run("drops:list " + at.name) + host.run("host:events"));
        assertEquals(0, at.lost(), () -> "frames of the installed flow that were lost; " + cutOff + host.run("drops:list " + at.name) + host.run("flow:list " + at.name) + host.run("host:events"));
        at.balance();
    }

    @ParameterizedTest
    @ValueSource(classes = {Throwing.class, Silent.class, Spinning.class, Sleeping.class, Blocking.class, Allocating.class, Writing.class, Intruding.class, Keeping.class})
    void anEngineIsCutOffAndItsSwitchDoesAsItsPolicySays(Class<?> kind) throws Exception {
        host.install(kind);
        try (Stations beside = host.stations("beside", "")) {
            for (boolean open : List.of(true, false)) {
                String name = open ? "open" : "closed";
                try (Stations at = host.stations(name, "--fail " + name)) {
                    host.run("engine:swap " + name + " " + PluginHost.nameOf(kind), "~ switch " + name + ": engine learning");
                    holds(at, beside, open, provoke(at, "switch:show " + name));
                }
            }
            host.told(kind, kind != Silent.class, "");
            assertEquals(0, beside.lost(), "frames lost at the other switch");
            beside.balance();
        }
        host.goesDownCleanly();
    }

    @ParameterizedTest
    @ValueSource(classes = {Throwing.class, Spinning.class, Sleeping.class, Blocking.class, Allocating.class, Writing.class, Intruding.class, Keeping.class})
    void aFilterIsCutOffAndItsSlotDoesAsItsPolicySays(Class<?> kind) throws Exception {
        host.install(kind);
        try (Stations beside = host.stations("beside", "")) {
            for (boolean open : List.of(true, false)) {
                String name = open ? "open" : "closed";
                try (Stations at = host.stations(name, "")) {
                    host.run("filter:add " + name + "/c " + PluginHost.nameOf(kind) + " --fail " + name, "+ filter");
                    holds(at, beside, open, provoke(at, "port:show " + name + " c"));
                }
            }
            host.told(kind, true, "");
            assertEquals(0, beside.lost(), "frames lost at the other switch");
            beside.balance();
        }
        host.goesDownCleanly();
    }

    @Test
    void oneThatWasCutOffIsGivenAnotherChanceByASwap() throws Exception {
        host.install(Throwing.class);
        try (Stations at = host.stations("open", "--fail open")) {
            host.run("engine:swap open throwing", "~ switch open");
            provoke(at, "switch:show open");
            host.run("engine:swap open flood", "~ switch open");
            String again = host.run("engine:swap open throwing");
            assertTrue(!host.run("switch:show open").contains("cut off"), again);
            assertTrue(at.passes(Misbehaving.HARMLESS, ANSWER_MILLIS), again);
            provoke(at, "switch:show open");
            assertEquals(0, at.lost());
            at.balance();
        }
        host.goesDownCleanly();
    }
}

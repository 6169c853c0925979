package org.vnetwork.tests.transcripts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.tests.kernel.Until;

/** Versions of one bundle side by side in a running host, stopped, updated and removed while in use; and swaps that wait to be confirmed. */
class GenerationsTest {
    private static final String ENGINE = """
            package com.acme.two;

            import org.osgi.service.component.annotations.Component;
            import org.osgi.service.component.annotations.ServiceScope;
            import org.vnetwork.engine.EngineName;
            import org.vnetwork.engine.ForwardingEngine;
            import org.vnetwork.packet.DropReason;
            import org.vnetwork.packet.Forward;
            import org.vnetwork.packet.Packet;

            @EngineName("two")
            @Component(service = ForwardingEngine.class, scope = ServiceScope.PROTOTYPE)
            public final class TwoEngine implements ForwardingEngine {
                @Override
                public void decide(Packet packet, Forward forward) {
                    forward.drop(DropReason.of("two/of-VERSION"));
                }
            }
            """;
    private static final String FILTER = """
            package com.acme.two;

            import org.osgi.service.component.annotations.Component;
            import org.osgi.service.component.annotations.ServiceScope;
            import org.vnetwork.filter.FilterName;
            import org.vnetwork.filter.PacketFilter;
            import org.vnetwork.filter.Verdict;
            import org.vnetwork.packet.Packet;

            @FilterName("second")
            @Component(service = PacketFilter.class, scope = ServiceScope.PROTOTYPE)
            public final class SecondFilter implements PacketFilter {
                @Override
                public void filter(Packet packet, Verdict verdict) {
                    verdict.pass();
                }
            }
            """;
    private static final String FRAME = "'eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02) payload(46)'";

    @TempDir
    private Path folder;
    private RunningHost host;

    @BeforeEach
    void start() throws Exception {
        host = startAgain();
    }

    private RunningHost startAgain() throws Exception {
        return RunningHost.start(folder.resolve("host"), "generations-" + ProcessHandle.current().pid(), "sim");
    }

    @AfterEach
    void stop() throws Exception {
        if (host != null) {
            host.stop();
        }
    }

    /** The jar of a version. */
    private String jar(String version) throws Exception {
        Path at = folder.resolve(version);
        if (!Files.exists(at)) {
            SourceBundle.make(Files.createDirectory(at), List.of(ENGINE.replace("VERSION", version.replace('.', '-')), FILTER), "Bundle-SymbolicName: com.acme.two\nBundle-Version: " + version + "\n-privatepackage: com.acme.two\n");
        }
        return at.resolve("plugin.jar").toUri().toString();
    }

    private String run(String command) throws IOException {
        return host.run(command);
    }

    private void until(String command, String says) throws IOException {
        Until.holds(() -> run(command), () -> run(command).contains(says));
    }

    private String drops() throws IOException {
        return run("drops:list sw1");
    }

    private void twoPorts(String engine) throws IOException {
        String said = run("switch:create sw1 --engine " + engine + "; port:add sw1 a --sim; port:add sw1 b --sim");
        assertEquals(3, said.lines().filter(line -> line.startsWith("+ ")).count(), said);
    }

    @Test
    void aSecondVersionStandsByAndTakesOverByItsName() throws Exception {
        run("felix:start " + jar("1.0.0"));
        until("engine:list", "two ");
        twoPorts("two");
        assertTrue(run("filter:add a second").contains("second@1.0.0"), run("filter:list"));
        run("packet:inject sw1 a " + FRAME);
        String flows = run("flow:list sw1");
        String upcalls = run("switch:list");
        run("felix:start " + jar("2.0.0"));
        until("engine:list", "two       2.0.0");
        until("filter:list", "second  2.0.0");
        assertTrue(run("engine:list").matches("(?s).*two +2\\.0\\.0 +com\\.acme\\.two +standby +-.*two +1\\.0\\.0 +com\\.acme\\.two +in use +sw1.*"), run("engine:list"));
        assertTrue(run("filter:list").matches("(?s).*second +2\\.0\\.0 +com\\.acme\\.two +standby +-.*second +1\\.0\\.0 +com\\.acme\\.two +in use +sw1/a.*"), run("filter:list"));
        assertEquals(flows, run("flow:list sw1"));
        assertEquals(upcalls, run("switch:list"));
        String planned = run("engine:swap sw1 two --plan");
        assertTrue(planned.contains("engine two@1.0.0 -> two@2.0.0") && planned.contains("0 same, 1 changed, 0 split") && planned.contains("planned only"), planned);
        assertTrue(run("engine:swap sw1 two").contains("flows 0 kept, 1 replaced, 0 drained, 0 revoked"));
        assertTrue(run("filter:swap a 1 second").contains("~ slot 1 of a: filter second@1.0.0 -> second@2.0.0"));
        run("packet:inject sw1 a " + FRAME);
        assertTrue(drops().contains("two/of-2-0-0") && drops().contains("two/of-1-0-0"), drops());
        assertTrue(run("engine:swap sw1 two@1.0.0").contains("two@2.0.0 -> two@1.0.0"));
    }

    @Test
    void itsFlowsGoOnWhileItIsStoppedAndItIsTakenBack() throws Exception {
        run("felix:start " + jar("1.0.0") + " " + jar("2.0.0"));
        until("engine:list", "two       1.0.0");
        twoPorts("two@1.0.0");
        run("packet:inject sw1 a " + FRAME);
        String id = run("felix:lb -s").lines().filter(line -> line.contains("com.acme.two") && line.contains("1.0.0")).map(line -> line.strip().split("\\|")[0].strip()).findFirst().orElseThrow();
        run("felix:stop " + id);
        until("engine:list", "not installed");
        run("packet:inject sw1 a " + FRAME);
        assertTrue(drops().matches("(?s).*two/of-1-0-0 +2.*"), drops());
        assertEquals("", run("felix:start " + id));
        until("host:events", "engine two@1.0.0 is installed, and decides again");
        run("felix:refresh " + id);
        until("engine:list", "in use");
        assertEquals("", run("felix:update " + id + " " + jar("1.1.0")));
        until("host:events", "engine two@1.0.0 is not installed any more: two@1.1.0 of the same bundle takes its place");
        until("switch:list", "two@1.1.0");
        run("felix:uninstall " + id);
        until("switch:list", "two@1.1.0 (not installed, fails closed)");
        assertTrue(run("engine:swap sw1 two").contains("two@1.1.0 -> two@2.0.0"));
    }

    @Test
    void aTrialEndsWithTheProcessOrWithItsTime() throws Exception {
        twoPorts("learning");
        assertTrue(run("engine:swap sw1 flood --confirm-within 1h").contains("to be confirmed until"));
        host.kill();
        host = startAgain();
        assertTrue(run("host:events").contains("was not confirmed before the process ended: learning@"), run("host:events"));
        assertTrue(run("config:show").contains("--engine learning@"), run("config:show"));
        run("engine:swap sw1 flood --confirm-within 1s");
        until("host:events", "was not confirmed in time: learning@");
        until("switch:list", "learning@");
        run("engine:swap sw1 flood --confirm-within 1h");
        run("engine:confirm sw1");
        host.kill();
        host = startAgain();
        assertTrue(run("config:show").contains("--engine flood@"), run("config:show"));
    }
}

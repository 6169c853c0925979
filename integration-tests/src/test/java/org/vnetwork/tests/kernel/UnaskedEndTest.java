package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.tests.transcripts.RunningHost;
import org.vnetwork.tests.transcripts.SourceBundle;

/** A host's process ends though nobody took the host down: whatever ended it, flows in the kernel go on and the next host takes them over. */
class UnaskedEndTest {
    private static final String HOST = Lab.name("-u");
    private static final String ENGINE = """
            package com.acme.exits;

            import org.osgi.framework.BundleException;
            import org.osgi.framework.FrameworkUtil;
            import org.osgi.service.component.annotations.Component;
            import org.osgi.service.component.annotations.ServiceScope;
            import org.vnetwork.engine.EngineName;
            import org.vnetwork.engine.ForwardingEngine;
            import org.vnetwork.packet.Field;
            import org.vnetwork.packet.Forward;
            import org.vnetwork.packet.Packet;

            @EngineName("exits")
            @Component(service = ForwardingEngine.class, scope = ServiceScope.PROTOTYPE)
            public final class ExitsEngine implements ForwardingEngine {
                @Override
                public void decide(Packet packet, Forward forward) {
                    if (packet.get(Field.ETHER_TYPE) == 0x88b6) {
                        System.exit(0);
                    }
                    if (packet.get(Field.ETHER_TYPE) == 0x88b7) {
                        try {
                            FrameworkUtil.getBundle(ExitsEngine.class).getBundleContext().getBundle(0).stop();
                        } catch (BundleException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                    forward.flood();
                }
            }
            """;

    @TempDir
    private Path folder;
    private final Lab lab = new Lab();
    private Stations stations;
    private RunningHost host;

    @BeforeEach
    void open() throws Exception {
        Lab.needed();
        stations = new Stations(lab, "u");
        host = RunningHost.start(folder, HOST, "ebpf");
        String said = host.run("switch:create sw1; port:add sw1 one --netdev " + Lab.name("u1h") + "; port:add sw1 two --netdev " + Lab.name("u2h"));
        assertTrue(said.contains("port two of sw1"), said);
    }

    @AfterEach
    void close() throws Exception {
        try (lab) {
            if (host != null) {
                host.stop();
            }
        }
        assertEquals(List.of(), Lab.traces());
    }

    private interface End {
        void happen() throws Exception;
    }

    /** Until a hundred in a row are answered. */
    private static void untilAnswered(Ping ping) throws Exception {
        int[] from = {ping.sent()};
        Until.holds(() -> ping.missing(from[0], from[0] + 100) + " of 100 not answered", () -> {
            if (ping.sent() > from[0] + 150 && ping.missing(from[0], from[0] + 100) > 0) {
                from[0] = ping.sent();
            }
            return ping.sent() >= from[0] + 100 && ping.missing(from[0], from[0] + 100) == 0;
        });
    }

    private void assertHarmless(End end) throws Exception {
        try (Ping ping = stations.ping()) {
            Until.holds(() -> host.run("flow:list sw1"), () -> ping.sent() > 300 && host.run("flow:list sw1").lines().filter(line -> line.contains("output") && !line.contains("copy")).count() == 2);
            untilAnswered(ping);
            int before = ping.sent();
            end.happen();
            Until.holds(() -> "the process is still there", () -> !host.isAlive());
            untilAnswered(ping);
            host = RunningHost.start(folder, HOST, "ebpf");
            untilAnswered(ping);
            ping.stop();
            assertEquals(0, ping.missing(before, ping.sent() - 50), "lost");
        }
        assertTrue(host.run("port:show sw1 one").lines().anyMatch(line -> line.matches("received +\\d{3,}.*")), "counters go on");
    }

    /** Has the engine decide about a frame of this type. */
    private void assertHarmless(int type) throws Exception {
        Path jar = SourceBundle.make(Files.createDirectory(folder.resolve("bundle")), List.of(ENGINE), "Bundle-SymbolicName: com.acme.exits\n-privatepackage: com.acme.exits\n");
        host.run("felix:start " + jar.toUri());
        Until.holds(() -> host.run("engine:list"), () -> host.run("engine:list").contains("exits"));
        host.run("engine:swap sw1 exits");
        byte[] fatal = new byte[60];
        fatal[0] = 2;
        fatal[6] = 2;
        fatal[11] = 1;
        fatal[12] = (byte) (type >> 8);
        fatal[13] = (byte) type;
        try (Wire wire = new Wire(stations.first, Lab.name("u1"))) {
            assertHarmless(() -> wire.send(fatal));
        }
    }

    @Test
    void aPluginThatEndsTheProcessWhileItDecides() throws Exception {
        assertHarmless(0x88b6);
    }

    @Test
    void aPluginThatStopsTheFrameworkWhileItDecides() throws Exception {
        assertHarmless(0x88b7);
    }

    @Test
    void aSignalThatIsNotFromDown() throws Exception {
        assertHarmless(host::terminate);
    }
}

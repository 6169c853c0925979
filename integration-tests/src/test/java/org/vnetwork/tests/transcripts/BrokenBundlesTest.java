package org.vnetwork.tests.transcripts;

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

/** Bundles whose engine cannot be used, in a running host: each is told with the reason. */
class BrokenBundlesTest {
    private static final String ENGINE = """
            package com.acme.NAME;

            import org.osgi.service.component.annotations.Component;
            import org.osgi.service.component.annotations.ServiceScope;
            import org.vnetwork.engine.EngineName;
            import org.vnetwork.engine.ForwardingEngine;
            import org.vnetwork.packet.Forward;
            import org.vnetwork.packet.Packet;

            ANNOTATIONS
            public final class Broken implements ForwardingEngine {
                public Broken() {
                    CONSTRUCTOR
                }

                @Override
                public void decide(Packet packet, Forward forward) {
                    forward.flood();
                }
            }
            """;

    @TempDir
    private Path folder;
    private RunningHost host;

    @BeforeEach
    void start() throws Exception {
        host = RunningHost.start(Files.createDirectory(folder.resolve("host")), "broken-" + ProcessHandle.current().pid(), "sim");
    }

    @AfterEach
    void stop() throws Exception {
        if (host != null) {
            host.stop();
        }
    }

    private void install(String name, String annotations, String constructor) throws Exception {
        Path jar = SourceBundle.make(Files.createDirectory(folder.resolve(name)), List.of(ENGINE.replace("NAME", name).replace("ANNOTATIONS", annotations).replace("CONSTRUCTOR", constructor)),
                "Bundle-SymbolicName: com.acme." + name + "\n-privatepackage: com.acme." + name + "\n");
        host.run("felix:start " + jar.toUri());
    }

    private void untilEvents(String said) throws Exception {
        Until.holds(() -> run("host:events"), () -> run("host:events").contains(said));
    }

    private String run(String command) {
        try {
            return host.run(command);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void theReasonIsToldForEachKind() throws Exception {
        install("throwing", "@EngineName(\"throwing\") @Component(service = ForwardingEngine.class, scope = ServiceScope.PROTOTYPE)", "throw new IllegalStateException(\"no licence\");");
        install("single", "@EngineName(\"single\") @Component(service = ForwardingEngine.class)", "");
        install("silent", "", "");
        untilEvents("engine single of bundle com.acme.single is refused: its component makes one instance for all");
        untilEvents("com.acme.silent  is written against engines or filters and offers none: it has no header Service-Component");
        Until.holds(() -> run("engine:list"), () -> run("engine:list").contains("throwing"));
        run("switch:create sw1");
        String said = run("engine:swap sw1 throwing");
        assertTrue(said.contains("did not open (bundle com.acme.throwing could not make it: java.lang.IllegalStateException: no licence)"), said);
        String again = run("engine:swap sw1 throwing");
        assertTrue(again.contains("java.lang.IllegalStateException: no licence"), again);
        assertTrue(run("engine:list").contains("refused: its component makes one instance"), run("engine:list"));
    }
}

package org.vnetwork.tests.transcripts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plugin that prints: its lines are in the log, under its name, and not where the operator types. */
class NoisyPluginTest {
    private static final String ENGINE = """
            package com.acme.noisy;

            import org.osgi.service.component.annotations.Component;
            import org.osgi.service.component.annotations.ServiceScope;
            import org.vnetwork.engine.EngineName;
            import org.vnetwork.engine.ForwardingEngine;
            import org.vnetwork.packet.Forward;
            import org.vnetwork.packet.Packet;
            import org.vnetwork.table.Context;

            @EngineName("noisy")
            @Component(service = ForwardingEngine.class, scope = ServiceScope.PROTOTYPE)
            public final class NoisyEngine implements ForwardingEngine {
                @Override
                public void open(Context context) {
                    System.out.println("VERSION opens");
                    System.err.printf("careful: %d%n", 7);
                }

                @Override
                public void decide(Packet packet, Forward forward) {
                    forward.flood();
                }
            }
            """;

    @TempDir
    private Path folder;

    private Path make(String name, String version) throws Exception {
        return SourceBundle.make(Files.createDirectory(folder.resolve(name)), List.of(ENGINE.replace("VERSION", version)),
                "Bundle-SymbolicName: com.acme.noisy\n-privatepackage: com.acme.noisy\n");
    }

    @Test
    void itsLinesAreInTheLogUnderItsNameAndTheNewCodeOfAJarIsTakenByUpdate() throws Exception {
        Path jar = make("one", "first");
        Path home = Files.createDirectory(folder.resolve("host"));
        RunningHost host = RunningHost.start(home, "noisy-" + ProcessHandle.current().pid(), "sim");
        try {
            assertEquals("", host.run("felix:start " + jar.toUri()));
            assertEquals("+ switch sw1: engine noisy@0.0.0, datapath sim\n", host.run("switch:create sw1 --engine noisy --datapath sim"));
            Path log = home.resolve("run/vnet.log");
            String logged = Files.readString(log);
            assertTrue(logged.contains("com.acme.noisy: standard output: first opens\n"), logged);
            assertTrue(logged.contains("com.acme.noisy: standard error: careful: 7\n"), logged);
            assertFalse(Files.readString(home.resolve("output")).contains("careful"));
            Files.move(make("two", "second"), jar, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            assertTrue(host.run("felix:start " + jar.toUri()).contains(" is already installed as bundle "));
            assertEquals("", host.run("felix:update com.acme.noisy"));
            assertEquals("+ switch sw2: engine noisy@0.0.0, datapath sim\n", host.run("switch:create sw2 --engine noisy --datapath sim"));
            logged = Files.readString(log);
            assertTrue(logged.contains("com.acme.noisy: standard output: second opens\n"), logged);
        } finally {
            host.stop();
        }
    }
}

package org.vnetwork.tests.transcripts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.tests.Product;
import org.vnetwork.tests.kernel.Until;

/** Bundles that never end to start, by their activator or a component's constructor: neither console nor host waits for them for ever. */
class HangingBundlesTest {
    private static final String ACTIVATOR = """
            package com.acme.hanging;

            import java.util.concurrent.locks.LockSupport;
            import org.osgi.framework.BundleActivator;
            import org.osgi.framework.BundleContext;

            public final class Activator implements BundleActivator {
                @Override
                public void start(BundleContext context) {
                    while (true) {
                        LockSupport.park();
                    }
                }

                @Override
                public void stop(BundleContext context) {
                }
            }
            """;
    private static final String COMPONENT = """
            package com.acme.slow;

            import java.util.concurrent.locks.LockSupport;
            import org.osgi.service.component.annotations.Component;

            @Component(service = {}, immediate = true)
            public final class Slow {
                public Slow() {
                    while (true) {
                        LockSupport.park();
                    }
                }
            }
            """;
    private static final String IN_ACTIVATOR = "com.acme.hanging.Activator.start(Activator.java:";
    private static final String IN_COMPONENT = "com.acme.slow.Slow.<init>(Slow.java:";

    @TempDir
    private Path folder;
    private RunningHost host;

    @AfterEach
    void stop() throws Exception {
        if (host != null) {
            host.kill();
        }
    }

    private Path activator() throws Exception {
        return SourceBundle.make(Files.createDirectory(folder.resolve("activator")), List.of(ACTIVATOR),
                "Bundle-SymbolicName: com.acme.hanging\nBundle-Activator: com.acme.hanging.Activator\n-privatepackage: com.acme.hanging\n");
    }

    private Path component() throws Exception {
        return SourceBundle.make(Files.createDirectory(folder.resolve("component")), List.of(COMPONENT), "Bundle-SymbolicName: com.acme.slow\n-privatepackage: com.acme.slow\n");
    }

    private static String name() {
        return "hanging-" + ProcessHandle.current().pid();
    }

    private void works() throws IOException {
        String said = host.run("switch:create sw1 --engine flood; port:add sw1 a --sim; switch:list");
        assertTrue(said.contains("+ port a of sw1") && said.contains("ready"), said);
    }

    @Test
    void theConsoleGivesUpAndSaysWhereItIs() throws Exception {
        host = RunningHost.start(folder.resolve("host"), name(), "sim");
        for (Path jar : List.of(activator(), component())) {
            String said = host.run("felix:start " + jar.toUri());
            assertTrue(said.contains("cannot start: not done after 10 s, it is in ") && (said.contains(IN_ACTIVATOR) || said.contains(IN_COMPONENT)), said);
            assertEquals(1, said.lines().count(), said);
        }
        works();
        assertTrue(host.stop(), "the host does not end by itself");
    }

    @Test
    void theHostStartsWithoutThem() throws Exception {
        Path home = Files.createDirectories(folder.resolve("home"));
        Path bundles = Files.createDirectory(home.resolve("bundles"));
        for (Path jar : Product.runList()) {
            Files.createSymbolicLink(bundles.resolve(jar.getFileName()), jar);
        }
        Files.copy(activator(), bundles.resolve("hanging.jar"));
        Files.copy(component(), bundles.resolve("slow.jar"));
        List<String> lines = new ArrayList<>(Files.readAllLines(Product.HOME.resolve("run.list")));
        int core = lines.indexOf(lines.stream().filter(line -> line.startsWith("bundles/org.vnetwork.core")).findFirst().orElseThrow());
        lines.addAll(core, List.of("bundles/hanging.jar", "bundles/slow.jar"));
        Files.write(home.resolve("run.list"), lines);
        host = RunningHost.start(folder.resolve("host"), name(), "sim", home);
        works();
        Until.holds(() -> "not ready", () -> Files.exists(folder.resolve("host/run/ready")));
        try (Stream<String> ready = Files.lines(folder.resolve("host/run/ready"))) {
            List<String> told = ready.filter(line -> line.contains("has not started within 10 s")).toList();
            assertEquals(2, told.size(), told.toString());
            assertTrue(told.getFirst().startsWith("bundle com.acme.hanging ") && told.getFirst().contains(IN_ACTIVATOR), told.getFirst());
            assertTrue(told.getLast().startsWith("bundle com.acme.slow ") && told.getLast().contains(IN_COMPONENT), told.getLast());
        }
        assertTrue(host.stop(), "the host does not end by itself");
    }
}

package org.vnetwork.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.dto.ServiceReferenceDTO;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.vnetwork.control.Edits;
import org.vnetwork.engine.learning.LearningEngine;
import org.vnetwork.model.Refusal;

/** What is wrong with a plugin's class is said when it is installed or asked for, in a line. */
class BrokenPluginsTest {
    @TempDir
    private Path folder;

    private static String refusal(Runnable edit) {
        return assertThrows(Refusal.class, edit::run).getMessage();
    }

    @Test
    void aPluginWithOneInstanceForAllIsRefusedAtOnce() {
        try (TestHost host = new TestHost(folder).sw("sw1").port("sw1", "web1")) {
            host.scope = "bundle";
            host.engine("single", LearningEngine::new);
            host.filter("alone", () -> null);
            String why = " is refused: its component makes one instance for all (expected: scope = ServiceScope.PROTOTYPE in @Component, since each switch and port has its own)";
            String subject = "host " + host.switches.settings().name();
            assertTrue(host.events().containsAll(List.of(subject + ": engine single of bundle test.single" + why, subject + ": filter alone of bundle test.alone" + why)), host.events().toString());
            assertEquals("engine: single of bundle test.single" + why, refusal(() -> host.configuration.apply(Edits.swapEngine("sw1", "single"))));
            assertEquals("filter: alone of bundle test.alone" + why, refusal(() -> host.configuration.apply(Edits.addFilter("sw1", "web1", "alone", 1, false))));
            assertEquals(List.of("single"), host.installed.refused().views("engine").stream().map(v -> v.name()).toList());
            host.withoutEngine("single");
            assertEquals(List.of(), host.installed.refused().views("engine"));
            assertEquals(List.of("alone"), host.installed.refused().views("filter").stream().map(v -> v.name()).toList());
        }
    }

    @Test
    void whatAConstructorThrewIsSaid() {
        try (TestHost host = new TestHost(folder).sw("sw1")) {
            host.engine("broken", () -> null);
            ComponentConfigurationDTO failed = new ComponentConfigurationDTO();
            failed.service = new ServiceReferenceDTO();
            failed.service.id = 1;
            failed.failure = "java.lang.reflect.InvocationTargetException\n\tat a.b(c)\nCaused by: java.lang.IllegalStateException: no licence\n\tat com.acme.Broken.<init>(Broken.java:3)\n";
            host.failures.add(failed);
            assertEquals("engine: broken did not open (bundle test.broken could not make it: java.lang.IllegalStateException: no licence); the switch keeps its engine",
                    refusal(() -> host.configuration.apply(Edits.swapEngine("sw1", "broken"))));
            assertTrue(refusal(() -> host.configuration.plan(Edits.swapEngine("sw1", "broken"))).contains("no licence"));
        }
    }
}

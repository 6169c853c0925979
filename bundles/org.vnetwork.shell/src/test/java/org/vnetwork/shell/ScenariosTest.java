package org.vnetwork.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The transcripts that the integration tests replay, as far as this bundle can tell: their commands exist. */
class ScenariosTest {
    private static final Path SCENARIOS = Path.of("../../integration-tests/scenarios");
    private static final String PROMPT = "vnet> ";

    @Test
    void everyCommandExists() throws IOException {
        try (TestConsole console = new TestConsole(); Stream<Path> files = Files.list(SCENARIOS)) {
            List<Path> scenarios = files.filter(f -> f.toString().endsWith(".vnet")).sorted().toList();
            assertTrue(scenarios.size() >= 6);
            for (Path scenario : scenarios) {
                List<String> unknown = Files.readAllLines(scenario).stream().filter(l -> l.startsWith(PROMPT)).map(l -> l.substring(PROMPT.length()).split(" ")[0])
                        .filter(name -> console.commands.find(name).isEmpty()).toList();
                assertEquals(scenario.endsWith("errors.vnet") ? List.of("swich:list", "list") : List.of(), unknown, scenario.toString());
            }
        }
    }
}

package org.vnetwork.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines that nobody would type: each ends, and each failure is one line. */
@Timeout(60)
class RandomLinesTest {
    private static final List<String> PIECES = List.of("switch:", "create", "list", "port:add", "sw1", " ", " ", " ", "--plan", "--", "-", "=", "x", "1", "'", "\"", "(", ")", "[", "]",
            "{", "}", "$", "|", ";", "&&", "||", "#", "\\", "<", ">", "*", "?", "~", "!", ",", ":", "\n", "\t", "é", "\0", "null", "true", "grep", "help", "osgi:eval");

    @Test
    void neverPrintMoreThanOneLineOfError() {
        Random random = new Random(7);
        try (TestConsole console = TestConsole.after("switch:create sw1")) {
            for (int i = 0; i < 3_000; i++) {
                StringBuilder line = new StringBuilder();
                for (int pieces = 1 + random.nextInt(8); pieces > 0; pieces--) {
                    line.append(PIECES.get(random.nextInt(PIECES.size())));
                }
                console.run(line.toString());
                assertEquals(console.succeeded() ? 0 : 1, console.errors().lines().count(), () -> line + "\n" + console.errors());
            }
        }
    }
}

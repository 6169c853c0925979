package org.vnetwork.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.vnetwork.shell.command.Scope;
import org.vnetwork.shell.text.CommandHelp;
import org.vnetwork.shell.text.Ink;
import org.vnetwork.shell.text.Text;

/** Keeps the list of commands in docs/console.md as help prints it; {@code -Dvnet.accept} writes it. */
class ManualTest {
    private static final Path MANUAL = Path.of("../../docs/console.md");
    private static final String BEGIN = "<!-- commands: written by ManualTest -->\n";

    @Test
    void theManualSaysWhatHelpSays() throws IOException {
        String manual = Files.readString(MANUAL);
        int begin = manual.indexOf(BEGIN) + BEGIN.length();
        String expected = manual.substring(0, begin) + commands();
        if (Boolean.getBoolean("vnet.accept")) {
            Files.writeString(MANUAL, expected);
        } else {
            assertEquals(expected, manual, "docs/console.md differs from help; run the test with -Dvnet.accept=true to write it");
        }
    }

    private static String commands() {
        try (TestConsole console = new TestConsole()) {
            StringBuilder text = new StringBuilder();
            List<String> scopes = new ArrayList<>(console.commands.scopes());
            scopes.add(Scope.NONE);
            for (String scope : scopes) {
                text.append("\n## ").append(scope.equals(Scope.NONE) ? "Without a scope" : scope).append('\n');
                for (ConsoleCommand command : console.commands.in(scope)) {
                    CommandHelp help = command.help();
                    text.append("\n### ").append(help.command()).append("\n```\n").append(Text.of(help, Ink.PLAIN)).append("```\n");
                }
            }
            return text.toString();
        }
    }
}

package org.vnetwork.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code ./vnet} says to those who ask, and to those who mistype. */
class ScriptHelpTest {
    @ParameterizedTest
    @ValueSource(strings = {"up", "down", "status", "sh", "vm", "vm list", "vm web1", "demo", "test", "doctor", "build", "up --daemon --name x"})
    void everyCommandHasHelp(String command) {
        for (String option : new String[] {"--help", "-h"}) {
            Vnet.Answer answer = Vnet.answer((command + " " + option).split(" "));
            assertEquals(0, answer.status(), answer.text());
            assertTrue(answer.text().startsWith("usage: ./vnet " + command.replaceFirst(" .*", "")), answer.text());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '!', textBlock = """
            up --foo ! 1 ! up: --foo (expected: up [--daemon] [--name N] [--datapath ebpf|user|sim] [--data DIR]); ./vnet up --help says more
            down sw1 ! 1 ! down: sw1 (expected: down [--name N | --all] [--keep-forwarding]); ./vnet down --help says more
            sh --foo ! 1 ! sh: --foo (expected: sh [--name N] [--json] ['COMMAND']); ./vnet sh --help says more
            status x ! 1 ! status: x (expected: status [--name N] [--json]); ./vnet status --help says more
            build x ! 1 ! build: x (expected: build); ./vnet build --help says more
            upp ! 2 ! vnet: no command upp (expected: doctor, build, up, down, status, sh, vm, demo, test, bench or help)
            """, quoteCharacter = '~')
    void aMistakeIsToldInOneLine(String command, int status, String line) {
        Vnet.Answer answer = Vnet.answer(command.split(" "));
        assertEquals(line + "\n", answer.text());
        assertEquals(status, answer.status());
    }
}

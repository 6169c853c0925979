package org.vnetwork.tests;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A configuration that was broken by hand: who starts the host reads what is used instead, and what is missing. */
class BrokenConfigurationTest {
    private static final String HOST = "broken-" + ProcessHandle.current().pid();

    @TempDir
    private Path folder;

    @AfterEach
    void down() {
        Vnet.answer("down", "--name", HOST);
    }

    private String up() {
        return Vnet.run("up", "--daemon", "--name", HOST, "--datapath", "sim", "--data", folder.toString());
    }

    @Test
    void upAndStatusSayThatTheOneBeforeIsUsedAndWhatDiffers() throws IOException {
        assertTrue(!up().contains("configuration"));
        Vnet.run("sh", "--name", HOST, "switch:create sw1 --datapath sim; port:add sw1 p1 --sim; port:add sw1 p2 --sim");
        Vnet.run("down", "--name", HOST);
        Path file = folder.resolve("configuration.json");
        Files.writeString(file, Files.readString(file).replace("\"access\"", "\"acess\""));
        String said = up();
        String problem = "configuration.previous.json is in force; not in force: port p2 of sw1";
        assertTrue(said.contains(" is up, pid ") && said.contains("\nconfiguration: configuration.json could not be used (") && said.contains("acess") && said.contains(problem), said);
        String status = Vnet.run("status", "--name", HOST);
        assertTrue(status.contains(problem), status);
        Vnet.run("sh", "--name", HOST, "port:add sw1 p2 --sim");
        assertTrue(Vnet.run("status", "--name", HOST).contains("as written"));
    }
}

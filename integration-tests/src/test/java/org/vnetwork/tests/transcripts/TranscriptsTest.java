package org.vnetwork.tests.transcripts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.tests.Product;

/** Replays integration-tests/scenarios on a host of the built product, through its console socket. */
class TranscriptsTest {
    @TempDir
    static Path folder;
    private static RunningHost host;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        host = RunningHost.start(folder, "sim");
    }

    @AfterAll
    static void stop() throws Exception {
        host.stop();
    }

    /** The tour in the README is one more transcript. */
    @Test
    void tour() throws IOException {
        replay(Product.ROOT.resolve("README.md"));
    }

    @TestFactory
    Stream<DynamicTest> scenarios() throws IOException {
        try (Stream<Path> files = Files.list(Product.ROOT.resolve("integration-tests/scenarios"))) {
            List<Path> transcripts = files.filter(file -> file.toString().endsWith(".vnet")).sorted().toList();
            return transcripts.stream().map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> replay(file)));
        }
    }

    private static void replay(Path transcript) throws IOException {
        // What an earlier one left behind when it failed is not this one's fault.
        host.run("config:show").lines().filter(line -> line.startsWith("switch:create ")).forEach(line -> run("switch:remove " + line.split(" ")[1]));
        new TranscriptRunner(TranscriptsTest::run).run(transcript);
    }

    private static String run(String command) {
        try {
            return host.run(command);
        } catch (IOException e) {
            throw new UncheckedIOException(command, e);
        }
    }
}

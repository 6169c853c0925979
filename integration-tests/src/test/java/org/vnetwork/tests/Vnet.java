package org.vnetwork.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The script {@code ./vnet}, as an operator types it, with the product as it is built. */
public final class Vnet {
    private static final int SECONDS = 120;

    private Vnet() {
    }

    /** What a command printed, and how it ended. */
    public record Answer(int status, String text) {
    }

    /** Runs it with these words. */
    public static Answer answer(String... words) {
        List<String> command = new ArrayList<>(List.of(Product.ROOT.resolve("vnet").toString()));
        command.addAll(List.of(words));
        return answer(new ProcessBuilder(command));
    }

    /** What it printed; fails when it fails. */
    public static String run(String... words) {
        Answer answer = answer(words);
        if (answer.status() != 0) {
            throw new AssertionError("./vnet " + String.join(" ", words) + ": " + answer.text());
        }
        return answer.text();
    }

    /** Runs a command that may use the script; what it leaves running in the background keeps no file of it open. */
    public static Answer answer(ProcessBuilder builder) {
        try {
            Path printed = Files.createTempFile("vnet-test", ".out");
            try {
                builder.environment().put("VNET_AS_BUILT", "yes");
                Process process = builder.redirectErrorStream(true).redirectInput(Path.of("/dev/null").toFile()).redirectOutput(printed.toFile()).start();
                if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroy);
                    process.destroy();
                    throw new AssertionError(builder.command() + " does not end: " + Files.readString(printed));
                }
                return new Answer(process.exitValue(), new String(Files.readAllBytes(printed), StandardCharsets.ISO_8859_1));
            } finally {
                Files.delete(printed);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}

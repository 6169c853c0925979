package org.vnetwork.tests.transcripts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.tests.Product;

/** Does what docs/plugin-guide.md says: compiles its code, makes the bundle, installs it into a running host, replays the commands. */
class PluginGuideTest {
    private static final Path GUIDE = Product.ROOT.resolve("docs/plugin-guide.md");
    private static final String JAR = "file:isolate.jar";

    @TempDir
    Path folder;

    @Test
    void theGuideIsRight() throws Exception {
        Path jar = SourceBundle.make(folder, blocks("java"), blocks("bnd").getFirst());
        RunningHost host = RunningHost.start(Files.createDirectory(folder.resolve("host")), "sim");
        try {
            new TranscriptRunner(command -> run(host, command.replace(JAR, jar.toUri().toString()))).run(GUIDE);
        } finally {
            host.stop();
        }
    }

    private static String run(RunningHost host, String command) {
        try {
            return host.run(command);
        } catch (IOException e) {
            throw new UncheckedIOException(command, e);
        }
    }

    private static List<String> blocks(String language) throws IOException {
        Matcher block = Pattern.compile("^```" + language + "\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE).matcher(Files.readString(GUIDE));
        List<String> found = new ArrayList<>();
        while (block.find()) {
            found.add(block.group(1));
        }
        return found;
    }
}

package org.vnetwork.tests.transcripts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import aQute.bnd.osgi.Builder;
import aQute.bnd.osgi.Jar;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
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
        Path jar = bundle(compile());
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

    /** Compiles the Java blocks as a newcomer would: against the product's bundles. */
    private Path compile() throws IOException {
        Path classes = Files.createDirectory(folder.resolve("classes"));
        List<Path> sources = new ArrayList<>();
        for (String block : blocks("java")) {
            Matcher type = Pattern.compile("public (?:final class|record) (\\w+)").matcher(block);
            assertTrue(type.find(), block);
            sources.add(Files.writeString(folder.resolve(type.group(1) + ".java"), block));
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter problems = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none", "-Xlint:all,-classfile,-path", "-Werror");
            assertTrue(compiler.getTask(problems, files, null, options, null, files.getJavaFileObjectsFromPaths(sources)).call(), problems::toString);
        }
        return classes;
    }

    /** Has bnd make the bundle by the guide's instructions. */
    private Path bundle(Path classes) throws Exception {
        Properties instructions = new Properties();
        instructions.load(new StringReader(blocks("bnd").getFirst()));
        try (Builder builder = new Builder()) {
            builder.setProperties(instructions);
            builder.addClasspath(classes.toFile());
            for (Path bundle : Product.runList()) {
                builder.addClasspath(bundle.toFile());
            }
            Jar jar = builder.build();
            assertEquals(List.of(), builder.getErrors());
            Path file = folder.resolve("isolate.jar");
            jar.write(file.toFile());
            return file;
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

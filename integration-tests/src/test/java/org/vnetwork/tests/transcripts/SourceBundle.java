package org.vnetwork.tests.transcripts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import aQute.bnd.osgi.Builder;
import aQute.bnd.osgi.Jar;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
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
import org.vnetwork.tests.Product;

/** Makes a plugin from its sources as a newcomer would: against the product's bundles, with bnd. */
public final class SourceBundle {
    private SourceBundle() {
    }

    /**
     * Compiles each source, which has one public type, and puts them into a jar by bnd's instructions.
     *
     * @param folder takes sources, classes and the jar
     */
    public static Path make(Path folder, List<String> sources, String instructions) throws Exception {
        return pack(folder, compile(folder, sources), instructions);
    }

    /** Puts classes that are compiled already into a jar by bnd's instructions, which must want them all. */
    public static Path pack(Path folder, Path classes, String instructions) throws Exception {
        Properties properties = new Properties();
        properties.load(new StringReader(instructions));
        try (Builder builder = new Builder()) {
            builder.setProperties(properties);
            builder.addClasspath(classes.toFile());
            for (Path bundle : Product.runList()) {
                builder.addClasspath(bundle.toFile());
            }
            Jar jar = builder.build();
            assertEquals(List.of(), builder.getErrors());
            Path file = folder.resolve("plugin.jar");
            jar.write(file.toFile());
            return file;
        }
    }

    private static Path compile(Path folder, List<String> sources) throws IOException {
        Path classes = Files.createDirectory(folder.resolve("classes"));
        List<Path> files = new ArrayList<>();
        for (String source : sources) {
            Matcher type = Pattern.compile("public (?:final class|record) (\\w+)").matcher(source);
            assertTrue(type.find(), source);
            files.add(Files.writeString(folder.resolve(type.group(1) + ".java"), source));
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter problems = new StringWriter();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none", "-Xlint:all,-classfile,-path", "-Werror");
            assertTrue(compiler.getTask(problems, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files)).call(), problems::toString);
        }
        return classes;
    }
}

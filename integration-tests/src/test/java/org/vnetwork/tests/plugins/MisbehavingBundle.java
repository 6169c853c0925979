package org.vnetwork.tests.plugins;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.vnetwork.tests.misbehaving.Misbehaving;
import org.vnetwork.tests.transcripts.SourceBundle;

/** Makes the small bundles of plugins that misbehave, each of classes that the build has compiled. */
public final class MisbehavingBundle {
    private static final String PACKAGE = Misbehaving.class.getPackageName();

    private MisbehavingBundle() {
    }

    /** Symbolic name of a kind's bundle. */
    public static String symbolicName(Class<?> kind) {
        return PACKAGE + "." + kind.getSimpleName().toLowerCase(java.util.Locale.ROOT);
    }

    /** A bundle of one class and those inside it; {@code more} are further instructions, a line each. */
    public static Path make(Path folder, Class<?> kind, String more) throws Exception {
        Path own = Files.createDirectories(folder.resolve(kind.getSimpleName()));
        Path classes = own.resolve("classes");
        Path target = Files.createDirectories(classes.resolve(PACKAGE.replace('.', '/')));
        Path built = Path.of(Misbehaving.class.getProtectionDomain().getCodeSource().getLocation().toURI()).resolve(PACKAGE.replace('.', '/'));
        for (Path file : files(built, List.of(Misbehaving.class, kind))) {
            Files.copy(file, target.resolve(file.getFileName()));
        }
        return SourceBundle.pack(own, classes, "Bundle-SymbolicName: " + symbolicName(kind) + "\nBundle-Version: 1.0.0\n-privatepackage: " + PACKAGE + "\n" + more);
    }

    private static List<Path> files(Path folder, List<Class<?>> types) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> types.stream().anyMatch(type -> file.getFileName().toString().matches(type.getSimpleName() + "(\\$.*)?\\.class"))).toList();
        }
    }
}

package org.vnetwork.assembler;

import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.service.feature.Feature;
import org.osgi.service.feature.FeatureExtension;
import org.osgi.service.feature.FeatureService;
import org.osgi.service.feature.ID;

/**
 * Builds the product folder out of the features.
 *
 * <p>The features say what runs; the class path (the dependencies of {@code product/pom.xml}) is the shelf that the jars are taken from,
 * so that a bundle in a feature that is not a dependency, or has another version there, ends the build with its name.
 */
public final class Assemble {
    /** The extension of a feature that names the jars of the launcher's class path. */
    private static final String CLASS_PATH = "vnetwork-class-path";

    private final Map<String, Path> shelf;
    private final ProductFolder product;

    private Assemble(Map<String, Path> shelf, ProductFolder product) {
        this.shelf = shelf;
        this.product = product;
    }

    /**
     * Reads features, writes the product.
     *
     * @param arguments the product folder, then the feature files in start order
     */
    public static void main(String[] arguments) throws IOException {
        try {
            Map<String, Path> shelf = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                    .map(Path::of)
                    .collect(Collectors.toMap(jar -> jar.getFileName().toString(), jar -> jar, (first, second) -> first));
            ProductFolder product = new ProductFolder(Path.of(arguments[0]));
            new Assemble(shelf, product).run(Stream.of(arguments).skip(1).map(Path::of).toList());
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private void run(List<Path> files) throws IOException {
        FeatureService service = ServiceLoader.load(FeatureService.class).findFirst().orElseThrow();
        List<String> lines = new ArrayList<>(List.of("# The bundles of this product in start order. Generated from features/*.json."));
        Map<String, String> taken = new LinkedHashMap<>();
        for (Path file : files) {
            Feature feature;
            try (Reader reader = Files.newBufferedReader(file)) {
                feature = service.readFeature(reader);
            }
            lines.add("feature " + feature.getID());
            for (var bundle : feature.getBundles()) {
                ID id = bundle.getID();
                String earlier = taken.putIfAbsent(id.getGroupId() + ":" + id.getArtifactId() + classifier(id), file.getFileName().toString());
                if (earlier != null) {
                    throw new IllegalArgumentException(file.getFileName() + ": " + id + " is in " + earlier + " already");
                }
                lines.add(product.put("bundles", jar(file, id)));
            }
            FeatureExtension classPath = feature.getExtensions().get(CLASS_PATH);
            if (classPath != null) {
                for (var artifact : classPath.getArtifacts()) {
                    product.put("lib", jar(file, artifact.getID()));
                }
            }
        }
        product.finish(lines);
    }

    /** What tells a jar of native code for one machine from that for another. */
    private static String classifier(ID id) {
        return id.getClassifier().map(c -> "-" + c).orElse("");
    }

    private Path jar(Path file, ID id) {
        String name = id.getArtifactId() + "-" + id.getVersion() + classifier(id) + ".jar";
        Path jar = shelf.get(name);
        if (jar == null) {
            String others = shelf.keySet().stream().filter(other -> other.startsWith(id.getArtifactId() + "-")).sorted().findFirst().orElse("no version of it");
            throw new IllegalArgumentException(file.getFileName() + ": " + id + " is no dependency of product/pom.xml (found there: " + others + ")");
        }
        return jar;
    }
}

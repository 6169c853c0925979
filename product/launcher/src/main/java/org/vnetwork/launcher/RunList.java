package org.vnetwork.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The bundles of this product, in start order; generated from {@code features/*.json} when the product is built.
 *
 * @param bundles absolute paths of the jars
 */
record RunList(List<Path> bundles) {

    static RunList read(Path home) throws StartFailure {
        Path file = home.resolve("run.list");
        try {
            return new RunList(Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith("bundles/"))
                    .map(home::resolve)
                    .toList());
        } catch (IOException e) {
            throw new StartFailure(file + ": cannot be read (build the product with ./vnet build)", e);
        }
    }
}

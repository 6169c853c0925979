package org.vnetwork.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The product that was built last, and the repository that it comes from. */
public final class Product {
    /** The repository's root folder. */
    public static final Path ROOT = Path.of(System.getProperty("vnet.root", "..")).toAbsolutePath().normalize();
    /** The folder that a host runs from. */
    public static final Path HOME = ROOT.resolve("product/target/vnet");

    private Product() {
    }

    /** Jars of the bundles in start order. */
    public static List<Path> runList() throws IOException {
        return Files.readAllLines(HOME.resolve("run.list")).stream()
                .filter(line -> line.startsWith("bundles/"))
                .map(HOME::resolve)
                .toList();
    }
}

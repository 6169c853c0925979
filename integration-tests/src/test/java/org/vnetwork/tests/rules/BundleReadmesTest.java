package org.vnetwork.tests.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.vnetwork.tests.Product;

/** Every bundle explains itself under the same five headings. */
class BundleReadmesTest {
    private static final List<String> HEADINGS = List.of("## Purpose", "## Hooks", "## Configuration", "## Counters and drop reasons", "## Limits");

    @TestFactory
    Stream<DynamicTest> hasTheFiveHeadings() throws IOException {
        try (Stream<Path> bundles = Stream.of("bundles", "datapath").flatMap(BundleReadmesTest::folders)) {
            List<Path> all = bundles.filter(folder -> Files.exists(folder.resolve("bnd.bnd"))).toList();
            assertTrue(all.size() > 10, all::toString);
            return all.stream().map(folder -> DynamicTest.dynamicTest(folder.getFileName().toString(), () -> check(folder.resolve("README.md"))));
        }
    }

    private static void check(Path readme) throws IOException {
        assertEquals(HEADINGS, Files.readAllLines(readme).stream().filter(line -> line.startsWith("## ")).toList());
    }

    private static Stream<Path> folders(String parent) {
        try {
            return Files.list(Product.ROOT.resolve(parent));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}

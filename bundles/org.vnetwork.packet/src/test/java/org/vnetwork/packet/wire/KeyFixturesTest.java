package org.vnetwork.packet.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The frames and keys that the eBPF program is held against, for the parser in Java. */
class KeyFixturesTest {
    private static final String KEYS = "datapath/ebpf/test/fixtures/keys.txt";

    @Test
    void agreesWithTheKernelProgramOnEveryFixture() throws IOException {
        Path file = null;
        for (Path at = Path.of("").toAbsolutePath(); at != null && file == null; at = at.getParent()) {
            file = Files.isRegularFile(at.resolve(KEYS)) ? at.resolve(KEYS) : null;
        }
        assumeTrue(file != null, KEYS + " is not in this tree");
        List<String> lines = Files.readAllLines(file).stream().filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
        assertTrue(lines.size() > 50, "fixtures: " + lines.size());
        for (String line : lines) {
            String[] parts = line.split("\\s*\\|\\s*");
            long[] expected = Arrays.stream(parts[2].split(" ")).mapToLong(word -> Long.parseUnsignedLong(word, 16)).toArray();
            assertArrayEquals(expected, KeyParserTest.key(HexFormat.of().parseHex(parts[1])), parts[0]);
        }
    }
}

package org.vnetwork.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How {@code ./vnet} and its benchmark install packages, with an apt-get that only notes how it was called. */
class InstallTest {
    private static final Path POLICY = Path.of("/usr/sbin/policy-rc.d");

    @TempDir
    private Path folder;

    @Test
    void startsNoServiceAndTakesNewListsWhenTheOldOnesAreNoUse() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "packages are installed by root");
        boolean there = Files.exists(POLICY);
        Path apt = Files.writeString(folder.resolve("apt-get"), """
                #!/bin/bash
                cd "${0%/*}" && /usr/sbin/policy-rc.d
                echo "$? $DEBIAN_FRONTEND $*" >>calls
                if [ "$1" = update ]; then touch updated; else [ -e updated ]; fi
                """);
        Files.setPosixFilePermissions(apt, PosixFilePermissions.fromString("rwxr-xr-x"));
        ProcessBuilder install = new ProcessBuilder(Product.ROOT.resolve("product/apt-install.sh").toString(), "one", "two");
        install.environment().remove("DEBIAN_FRONTEND");
        install.environment().compute("PATH", (name, path) -> folder + ":" + path);
        Vnet.Answer answer = Vnet.answer(install);
        assertEquals(0, answer.status(), answer.text());
        List<String> calls = Files.readAllLines(folder.resolve("calls"));
        // A policy that the machine has stays in force.
        String policy = there ? "\\d+" : "101";
        assertTrue(calls.stream().anyMatch(c -> c.matches(policy + "  update -q")), calls::toString);
        assertTrue(calls.getLast().matches(policy + " noninteractive install -y -q --no-install-recommends one two"), calls::toString);
        assertEquals(there, Files.exists(POLICY));
    }
}

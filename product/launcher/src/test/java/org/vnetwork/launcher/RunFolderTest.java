package org.vnetwork.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
    @TempDir
    Path folder;

    @Test
    void holdsThePidWhileTheHostRuns() throws Exception {
        Path run = folder.resolve("one");
        try (RunFolder opened = RunFolder.open(settings())) {
            assertEquals(ProcessHandle.current().pid() + "\n", Files.readString(run.resolve("pid")));
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(run)));
            // Another process gets no lock; within this one the JVM says so by an exception.
            assertThrows(OverlappingFileLockException.class, () -> RunFolder.open(settings()));
            assertEquals(run.resolve("framework"), opened.frameworkStorage());
        }
        assertEquals("", Files.readString(run.resolve("pid")));
    }

    @Test
    void clearsWhatAKilledProcessLeft() throws Exception {
        Path left = Files.createDirectories(folder.resolve("one/framework/12"));
        Files.writeString(left.resolve("data"), "x");
        Files.writeString(folder.resolve("one/ready"), "x");
        Files.setPosixFilePermissions(folder.resolve("one"), PosixFilePermissions.fromString("rwx------"));
        try (RunFolder opened = RunFolder.open(settings())) {
            assertFalse(Files.exists(opened.frameworkStorage()));
            assertFalse(Files.exists(folder.resolve("one/ready")));
            Files.createFile(folder.resolve("one/down"));
            assertTrue(opened.isTakenDown());
        }
        assertFalse(Files.exists(folder.resolve("one/down")));
    }

    @Test
    void refusesNamesAndDatapathsThatAreNone() {
        assertEquals("datapath: xdp (expected: ebpf, user, sim or auto)", message("vnet.datapath", "xdp"));
        assertEquals("name: ../a (expected: up to 32 letters, digits, '.', '_' or '-')", message("vnet.name", "../a"));
        assertEquals("vnet.home: not set (start the host with ./vnet up)", message("vnet.home", ""));
    }

    private String message(String key, String value) {
        Properties properties = properties();
        properties.setProperty(key, value);
        return assertThrows(StartFailure.class, () -> Settings.of(properties)).getMessage();
    }

    private Settings settings() throws StartFailure {
        return Settings.of(properties());
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("vnet.name", "one");
        properties.setProperty("vnet.home", folder.toString());
        properties.setProperty("vnet.run.dir", folder.resolve("one").toString());
        properties.setProperty("vnet.data.dir", folder.resolve("data").toString());
        return properties;
    }
}

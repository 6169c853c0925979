package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Sockets whose options cannot be set. */
class UdpSocketsTest {
    private static final int TIMES = 100;

    private static long files() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    @Test
    void areClosed() throws IOException {
        assumeTrue(Epoll.isAvailable(), () -> "no library for epoll: " + Epoll.unavailabilityCause());
        long before = files();
        for (int i = 0; i < TIMES; i++) {
            // What no kernel refuses: so they are not computed in the first place.
            assertThrows(ArithmeticException.class, () -> UdpSockets.open(false, 0));
        }
        long more = files() - before;
        // Others of this process may open a few meanwhile.
        assertTrue(more < TIMES / 2, more + " files more");
    }
}

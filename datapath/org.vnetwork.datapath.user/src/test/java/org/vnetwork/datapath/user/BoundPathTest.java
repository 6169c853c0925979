package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of ports' sockets. */
class BoundPathTest {
    private static void assertPrivate(Rig rig, String kind, String device) throws Exception {
        rig.attach(1, kind, device);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(rig.path("p1"))));
        rig.datapath.detach(1);
        assertFalse(Files.exists(rig.path("p1")));
    }

    /** The umask of a test's process leaves more. */
    @Test
    void areForTheirUserAloneAndGoWithThePort() throws Exception {
        for (boolean isNative : new boolean[] {true, false}) {
            try (Rig rig = new Rig(isNative)) {
                assertPrivate(rig, "stream", rig.path("p1").toString());
            }
        }
        try (Rig rig = new Rig()) {
            assertPrivate(rig, "dgram", rig.path("p1") + " " + rig.path("vm1"));
        }
    }

    @Test
    void areTakenOverFromAProcessThatWasKilled() throws Exception {
        for (boolean isNative : new boolean[] {true, false}) {
            try (Rig rig = new Rig(isNative)) {
                Path path = rig.path("p1");
                try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                    server.bind(UnixDomainSocketAddress.of(path));
                    assertEquals("stream: FOLDER/p1: address already in use (expected: a path in a folder that this user may write to, which no other socket or file has)",
                            rig.refusal("stream", path.toString()));
                }
                rig.stream(1);
            }
        }
    }

    /** To find out whether a path is taken is not to wait for who has it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Timeout(20)
    void areRefusedAtOnceWhenWhoHasThemTakesNoCalls(boolean isNative) throws Exception {
        try (Rig rig = new Rig(isNative); ServerSocketChannel busy = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            UnixDomainSocketAddress address = UnixDomainSocketAddress.of(rig.path("busy"));
            busy.bind(address, 1);
            List<SocketChannel> callers = new ArrayList<>();
            assertThrows(SocketException.class, () -> {
                while (callers.size() < 1000) {
                    callers.add(SocketChannel.open(StandardProtocolFamily.UNIX));
                    callers.getLast().configureBlocking(false);
                    callers.getLast().connect(address);
                }
            });
            try {
                assertTrue(rig.refusal("stream", address.toString()).startsWith("stream: FOLDER/busy: address already in use"));
            } finally {
                for (SocketChannel caller : callers) {
                    caller.close();
                }
            }
        }
    }
}

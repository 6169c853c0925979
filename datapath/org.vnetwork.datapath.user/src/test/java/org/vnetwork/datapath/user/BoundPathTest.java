package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

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
                try (var server = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
                    server.bind(java.net.UnixDomainSocketAddress.of(path));
                    assertEquals("stream: FOLDER/p1: address already in use (expected: a path in a folder that this user may write to, which no other socket or file has)",
                            rig.refusal("stream", path.toString()));
                }
                rig.stream(1);
            }
        }
    }
}

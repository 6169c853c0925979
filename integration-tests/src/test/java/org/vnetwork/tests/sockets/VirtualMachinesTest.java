package org.vnetwork.tests.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.control.PortDocument;
import org.vnetwork.datapath.user.UserDriver;
import org.vnetwork.model.PortVlan;
import org.vnetwork.tests.fixtures.CoreSwitch;
import org.vnetwork.tests.fixtures.Fixture;

/** Real guests on one switch, one by datagrams and one by a stream. */
class VirtualMachinesTest {
    private static final int PINGS = 300;
    /** {@code head -c 4000000 /dev/zero | md5sum} */
    private static final String ZEROS = "90b741f98410e3bb408d92fa49f9c436";

    @TempDir
    private Path folder;

    /** A switch that has the user datapath and no ports yet. */
    private static final class SocketSwitch extends CoreSwitch {
        SocketSwitch() {
            super(new Fixture("guests", "here", "learning", Set.of(), Map.of(), List.of(), List.of()), false, "dgram", new UserDriver().open("test", "sw1", Path.of("/tmp")), id -> "");
        }

        void add(int id, String kind, String device) {
            home().addPort(new PortDocument(id, name(id), kind, device, PortVlan.access(10), List.of()));
        }
    }

    @Test
    void talkToEachOtherWhileTheEngineIsSwapped() throws IOException {
        assumeTrue(new UserDriver().unavailable().isEmpty(), () -> new UserDriver().unavailable().orElseThrow());
        VirtualMachine.Image image = VirtualMachine.Image.needed(folder);
        String own = folder.resolve("p1").toString();
        String peer = folder.resolve("vm1").toString();
        String server = folder.resolve("p2").toString();
        String ping = "until $b ping -c 1 -W 1 10.9.0.2 >/dev/null; do :; done\n$b ping -q -c " + PINGS + " -i 0.01 10.9.0.2\necho pinged\n"
                + "$b nc 10.9.0.2 9 | $b md5sum\necho copied\n$b sleep 1000\n";
        String serve = "while :; do $b nc -l -p 9 -e $b head -c 4000000 /dev/zero; done\n";
        try (SocketSwitch tested = new SocketSwitch()) {
            tested.add(1, "dgram", own + " " + peer);
            tested.add(2, "stream", server);
            try (VirtualMachine second = new VirtualMachine(image, "second", "10.9.0.2", "02:00:00:00:00:02", "stream,server=off,addr.type=unix,addr.path=" + server, serve);
                    VirtualMachine first = new VirtualMachine(image, "first", "10.9.0.1", "02:00:00:00:00:01",
                            "dgram,local.type=unix,local.path=" + peer + ",remote.type=unix,remote.path=" + own, ping)) {
                first.until("PING", () -> { });
                AtomicInteger swaps = new AtomicInteger();
                first.until("pinged", () -> tested.swap(swaps.incrementAndGet() % 2 == 0 ? "learning" : "flood"));
                assertTrue(swaps.get() > 1, "swaps " + swaps);
                assertTrue(first.says(PINGS + " packets transmitted, " + PINGS + " packets received, 0% packet loss"), first::said);
                first.until("copied", () -> { });
                assertTrue(first.says(ZEROS), first::said);
                assertTrue(second.says("guest is up"));
                assertEquals("", tested.imbalance());
            }
        }
    }
}

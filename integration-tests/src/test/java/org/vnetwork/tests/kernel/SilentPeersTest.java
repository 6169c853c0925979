package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.user.UserDriver;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.Frame;

/** A peer of a stream port over TCP that goes without a word, as a machine does that loses its power. */
class SilentPeersTest {
    /** Of 198.18.0.0/15, for tests of devices (RFC 2544); by process, so that two of these tests may run at once. */
    private static final String NET = "198.19." + ProcessHandle.current().pid() % 256 + ".";
    private static final InetSocketAddress PORT = new InetSocketAddress(NET + 1, 7001);
    private static final long PATIENCE_NANOS = 90_000_000_000L;

    private final Lab lab = new Lab();
    private Datapath datapath;
    private Space space;

    @BeforeEach
    void make() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "namespaces need root");
        space = lab.space();
        Command.run("ip", "address", "add", NET + "1/24", "dev", lab.cable(space, "s", ""));
        space.ip("address add " + NET + "2/24 dev " + Lab.name("s"));
        datapath = new UserDriver().open("test", "sw1", Path.of("/tmp"));
    }

    @AfterEach
    void close() throws IOException {
        if (datapath != null) {
            datapath.close();
        }
        lab.close();
    }

    private SocketChannel call() throws IOException {
        return lab.keep(space.in(() -> SocketChannel.open(PORT)));
    }

    private static void await(java.util.function.BooleanSupplier condition, String what) {
        for (long end = System.nanoTime() + PATIENCE_NANOS; !condition.getAsBoolean(); LockSupport.parkNanos(1_000_000)) {
            assertTrue(System.nanoTime() < end, what);
        }
    }

    /** Whether it owes an acknowledgement or not. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isGivenUpSoonSoThatTheNextCallerIsTaken(boolean owes) throws Exception {
        datapath.attach(1, new Attachment("stream", PORT.getHostString() + ":" + PORT.getPort()));
        datapath.unblock(1);
        SocketChannel first = call();
        await(() -> datapath.state(1).up(), "taken");
        assertTrue(first.isConnected());
        space.ip("address delete " + NET + "2/24 dev " + Lab.name("s"));
        if (owes) {
            datapath.execute(new Frame().over(java.lang.foreign.MemorySegment.ofArray(new byte[60]), 0, 60, 0), List.of(new Action.Output(1)));
        }
        space.ip("address add " + NET + "3/24 dev " + Lab.name("s"));
        await(() -> !datapath.state(1).up(), "given up");
        SocketChannel second = call();
        second.write(ByteBuffer.allocate(64).putInt(60).rewind());
        await(() -> datapath.counters(1).received() == 1, "the next caller's frame");
    }
}

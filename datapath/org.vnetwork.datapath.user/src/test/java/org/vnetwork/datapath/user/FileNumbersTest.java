package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.wire.Frame;

/** What ports do while this process can have no more files. */
class FileNumbersTest {
    private static final int RLIMIT_NOFILE = 7;
    private static final String NONE_LEFT = "too many open files";

    /** Each class is a file: all that may be needed are loaded while files can be opened. */
    @BeforeAll
    static void load() throws Exception {
        for (Class<?> one : List.of(FileNumbersTest.class, UserDatapath.class, Datapath.class, Frame.class, PortId.class)) {
            Path root = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
            if (Files.isDirectory(root)) {
                try (Stream<Path> files = Files.walk(root)) {
                    for (Path file : files.filter(f -> f.toString().endsWith(".class") && !f.endsWith("package-info.class")).toList()) {
                        Class.forName(root.relativize(file).toString().replaceFirst("\\.class$", "").replace('/', '.'));
                    }
                }
            }
        }
        for (boolean isNative : new boolean[] {true, false}) {
            try (Rig rig = new Rig(isNative)) {
                rig.refusal("stream", "/none/a");
                rig.refusal("dgram", "/none/a /none/b");
            }
        }
    }

    /** Does something while no file can be opened. */
    private static <T> T withoutFiles(Callable<T> work) throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limit = arena.allocate(ValueLayout.JAVA_LONG, 2);
            MemorySegment none = arena.allocate(ValueLayout.JAVA_LONG, 2);
            assertEquals(0, limit("getrlimit", limit));
            none.copyFrom(limit);
            // As many as are always there.
            none.set(ValueLayout.JAVA_LONG, 0, 3);
            assertEquals(0, limit("setrlimit", none));
            try {
                return work.call();
            } finally {
                assertEquals(0, limit("setrlimit", limit));
            }
        }
    }

    @SuppressWarnings("restricted")
    private static int limit(String call, MemorySegment limit) {
        Linker linker = Linker.nativeLinker();
        MethodHandle handle = linker.downcallHandle(linker.defaultLookup().findOrThrow(call), FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
        try {
            return (int) handle.invokeExact(RLIMIT_NOFILE, limit);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void portsAreRefusedInOneLine(boolean isNative) throws Exception {
        try (Rig rig = new Rig(isNative)) {
            String udp = "127.0.0.1:" + Rig.free() + " 127.0.0.1:9";
            String[][] ports = isNative ? new String[][] {{"stream", rig.path("a").toString()}, {"dgram", udp}, {"dgram", rig.path("b") + " " + rig.path("c")}}
                    : new String[][] {{"stream", rig.path("a").toString()}, {"dgram", udp}};
            withoutFiles(() -> {
                for (String[] port : ports) {
                    String refusal = rig.refusal(port[0], port[1]);
                    assertTrue(refusal.startsWith(port[0] + ": ") && refusal.contains(NONE_LEFT), refusal);
                }
                return null;
            });
            rig.stream(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPeerIsCalledAgainOnceThereAreSome(boolean isNative) throws Exception {
        try (Rig rig = new Rig(isNative); ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            Path path = rig.path("peer");
            server.bind(UnixDomainSocketAddress.of(path));
            rig.attach(1, "stream-to", path.toString());
            SocketChannel first = server.accept();
            rig.up(1);
            withoutFiles(() -> {
                first.close();
                Rig.until("none left", () -> rig.datapath.state(1).detail().endsWith(NONE_LEFT));
                return null;
            });
            server.accept().close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCallerIsTakenOnceThereAreSome(boolean isNative) throws Exception {
        try (Rig rig = new Rig(isNative); SocketChannel caller = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            rig.attach(1, "stream", rig.path("p1").toString());
            withoutFiles(() -> {
                assertTrue(caller.connect(UnixDomainSocketAddress.of(rig.path("p1"))));
                Rig.until("none left", () -> rig.datapath.state(1).detail().endsWith(NONE_LEFT));
                return null;
            });
            rig.up(1);
        }
    }
}

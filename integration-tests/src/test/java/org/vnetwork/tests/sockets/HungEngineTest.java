package org.vnetwork.tests.sockets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.datapath.user.UserDriver;
import org.vnetwork.tests.kernel.Until;
import org.vnetwork.tests.transcripts.RunningHost;
import org.vnetwork.tests.transcripts.SourceBundle;

/** A bundle's engine that never leaves {@code decide}, on a running host whose ports are sockets. */
class HungEngineTest {
    private static final int HARMLESS = 0xb5;
    private static final int HANGS = 0xb6;
    private static final int FRAMES = 2_000;
    private static final String ENGINE = """
            package com.acme.hung;

            import java.io.IOException;
            import java.io.UncheckedIOException;
            import java.nio.file.Files;
            import java.nio.file.Path;
            import java.util.concurrent.locks.LockSupport;
            import org.osgi.service.component.annotations.Component;
            import org.osgi.service.component.annotations.ServiceScope;
            import org.vnetwork.engine.EngineName;
            import org.vnetwork.engine.ForwardingEngine;
            import org.vnetwork.packet.Field;
            import org.vnetwork.packet.Forward;
            import org.vnetwork.packet.Packet;

            @EngineName("hung")
            @Component(service = ForwardingEngine.class, scope = ServiceScope.PROTOTYPE)
            public final class HungEngine implements ForwardingEngine {
                @Override
                public void decide(Packet packet, Forward forward) {
                    if (packet.get(Field.ETHER_TYPE) == 0x88b6) {
                        try {
                            Files.createFile(Path.of("SIGN"));
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                        while (true) {
                            LockSupport.park();
                        }
                    }
                    forward.flood();
                }
            }
            """;

    @TempDir
    private Path folder;
    private Path sign;
    private RunningHost host;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(new UserDriver().unavailable().isEmpty(), () -> new UserDriver().unavailable().orElseThrow());
        sign = folder.resolve("hung");
        Path jar = SourceBundle.make(Files.createDirectory(folder.resolve("bundle")), List.of(ENGINE.replace("SIGN", sign.toString())),
                "Bundle-SymbolicName: com.acme.hung\n-privatepackage: com.acme.hung\n");
        host = RunningHost.start(Files.createDirectory(folder.resolve("host")), "hung-" + ProcessHandle.current().pid(), "user");
        host.run("felix:start " + jar.toUri());
        Until.holds(() -> host.run("engine:list"), () -> host.run("engine:list").contains("hung"));
        String said = host.run("switch:create sw1 --engine hung; port:add sw1 a --dgram " + at("pa") + " " + at("a") + " --access 10; port:add sw1 b --dgram " + at("pb") + " "
                + at("b") + " --access 10; port:add sw1 c --stream " + at("pc") + " --access 20; port:add sw1 d --stream " + at("pd") + " --access 20");
        assertEquals(5, said.lines().filter(l -> l.startsWith("+ ")).count(), said);
    }

    @AfterEach
    void stop() throws Exception {
        if (host != null) {
            host.stop();
        }
    }

    private Path at(String name) {
        return folder.resolve(name);
    }

    private static byte[] frame(int type, int number) {
        byte[] frame = new byte[100];
        frame[0] = 2;
        frame[5] = 9;
        frame[6] = 2;
        frame[11] = 1;
        frame[12] = (byte) 0x88;
        frame[13] = (byte) type;
        frame[14] = (byte) (number >> 8);
        frame[15] = (byte) number;
        return frame;
    }

    /** The far end of a port that waits for a call. */
    private record Caller(SocketChannel channel, DataInputStream in) implements AutoCloseable {
        static Caller to(Path port) throws IOException {
            SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(port));
            return new Caller(channel, new DataInputStream(Channels.newInputStream(channel)));
        }

        void send(byte[] frame) throws IOException {
            channel.write(ByteBuffer.allocate(4 + frame.length).putInt(frame.length).put(frame).flip());
        }

        byte[] receive() throws IOException {
            return in.readNBytes(in.readInt());
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** Frames of a flow by datagrams and of one by streams; each is awaited, so that none is lost for want of room. */
    private static void exchange(Datagrams a, Datagrams b, Caller c, Caller d) throws IOException {
        for (int number = 0; number < FRAMES; number++) {
            byte[] frame = frame(HARMLESS, number);
            Until.holds(() -> "no room", () -> a.send(frame));
            byte[][] received = new byte[1][];
            Until.holds(() -> "frame is lost: " + frame[14] + " " + frame[15], () -> (received[0] = b.receive()) != null);
            assertArrayEquals(frame, received[0]);
            c.send(frame);
            assertArrayEquals(frame, d.receive());
        }
    }

    @Test
    void losesNoFrameOfItsFlowsAndIsNamedAndDoesNotKeepTheHost() throws Exception {
        try (Datagrams a = new Datagrams(at("a"), at("pa")); Datagrams b = new Datagrams(at("b"), at("pb")); Caller c = Caller.to(at("pc")); Caller d = Caller.to(at("pd"))) {
            Until.holds(() -> host.run("port:list"), () -> host.run("port:list").lines().filter(l -> l.contains(" up ")).count() == 4);
            exchange(a, b, c, d);
            Until.holds(() -> "no room", () -> a.send(frame(HANGS, 1)));
            Until.holds(() -> "the engine does not hang", () -> Files.exists(sign));
            exchange(a, b, c, d);
            String where = " in com.acme.hung.HungEngine.decide(HungEngine.java:";
            Until.holds(() -> host.run("host:events"), () -> host.run("host:events").contains("and was cut off; installed flows go on"));
            assertTrue(host.run("host:events").contains(where), host.run("host:events"));
            assertTrue(host.run("switch:list").matches("(?s).*sw1 +hung@[0-9.]+ \\(cut off: slept for [0-9]+ ms" + Pattern.quote(where) + ".*, fails closed\\).* ready.*"), host.run("switch:list"));
            assertTrue(host.run("drops:list sw1").contains("core/plugin-hung"), host.run("drops:list sw1"));
            exchange(a, b, c, d);
        }
        assertTrue(host.stop(), "the host does not end by itself");
    }
}

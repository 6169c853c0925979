package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.datapath.FrameBatch;
import org.vnetwork.datapath.PortCounters;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.packet.wire.Frame;

/** A datapath without a switch, and peers of its ports in a folder that goes with it. */
final class Rig implements AutoCloseable {
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    final Loops loops;
    final UserDatapath datapath;
    final Path folder;
    private final List<Closeable> peers = new ArrayList<>();
    private final FrameBatch batch = new FrameBatch();
    private int flows;

    /** The far end of a datagram port. */
    static final class Peer implements Closeable {
        private final Socket socket = Socket.newSocketDomainDgram();
        private final Path path;
        private final byte[] port;
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 17);

        Peer(Path path, Path port) throws IOException {
            this.path = path;
            this.port = port.toString().getBytes(StandardCharsets.UTF_8);
            socket.bind(new DomainSocketAddress(path.toFile()));
        }

        /** Sends; false when the port has no room now. */
        boolean send(byte[] frame) throws IOException {
            buffer.clear().put(frame);
            return socket.sendToDomainSocket(buffer, 0, frame.length, port) > 0 || frame.length == 0;
        }

        /** Sends as soon as there is room. */
        void sendSoon(byte[] frame) throws Exception {
            until("room at the port", () -> send(frame));
        }

        byte[] receive() throws IOException {
            int size = socket.read(buffer, 0, buffer.capacity());
            byte[] frame = size > 0 ? new byte[size] : null;
            if (size > 0) {
                buffer.get(0, frame);
            }
            return frame;
        }

        void receives(byte[] expected) throws Exception {
            byte[][] got = new byte[1][];
            until("a frame", () -> {
                got[0] = receive();
                return got[0] != null;
            });
            assertArrayEquals(expected, got[0]);
        }

        @Override
        public void close() throws IOException {
            socket.close();
            Files.deleteIfExists(path);
        }
    }

    /** The far end of a stream port. */
    static final class StreamPeer implements Closeable {
        private final SocketChannel channel;

        StreamPeer(Path port) throws IOException {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(port));
        }

        /** Sends, and waits for room. */
        void send(byte[] frame) throws IOException {
            send(frame, 1);
        }

        /** Sends it so many times at once, and waits for room. */
        void send(byte[] frame, int times) throws IOException {
            ByteBuffer octets = ByteBuffer.allocate((4 + frame.length) * times);
            for (int i = 0; i < times; i++) {
                octets.putInt(frame.length).put(frame);
            }
            octets.flip();
            while (octets.hasRemaining()) {
                channel.write(octets);
            }
        }

        byte[] receive() throws IOException {
            return read(channel);
        }

        void receives(byte[] expected) throws IOException {
            assertArrayEquals(expected, receive());
        }

        /** A frame behind its length. */
        static byte[] read(SocketChannel from) throws IOException {
            ByteBuffer length = ByteBuffer.allocate(4);
            while (length.hasRemaining() && from.read(length) >= 0) {
                // Until it is whole.
            }
            ByteBuffer frame = ByteBuffer.allocate(length.flip().getInt());
            while (frame.hasRemaining() && from.read(frame) >= 0) {
                // Until it is whole.
            }
            return frame.array();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    Rig() throws IOException {
        this(true);
    }

    /** With sockets of Netty's native library, or of the JDK. */
    Rig(boolean isNative) throws IOException {
        assumeTrue(!isNative || Epoll.isAvailable(), () -> "no library for epoll: " + Epoll.unavailabilityCause());
        loops = new Loops("ports", 2, isNative);
        folder = Files.createTempDirectory("vnet");
        datapath = new UserDatapath(loops, new VxlanSockets());
    }

    /** An open stream port with its peer. */
    StreamPeer stream(int port) throws Exception {
        attach(port, "stream", path("p" + port).toString());
        StreamPeer peer = new StreamPeer(path("p" + port));
        peers.add(peer);
        up(port);
        return peer;
    }

    /** A UDP port number that nobody has. */
    static int free() throws IOException {
        try (DatagramSocket probe = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    Path path(String name) {
        return folder.resolve(name);
    }

    /** An open datagram port with its peer. */
    Peer dgram(int port) throws Exception {
        Peer peer = peer(port);
        attach(port, "dgram", path("p" + port) + " " + path("vm" + port));
        return peer;
    }

    /** A peer of a datagram port that is there or not. */
    Peer peer(int port) throws IOException {
        Peer peer = new Peer(path("vm" + port), path("p" + port));
        peers.add(peer);
        return peer;
    }

    void attach(int port, String kind, String device) throws DatapathException {
        datapath.attach(port, new Attachment(kind, device));
        datapath.unblock(port);
    }

    /** What a refusal says; it is one line. */
    String refusal(String kind, String device) {
        try {
            datapath.attach(99, new Attachment(kind, device));
        } catch (DatapathException e) {
            assertEquals(1, e.getMessage().lines().count(), e.getMessage());
            return e.getMessage().replace(folder.toString(), "FOLDER");
        }
        throw new AssertionError("attached: " + kind + " " + device);
    }

    /** Has every frame of a port go out by others. */
    int flow(int in, Action... actions) {
        long[] key = new long[FlowKey.WORDS];
        long[] mask = new long[FlowKey.WORDS];
        FlowKey.put(key, Field.INGRESS, in);
        FlowKey.add(mask, Field.INGRESS);
        assertTrue(datapath.install(List.of(new FlowEntry(flows, key, mask, List.of(actions))))[0]);
        return flows++;
    }

    void cable(int in, int out) {
        flow(in, new Action.Output(out));
    }

    /** Takes what came up, has each frame decided and what goes out sent; how many frames those were. */
    int decide(Consumer<Frame> decision) {
        batch.clear();
        int count = datapath.take(batch);
        for (Frame frame = batch.next(); frame != null; frame = batch.next()) {
            decision.accept(frame);
        }
        datapath.flush();
        return count;
    }

    long drops(int port, int reason) {
        return datapath.drops(port)[reason];
    }

    PortCounters counters(int port) {
        return datapath.counters(port);
    }

    /** A frame of so many octets with a number in it. */
    static byte[] frame(int size, int number) {
        byte[] frame = new byte[size];
        frame[0] = 2;
        frame[6] = 2;
        frame[12] = 8;
        if (size >= 18) {
            ByteBuffer.wrap(frame).putInt(14, number);
        }
        return frame;
    }

    /** Waits for a condition, with a deadline that only a failure reaches. */
    static void until(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not in time: " + what);
            }
            LockSupport.parkNanos(20_000);
        }
    }

    /** Waits until a port is up. */
    void up(int port) throws Exception {
        until("port " + port + " up", () -> datapath.state(port).up());
    }

    @Override
    public void close() throws IOException {
        datapath.close();
        loops.close();
        for (Closeable peer : peers) {
            peer.close();
        }
        try (Stream<Path> left = Files.walk(folder)) {
            for (Path file : left.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}

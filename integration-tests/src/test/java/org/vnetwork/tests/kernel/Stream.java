package org.vnetwork.tests.kernel;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicLong;

/** A TCP connection from one namespace to another that carries octets as fast as it can. */
final class Stream implements Closeable {
    private final ServerSocketChannel server;
    private final SocketChannel client;
    private final SocketChannel accepted;
    private final AtomicLong arrived = new AtomicLong();
    private final Thread writer;
    private final Thread reader;

    /** Connects to an address of the namespace {@code to}, and sends that many octets. */
    Stream(Space from, Space to, String address, long octets) throws IOException {
        server = to.in(() -> ServerSocketChannel.open().bind(new InetSocketAddress(address, 0)));
        client = from.in(() -> SocketChannel.open());
        client.connect(server.getLocalAddress());
        accepted = server.accept();
        writer = Thread.ofPlatform().daemon().start(() -> write(octets));
        reader = Thread.ofPlatform().daemon().start(this::read);
    }

    private void write(long octets) {
        ByteBuffer block = ByteBuffer.allocateDirect(256 * 1024);
        try {
            for (long left = octets; left > 0;) {
                block.clear().limit((int) Math.min(left, block.capacity()));
                left -= client.write(block);
            }
            client.shutdownOutput();
        } catch (IOException e) {
            // The test ended before all was sent.
        }
    }

    private void read() {
        ByteBuffer block = ByteBuffer.allocateDirect(256 * 1024);
        try {
            for (int count = 0; count >= 0; count = accepted.read(block.clear())) {
                arrived.addAndGet(count);
            }
        } catch (IOException e) {
            // The test ended before all was sent.
        }
    }

    /** Octets that arrived so far. */
    long arrived() {
        return arrived.get();
    }

    @Override
    public void close() throws IOException {
        client.close();
        accepted.close();
        server.close();
        try {
            writer.join();
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package org.vnetwork.tests.sockets;

import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** The far end of a port: a Unix datagram socket, as a virtual machine has it. */
public final class Datagrams implements Closeable {
    private final Socket socket = Socket.newSocketDomainDgram();
    private final Path path;
    private final byte[] port;
    private final ByteBuffer out = ByteBuffer.allocateDirect(1 << 17);
    private final ByteBuffer in = ByteBuffer.allocateDirect(1 << 17);

    /** A socket at a path, which sends to a port at another. */
    public Datagrams(Path path, Path port) throws IOException {
        this.path = path;
        this.port = port.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
        socket.bind(new DomainSocketAddress(path.toFile()));
    }

    /** Sends a frame; false when the port has no room for it now. */
    public boolean send(byte[] frame) throws IOException {
        out.clear().put(frame).flip();
        return socket.sendToDomainSocket(out, 0, frame.length, port) > 0 || frame.length == 0;
    }

    /** A frame that came, or null. */
    public byte[] receive() throws IOException {
        int size = socket.read(in, 0, in.capacity());
        if (size <= 0) {
            return null;
        }
        byte[] frame = new byte[size];
        in.get(0, frame);
        return frame;
    }

    @Override
    public void close() throws IOException {
        socket.close();
        Files.deleteIfExists(path);
    }
}

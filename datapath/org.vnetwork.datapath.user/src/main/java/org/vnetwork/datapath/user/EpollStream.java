package org.vnetwork.datapath.user;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.vnetwork.datapath.DatapathException;

/** A stream socket of Netty's native library. */
final class EpollStream extends StreamSocket {
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_KEEPIDLE = 4;
    private static final int TCP_KEEPINTVL = 5;
    private static final int TCP_KEEPCNT = 6;
    private static final int TCP_USER_TIMEOUT = 18;

    private final Socket socket;

    EpollStream(PortGroup group, boolean isPath) {
        this(group, isPath, create(isPath));
    }

    private EpollStream(PortGroup group, boolean isPath, Socket socket) {
        super(group, isPath);
        this.socket = socket;
    }

    private static Socket create(boolean isPath) {
        return isPath ? Socket.newSocketDomain() : Socket.newSocketStream();
    }

    @Override
    BoundPath listen(String kind, Address at) throws DatapathException, IOException {
        if (!isPath) {
            socket.setReuseAddress(true);
        }
        BoundPath file = BoundPath.bind(kind, socket, at, create(isPath));
        socket.listen(1);
        return file;
    }

    @Override
    StreamSocket accept() throws IOException {
        int number = socket.accept(new byte[128]);
        return number < 0 ? null : new EpollStream(group, isPath, new Socket(number));
    }

    @Override
    boolean connect(Address to) throws IOException {
        return socket.connect(to.socket());
    }

    @Override
    boolean finishConnect() throws IOException {
        return socket.finishConnect();
    }

    @Override
    void tune() throws IOException {
        if (!isPath) {
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.setIntOpt(IPPROTO_TCP, TCP_KEEPIDLE, SILENCE_SECONDS / 3);
            socket.setIntOpt(IPPROTO_TCP, TCP_KEEPINTVL, SILENCE_SECONDS / 3);
            socket.setIntOpt(IPPROTO_TCP, TCP_KEEPCNT, 2);
            socket.setIntOpt(IPPROTO_TCP, TCP_USER_TIMEOUT, SILENCE_SECONDS * 1000);
        }
    }

    @Override
    Watch watched(SocketWatch.Owner owner) {
        return group.watch(socket, owner);
    }

    @Override
    int read(MemorySegment into, int from, int to) throws IOException {
        return socket.readAddress(into.address(), from, to);
    }

    @Override
    int write(MemorySegment memory, int from, int to) throws IOException {
        return Math.max(0, socket.writeAddress(memory.address(), from, to));
    }

    @Override
    void end() {
        UserPort.closeQuietly(socket);
    }
}

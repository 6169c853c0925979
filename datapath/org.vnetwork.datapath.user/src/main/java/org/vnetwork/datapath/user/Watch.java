package org.vnetwork.datapath.user;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.Socket;
import java.io.IOException;

/** The watch of a socket of Netty's native library. */
final class Watch extends SocketWatch implements EpollIoHandle {
    /** NB: not NONE, with which Netty 4.2 takes the socket out of the loop's set for good: the next change fails. Errors are told anyway. */
    private static final EpollIoOps REST = EpollIoOps.EPOLLERR;
    private static final EpollIoOps BOTH = EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLOUT);

    private final Socket socket;

    Watch(Socket socket, PortGroup group, Owner owner) {
        super(group, owner);
        this.socket = socket;
    }

    @Override
    public Socket fd() {
        return socket;
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        int ready = ((EpollIoEvent) event).ops().value();
        ready((ready & ~EpollIoOps.EPOLLOUT.value()) != 0, (ready & EpollIoOps.EPOLLOUT.value()) != 0);
    }

    @Override
    void change() {
        submit();
    }

    @Override
    EpollIoOps ops(boolean reads, boolean writes) {
        return writes ? BOTH : reads ? EpollIoOps.EPOLLIN : REST;
    }

    @Override
    void end() throws IOException {
        socket.close();
    }
}

package org.vnetwork.datapath.user;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.Socket;
import java.io.IOException;

/** A socket that the ports' loop watches. Its owner is called with the group's lock held. */
final class Watch implements EpollIoHandle, Interest {
    private static final EpollIoOps READ = EpollIoOps.EPOLLIN;
    private static final EpollIoOps BOTH = EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLOUT);

    private final Socket socket;
    private final PortGroup group;
    private final Owner owner;
    private IoRegistration registration;
    private boolean writes;
    private boolean rests;
    private boolean closed;

    /** Whose socket it is. */
    interface Owner {
        /** The socket can be read, has failed or has ended: reading it tells. */
        void readable();

        /** The socket takes octets again. */
        void writable();
    }

    Watch(Socket socket, PortGroup group, Owner owner) {
        this.socket = socket;
        this.group = group;
        this.owner = owner;
    }

    /** Begins, on the loop. */
    Watch on(PortLoop loop) {
        registration = loop.register(this);
        registration.submit(READ);
        return this;
    }

    @Override
    public Socket fd() {
        return socket;
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        int ready = ((EpollIoEvent) event).ops().value();
        group.enter();
        try {
            if (!closed && (ready & EpollIoOps.EPOLLOUT.value()) != 0) {
                owner.writable();
            }
            if (!closed && (ready & ~EpollIoOps.EPOLLOUT.value()) != 0) {
                owner.readable();
            }
        } finally {
            group.leave();
        }
    }

    @Override
    public void wantWrites(boolean wanted) {
        if (wanted != writes && !closed) {
            writes = wanted;
            registration.submit(wanted ? BOTH : READ);
        }
    }

    @Override
    public void rest(boolean resting) {
        if (resting != rests && !closed) {
            rests = resting;
            registration.submit(resting ? EpollIoOps.NONE : READ);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (registration != null) {
            registration.cancel();
        }
        try {
            socket.close();
        } catch (IOException e) {
            // There is nothing left of it to lose.
        }
    }
}

package org.vnetwork.datapath.user;

import io.netty.channel.IoHandle;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import java.io.IOException;

/** A socket that the ports' loop watches, of either library. Its owner is called with the group's lock held. */
abstract class SocketWatch implements IoHandle, Interest {
    final PortGroup group;
    private final Owner owner;
    private IoRegistration registration;
    private volatile boolean writes;
    private volatile boolean rests;
    private volatile boolean closed;

    /** Whose socket it is. */
    interface Owner {
        /** The socket can be read, has failed or has ended: reading it tells. */
        void readable();

        /** The socket takes octets again. */
        void writable();

        /** What one of these threw; the socket is to be watched no more until its port was looked after. */
        void failed(Interest socket, Throwable why);
    }

    SocketWatch(PortGroup group, Owner owner) {
        this.group = group;
        this.owner = owner;
    }

    /** Begins, on the loop; the socket is closed when that fails. */
    final void begin() {
        try {
            registration = group.loop.register(this);
            change();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Has the loop look for what is wanted now. Any thread that has the port's lock. */
    abstract void change();

    /** What the loop is to look for, in its own terms. */
    abstract IoOps ops(boolean reads, boolean writes);

    /** Closes the socket. */
    abstract void end() throws IOException;

    /** Tells the loop, unless the watch has ended. */
    final void submit() {
        if (!closed) {
            registration.submit(ops(!rests, writes && !rests));
        }
    }

    /** Tells the owner what the socket is ready for; on the loop. */
    final void ready(boolean forReads, boolean forWrites) {
        group.loop.wakeUps.woke();
        group.enter();
        try {
            if (!closed && forWrites) {
                owner.writable();
            }
            if (!closed && forReads) {
                owner.readable();
            }
        } catch (RuntimeException | Error e) {
            // NB: Netty would forget what else is ready, and have all its ports wait for a second.
            owner.failed(this, e);
        } finally {
            group.leave();
        }
    }

    @Override
    public final void wantWrites(boolean wanted) {
        if (wanted != writes && !closed) {
            writes = wanted;
            change();
        }
    }

    @Override
    public final void rest(boolean resting) {
        if (resting != rests && !closed) {
            rests = resting;
            change();
        }
    }

    @Override
    public final void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (registration != null) {
            registration.cancel();
        }
        try {
            end();
        } catch (IOException e) {
            // There is nothing left of it to lose.
        }
    }
}

package org.vnetwork.datapath.user;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoEvent;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;

/** A socket of the JDK that the ports' loop watches. Its owner is called with the group's lock held. */
final class NioWatch implements NioIoHandle, Interest {
    private final SelectableChannel channel;
    private final PortGroup group;
    private final Watch.Owner owner;
    private IoRegistration registration;
    private volatile boolean writes;
    private volatile boolean rests;
    private volatile boolean closed;

    NioWatch(SelectableChannel channel, PortGroup group, Watch.Owner owner) {
        this.channel = channel;
        this.group = group;
        this.owner = owner;
    }

    /** Begins, on the loop. */
    NioWatch on(PortLoop loop) {
        registration = loop.register(this);
        ask();
        return this;
    }

    /** Tells the loop what to look for. NB: from another thread a selector takes it up only when it is woken, as a task does. */
    private void change() {
        if (group.loop.isMine()) {
            ask();
        } else {
            group.loop.later(this::ask);
        }
    }

    private void ask() {
        if (closed) {
            return;
        }
        int can = channel.validOps();
        int reads = can & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT);
        // A connection that comes about is a room to write.
        int asked = rests ? 0 : writes ? reads | can & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT) : reads;
        registration.submit(NioIoOps.valueOf(channel instanceof java.nio.channels.SocketChannel stream && stream.isConnected() ? asked & ~SelectionKey.OP_CONNECT : asked));
    }

    @Override
    public SelectableChannel selectableChannel() {
        return channel;
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        int ready = ((NioIoEvent) event).ops().value();
        group.enter();
        try {
            if (!closed && (ready & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT)) != 0) {
                owner.writable();
            }
            if (!closed && (ready & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT)) != 0) {
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
            change();
        }
    }

    @Override
    public void rest(boolean resting) {
        if (resting != rests && !closed) {
            rests = resting;
            change();
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
        closeQuietly(channel);
    }

    static void closeQuietly(SelectableChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // There is nothing left of it to lose.
        }
    }
}

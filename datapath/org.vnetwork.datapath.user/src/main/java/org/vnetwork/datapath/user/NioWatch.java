package org.vnetwork.datapath.user;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoEvent;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** The watch of a socket of the JDK. */
final class NioWatch extends SocketWatch implements NioIoHandle {
    private static final int READS = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;
    /** A connection that comes about is a room to write. */
    private static final int WRITES = SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT;

    private final SelectableChannel channel;

    NioWatch(SelectableChannel channel, PortGroup group, Owner owner) {
        super(group, owner);
        this.channel = channel;
    }

    @Override
    public SelectableChannel selectableChannel() {
        return channel;
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        int ready = ((NioIoEvent) event).ops().value();
        ready((ready & READS) != 0, (ready & WRITES) != 0);
    }

    /** NB: from another thread a selector takes it up only when it is woken, as a task does. */
    @Override
    void change() {
        if (group.loop.isMine()) {
            submit();
        } else {
            group.loop.later(this::submit);
        }
    }

    @Override
    NioIoOps ops(boolean reads, boolean writes) {
        boolean connected = channel instanceof SocketChannel stream && stream.isConnected();
        int asked = (reads ? READS : 0) | (writes ? WRITES : 0);
        return NioIoOps.valueOf(asked & channel.validOps() & (connected ? ~SelectionKey.OP_CONNECT : -1));
    }

    @Override
    void end() throws IOException {
        channel.close();
    }

    static void closeQuietly(SelectableChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // There is nothing left of it to lose.
        }
    }
}

package org.vnetwork.datapath.user;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;

/** The threads that serve the ports of all switches of the host; one that has no ports yet is not started. */
final class Loops implements AutoCloseable {
    final boolean isNative;
    private final MultiThreadIoEventLoopGroup group;
    private final PortLoop[] loops;

    /** {@code isNative}: whether sockets are of Netty's native library, or else of the JDK. */
    Loops(String name, int count, boolean isNative) {
        this.isNative = isNative;
        group = new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory(name, true), isNative ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        loops = new PortLoop[count];
        Arrays.setAll(loops, i -> new PortLoop(i, group.next(), isNative));
    }

    int count() {
        return loops.length;
    }

    /** The one that serves the fewest ports. */
    PortLoop fewest() {
        return Arrays.stream(loops).min(Comparator.comparingInt(l -> l.ports.get())).orElseThrow();
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}

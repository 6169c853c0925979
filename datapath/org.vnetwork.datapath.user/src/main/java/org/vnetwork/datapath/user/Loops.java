package org.vnetwork.datapath.user;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;

/** The threads that serve the ports of all switches of the host; one that has no ports yet is not started. */
final class Loops implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup group;
    private final PortLoop[] loops;
    private final VxlanSockets tunnels = new VxlanSockets(this);

    Loops(int count) {
        group = new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory("ports", true), EpollIoHandler.newFactory());
        loops = new PortLoop[count];
        Arrays.setAll(loops, i -> new PortLoop(i, group.next()));
    }

    int count() {
        return loops.length;
    }

    /** Where the tunnels of all switches arrive. */
    VxlanSockets tunnels() {
        return tunnels;
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

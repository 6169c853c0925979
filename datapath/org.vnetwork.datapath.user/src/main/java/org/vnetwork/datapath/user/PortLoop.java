package org.vnetwork.datapath.user;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.vnetwork.datapath.DatapathException;

/** The one thread of a switch's ports: Netty's event loop over epoll. */
final class PortLoop implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup group;
    private final IoEventLoop loop;

    PortLoop(String name) {
        group = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(name, true), EpollIoHandler.newFactory());
        loop = group.next();
    }

    /** Has the loop watch a socket; on the loop. */
    IoRegistration register(IoHandle handle) {
        return loop.register(handle).syncUninterruptibly().getNow();
    }

    /** Runs work on the loop and waits for it. Not on the loop, and without the datapath's lock, which the loop may want first. */
    <T> T call(Callable<T> work) throws DatapathException {
        try {
            return loop.submit(work).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DatapathException refusal) {
                throw refusal;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatapathException("interrupted while a port was opened", e);
        }
    }

    /** Has the loop do something soon. */
    void later(Runnable task) {
        loop.execute(task);
    }

    /** Has the thread end, by itself and without waiting for it. */
    void end() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    /** Has the loop do something again and again. */
    void every(long millis, Runnable task) {
        loop.scheduleAtFixedRate(task, millis, millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}

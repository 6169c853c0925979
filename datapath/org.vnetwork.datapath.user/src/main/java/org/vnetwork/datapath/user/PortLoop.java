package org.vnetwork.datapath.user;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoRegistration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.vnetwork.datapath.DatapathException;

/** One thread that serves ports, of any switch of the host. */
final class PortLoop {
    /** Its place among the loops. */
    final int index;
    /** Ports that it serves. */
    final AtomicInteger ports = new AtomicInteger();
    /** Whether its sockets are of Netty's native library; else they are of the JDK. */
    final boolean isNative;
    final WakeUps wakeUps = new WakeUps();
    private final IoEventLoop loop;
    private boolean looks;

    PortLoop(int index, IoEventLoop loop, boolean isNative) {
        this.isNative = isNative;
        this.index = index;
        this.loop = loop;
    }

    /** Has the loop watch a socket; on the loop. */
    IoRegistration register(IoHandle handle) {
        if (!looks) {
            looks = true;
            every(WakeUps.LOOK_MILLIS, wakeUps::look);
        }
        return loop.register(handle).syncUninterruptibly().getNow();
    }

    /** Runs work on the loop and waits for it. Not on the loop, and without a lock, which the loop may want first. */
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

    /** As {@link #call}, for work that refuses nothing. */
    void run(Runnable work) {
        loop.submit(work).syncUninterruptibly();
    }

    /** Whether the caller is on the loop. */
    boolean isMine() {
        return loop.inEventLoop();
    }

    /** Has the loop do something soon. */
    void later(Runnable task) {
        loop.execute(task);
    }

    /** Has the loop do something again and again. */
    Future<?> every(long millis, Runnable task) {
        return loop.scheduleAtFixedRate(task, millis, millis, TimeUnit.MILLISECONDS);
    }
}

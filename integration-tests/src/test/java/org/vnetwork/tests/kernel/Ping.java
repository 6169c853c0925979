package org.vnetwork.tests.kernel;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.BitSet;
import java.util.concurrent.locks.LockSupport;

/** A datagram every millisecond from one namespace, which another one sends back, each with a number. */
final class Ping implements Closeable {
    private static final long PERIOD_NANOS = 1_000_000;
    /** On a machine with other things to do, sockets overflow; then it goes slower. */
    private static final long SLOW_NANOS = 20 * PERIOD_NANOS;

    private final DatagramChannel near;
    private final DatagramChannel far;
    private final SocketAddress target;
    private final BitSet back = new BitSet();
    private final Thread[] threads;
    private volatile int sent;
    private volatile boolean stopping;

    Ping(Space from, Space to, String address) throws IOException {
        far = to.in(() -> DatagramChannel.open().bind(new InetSocketAddress(address, 0)));
        near = from.in(() -> DatagramChannel.open().bind(new InetSocketAddress(0)));
        target = far.getLocalAddress();
        threads = new Thread[] {start(this::echo), start(this::send), start(this::receive)};
    }

    private interface Work {
        void run() throws IOException;
    }

    private static Thread start(Work work) {
        return Thread.ofPlatform().daemon().start(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // The channel was closed: the end.
            }
        });
    }

    private void echo() throws IOException {
        ByteBuffer datagram = ByteBuffer.allocate(64);
        while (true) {
            SocketAddress sender = far.receive(datagram.clear());
            far.send(datagram.flip(), sender);
        }
    }

    private void send() throws IOException {
        ByteBuffer datagram = ByteBuffer.allocate(4);
        long due = System.nanoTime();
        while (!stopping) {
            near.send(datagram.clear().putInt(sent).flip(), target);
            sent = sent + 1;
            boolean slow = sent > 100 && missing(sent - 100, sent) > 50;
            due = Math.max(due + (slow ? SLOW_NANOS : PERIOD_NANOS), System.nanoTime() - PERIOD_NANOS);
            LockSupport.parkNanos(due - System.nanoTime());
        }
    }

    private void receive() throws IOException {
        ByteBuffer datagram = ByteBuffer.allocate(64);
        while (true) {
            near.receive(datagram.clear());
            synchronized (back) {
                back.set(datagram.flip().getInt());
            }
        }
    }

    /** How many were sent so far. */
    int sent() {
        return sent;
    }

    /** How many from one number to before another have not come back. */
    int missing(int from, int to) {
        synchronized (back) {
            return to - from - back.get(from, to).cardinality();
        }
    }

    /** Ends the sending. */
    void stop() {
        stopping = true;
    }

    @Override
    public void close() throws IOException {
        stop();
        near.close();
        far.close();
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

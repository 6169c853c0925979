package org.vnetwork.tests.plugins;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.concurrent.locks.LockSupport;
import org.vnetwork.tests.sockets.Datagrams;

/** A frame of one flow every millisecond from one station to another, each with a number; has a thread of its own. */
final class Steady implements Closeable {
    private static final long PERIOD_NANOS = 1_000_000;
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private final Datagrams from;
    private final Datagrams to;
    private final byte[] frame;
    private final BitSet numbers = new BitSet();
    private final Thread thread;
    private volatile int sent;
    private volatile int arrived;
    private volatile boolean stopping;
    private volatile IOException failure;

    Steady(Datagrams from, Datagrams to, byte[] frame) {
        this.from = from;
        this.to = to;
        this.frame = frame.clone();
        thread = Thread.ofPlatform().daemon().start(this::run);
    }

    private void run() {
        try {
            long due = System.nanoTime();
            while (!stopping) {
                take();
                ByteBuffer.wrap(frame).putInt(Stations.NUMBER, sent + 1);
                if (from.send(frame)) {
                    sent = sent + 1;
                }
                due = Math.max(due + PERIOD_NANOS, System.nanoTime() - PERIOD_NANOS);
                LockSupport.parkNanos(due - System.nanoTime());
            }
            long end = System.nanoTime() + PATIENCE_NANOS;
            while (arrived < sent && System.nanoTime() < end) {
                take();
                LockSupport.parkNanos(PERIOD_NANOS);
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    private void take() throws IOException {
        for (byte[] got = to.receive(); got != null; got = to.receive()) {
            int number = ByteBuffer.wrap(got).getInt(Stations.NUMBER);
            if (!numbers.get(number)) {
                numbers.set(number);
                arrived = arrived + 1;
            }
        }
    }

    /** How many have arrived so far. */
    int arrived() {
        return arrived;
    }

    /** How many were sent so far. */
    int sent() {
        return sent;
    }

    /** Ends the sending; how many of all have not arrived, and never will. */
    int stop() throws IOException, InterruptedException {
        stopping = true;
        thread.join();
        if (failure != null) {
            throw failure;
        }
        return sent - arrived;
    }

    @Override
    public void close() {
        stopping = true;
    }
}

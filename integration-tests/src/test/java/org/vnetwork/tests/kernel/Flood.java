package org.vnetwork.tests.kernel;

import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;

/** Frames out of several wires in turn, at so many a second of each, until it is closed or all are sent. */
final class Flood implements Closeable {
    private static final long SLICE_NANOS = 1_000_000;

    private final Thread thread;
    private volatile boolean stopping;
    private volatile long sent;
    private volatile IOException failed;

    /** Begins; {@code maker} makes the frame of a number, and must give a fresh array or one that it leaves alone until the next call. */
    Flood(List<Wire> wires, int perSecond, long most, LongFunction<byte[]> maker) {
        thread = Thread.ofPlatform().daemon().name("flood").start(() -> {
            try {
                run(wires, perSecond, most, maker);
            } catch (IOException e) {
                failed = e;
            }
        });
    }

    private void run(List<Wire> wires, int perSecond, long most, LongFunction<byte[]> maker) throws IOException {
        long began = System.nanoTime();
        while (!stopping && sent < most) {
            long due = Math.min(most, (System.nanoTime() - began) / 1000 * perSecond / 1_000_000 * wires.size());
            while (sent < due && !stopping) {
                wires.get((int) (sent % wires.size())).send(maker.apply(sent));
                sent++;
            }
            LockSupport.parkNanos(SLICE_NANOS);
        }
    }

    /** A frame whose source address is 06 and the low 40 bits of a number. */
    static byte[] from(byte[] frame, long number) {
        byte[] changed = Arrays.copyOf(frame, frame.length);
        changed[6] = 0x06;
        for (int i = 0; i < 5; i++) {
            changed[11 - i] = (byte) (number >> 8 * i);
        }
        return changed;
    }

    /** Frames sent so far. */
    long sent() {
        return sent;
    }

    boolean ended() {
        return !thread.isAlive();
    }

    @Override
    public void close() throws IOException {
        stopping = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (failed != null) {
            throw failed;
        }
    }
}

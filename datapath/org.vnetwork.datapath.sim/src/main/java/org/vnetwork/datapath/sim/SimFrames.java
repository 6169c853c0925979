package org.vnetwork.datapath.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.vnetwork.packet.wire.Frame;

/** Frames that wait for the switch's loop, and its wait for them. Its thread, but for {@link #wakeup}. */
final class SimFrames {
    /** Not received yet. */
    final Queue<Frame> arrived = new ArrayDeque<>();
    /** To be taken. */
    final Queue<Frame> up = new ArrayDeque<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private volatile Thread waiting;

    /** Has a frame come in by a port. */
    void arrive(byte[] octets, int ingress) {
        arrived.add(copy(octets, ingress));
    }

    /** Sends a copy up. */
    void sendUp(Frame frame, boolean isCopy) {
        Frame copy = copy(frame.bytes().toArray(ValueLayout.JAVA_BYTE), frame.ingress);
        copy.flow = frame.flow;
        copy.copy = isCopy;
        up.add(copy);
    }

    private static Frame copy(byte[] octets, int ingress) {
        MemorySegment buffer = MemorySegment.ofArray(new byte[Frame.HEADROOM + octets.length]);
        MemorySegment.copy(octets, 0, buffer, ValueLayout.JAVA_BYTE, Frame.HEADROOM, octets.length);
        return new Frame().over(buffer, Frame.HEADROOM, octets.length, ingress);
    }

    /** Drops what has come in by a port. */
    void forget(int port) {
        arrived.removeIf(frame -> frame.ingress == port);
        up.removeIf(frame -> frame.ingress == port);
    }

    void clear() {
        arrived.clear();
        up.clear();
    }

    /** As {@link org.vnetwork.datapath.Datapath#await}, in real time. */
    void await(long nanos) {
        waiting = Thread.currentThread();
        long end = System.nanoTime() + nanos;
        while (arrived.isEmpty() && up.isEmpty() && !woken.getAndSet(false) && !waiting.isInterrupted()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return;
            }
            LockSupport.parkNanos(this, left);
        }
    }

    /** As {@link org.vnetwork.datapath.Datapath#wakeup}. */
    void wakeup() {
        woken.set(true);
        LockSupport.unpark(waiting);
    }
}

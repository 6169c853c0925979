package org.vnetwork.datapath.user;

import java.lang.foreign.SegmentAllocator;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.vnetwork.datapath.UpcallSink;
import org.vnetwork.packet.wire.Frame;

/** The way of frames from the ports' thread up to the switch's loop: misses and inspected frames each have a queue, so that neither takes the other's room. */
final class UpQueues {
    private static final int OCTETS = 1 << 20;

    private final FrameRing misses;
    private final FrameRing inspected;
    private final Frame frame = new Frame();
    private final AtomicBoolean woken = new AtomicBoolean();
    private volatile Thread waiting;

    UpQueues(SegmentAllocator memory) {
        misses = new FrameRing(memory, OCTETS);
        inspected = new FrameRing(memory, OCTETS);
    }

    /** Takes a frame that matched no flow; false when there is no room. Ports' thread. */
    boolean miss(Frame up) {
        return told(misses.offer(up, false));
    }

    /** Takes a frame of an inspect flow, or a copy; false when there is no room. Ports' thread. */
    boolean inspect(Frame up, boolean copy) {
        return told(inspected.offer(up, copy));
    }

    private boolean told(boolean in) {
        Thread sleeper = waiting;
        if (in && sleeper != null) {
            waiting = null;
            LockSupport.unpark(sleeper);
        }
        return in;
    }

    /** As {@link org.vnetwork.datapath.Datapath#poll}. Loop thread. */
    int poll(UpcallSink sink, int limit) {
        int count = 0;
        while (count < limit) {
            // In turns, so that a flood of misses does not hold up the frames of flows.
            int before = count;
            count += handOver(misses, sink);
            count += count < limit ? handOver(inspected, sink) : 0;
            if (count == before) {
                break;
            }
        }
        return count;
    }

    private int handOver(FrameRing ring, UpcallSink sink) {
        while (ring.peek(frame)) {
            try {
                if (frame.ingress != 0) {
                    int flow = frame.flow;
                    boolean copy = frame.copy;
                    // A slice: whatever is done to the frame stays within its record.
                    frame.over(frame.buffer.asSlice(frame.offset - Frame.HEADROOM, Frame.HEADROOM + frame.size), Frame.HEADROOM, frame.size, frame.ingress);
                    frame.flow = flow;
                    frame.copy = copy;
                    sink.upcall(frame);
                    return 1;
                }
            } finally {
                ring.release();
            }
        }
        return 0;
    }

    /** Has frames of a port that is gone not be handed over. Loop thread. */
    void forget(int port) {
        misses.forget(port);
        inspected.forget(port);
    }

    /** As {@link org.vnetwork.datapath.Datapath#await}. Loop thread. */
    void await(long nanos) {
        waiting = Thread.currentThread();
        if (misses.isEmpty() && inspected.isEmpty() && !woken.get()) {
            LockSupport.parkNanos(this, nanos);
        }
        waiting = null;
        woken.set(false);
    }

    /** As {@link org.vnetwork.datapath.Datapath#wakeup}. Any thread. */
    void wakeup() {
        woken.set(true);
        LockSupport.unpark(waiting);
    }
}

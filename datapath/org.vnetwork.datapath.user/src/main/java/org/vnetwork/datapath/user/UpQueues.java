package org.vnetwork.datapath.user;

import java.lang.foreign.SegmentAllocator;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.vnetwork.datapath.UpcallSink;
import org.vnetwork.packet.wire.Frame;

/** The ways of frames up from the groups to the switch's loop, which goes round them. */
final class UpQueues {
    private final Frame frame = new Frame();
    private final AtomicBoolean woken = new AtomicBoolean();
    private volatile UpQueue[] queues = {};
    private volatile Thread waiting;
    private int next;

    /** One more way. Loop thread. */
    UpQueue add(SegmentAllocator memory) {
        UpQueue[] more = Arrays.copyOf(queues, queues.length + 1);
        more[queues.length] = new UpQueue(this, memory);
        queues = more;
        return more[more.length - 1];
    }

    /** Ends the loop's wait: there is a frame. Any thread. */
    void tell() {
        Thread sleeper = waiting;
        if (sleeper != null) {
            waiting = null;
            LockSupport.unpark(sleeper);
        }
    }

    /** As {@link org.vnetwork.datapath.Datapath#poll}. Loop thread. */
    int poll(UpcallSink sink, int limit) {
        UpQueue[] all = queues;
        int count = 0;
        for (int idle = 0; count < limit && idle < all.length;) {
            // In turns, so that a flood does not hold up the frames of others.
            next = next + 1 < all.length ? next + 1 : 0;
            int before = count;
            count += handOver(all[next].inspected, sink);
            count += count < limit ? handOver(all[next].misses, sink) : 0;
            idle = count == before ? idle + 1 : 0;
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

    private boolean isEmpty() {
        for (UpQueue queue : queues) {
            if (!queue.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** As {@link org.vnetwork.datapath.Datapath#await}. Loop thread. */
    void await(long nanos) {
        waiting = Thread.currentThread();
        if (isEmpty() && !woken.get()) {
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

package org.vnetwork.datapath.user;

import java.lang.foreign.SegmentAllocator;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.vnetwork.datapath.FrameBatch;
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

    /** As {@link org.vnetwork.datapath.Datapath#take}. Loop thread. */
    int take(FrameBatch batch) {
        UpQueue[] all = queues;
        int count = 0;
        for (int idle = 0; idle < all.length;) {
            // In turns, a frame of each kind, so that a flood does not hold up the frames of others. Whose frame finds no room has the first turn of the next batch.
            int turn = next < all.length ? next : 0;
            int before = count;
            count += take(all[turn].inspected, batch);
            count += take(all[turn].misses, batch);
            if (batch.isFull()) {
                return count;
            }
            next = turn + 1;
            idle = count == before ? idle + 1 : 0;
        }
        return count;
    }

    private int take(FrameRing ring, FrameBatch batch) {
        while (ring.peek(frame)) {
            if (frame.ingress != 0) {
                if (!batch.add(frame)) {
                    return 0;
                }
                ring.release();
                return 1;
            }
            ring.release();
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

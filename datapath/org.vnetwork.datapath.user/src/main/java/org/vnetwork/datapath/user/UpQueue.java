package org.vnetwork.datapath.user;

import java.lang.foreign.SegmentAllocator;
import org.vnetwork.packet.wire.Frame;

/** One group's way up to the switch's loop: misses and inspected frames each have a ring, so that neither takes the other's room. */
final class UpQueue {
    private static final int OCTETS = 1 << 20;

    final FrameRing misses;
    final FrameRing inspected;
    private final UpQueues queues;

    UpQueue(UpQueues queues, SegmentAllocator memory) {
        this.queues = queues;
        misses = new FrameRing(memory, OCTETS);
        inspected = new FrameRing(memory, OCTETS);
    }

    /** Takes a frame that matched no flow; false when there is no room. The group's thread. */
    boolean miss(Frame up) {
        return told(misses.offer(up, false));
    }

    /** Takes a frame of an inspect flow, or a copy; false when there is no room. The group's thread. */
    boolean inspect(Frame up, boolean copy) {
        return told(inspected.offer(up, copy));
    }

    private boolean told(boolean in) {
        if (in) {
            queues.tell();
        }
        return in;
    }

    boolean isEmpty() {
        return misses.isEmpty() && inspected.isEmpty();
    }

    /** Has frames of a port that is gone not be handed over. The switch's loop. */
    void forget(int port) {
        misses.forget(port);
        inspected.forget(port);
    }
}

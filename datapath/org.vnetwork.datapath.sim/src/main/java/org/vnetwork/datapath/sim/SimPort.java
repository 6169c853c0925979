package org.vnetwork.datapath.sim;

import java.util.ArrayList;
import java.util.List;
import org.vnetwork.datapath.PortBooks;

/** One port: what was sent out of it, and its counters. */
final class SimPort {
    /** Frames kept for {@code captured}; those beyond are refused, as a device with a full queue would. */
    static final int CAPTURES = 1024;

    final PortBooks books = new PortBooks();
    boolean blocked = true;
    boolean up = true;
    long downs;
    private List<byte[]> captures = new ArrayList<>();

    /** Sends a frame out; false when nobody took the frames before it. */
    boolean send(byte[] frame) {
        if (captures.size() == CAPTURES) {
            return false;
        }
        captures.add(frame);
        return true;
    }

    List<byte[]> takeCaptures() {
        List<byte[]> taken = captures;
        captures = new ArrayList<>();
        return taken;
    }
}

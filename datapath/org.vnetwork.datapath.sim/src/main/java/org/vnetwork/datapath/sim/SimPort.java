package org.vnetwork.datapath.sim;

import java.util.ArrayList;
import java.util.List;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.PortCounters;

/** One port: what was sent out of it, and its counters. */
final class SimPort {
    /** Frames kept for {@code captured}; those beyond are refused, as a device with a full queue would. */
    static final int CAPTURES = 1024;

    final long[] drops = new long[DropNumbers.LIMIT];
    boolean blocked = true;
    private List<byte[]> captures = new ArrayList<>();
    private long received;
    private long receivedBytes;
    private long sent;
    private long sentBytes;
    private long forwarded;
    private long dropped;
    private long up;

    /** How the flow table ended a received frame. */
    enum End {
        FORWARDED, DROPPED, UP
    }

    void received(int size) {
        received++;
        receivedBytes += size;
    }

    void ended(End end) {
        switch (end) {
            case FORWARDED -> forwarded++;
            case DROPPED -> dropped++;
            case UP -> up++;
        }
    }

    /** Sends a frame out; false when nobody took the frames before it. */
    boolean send(byte[] frame) {
        if (captures.size() == CAPTURES) {
            return false;
        }
        captures.add(frame);
        sent++;
        sentBytes += frame.length;
        return true;
    }

    List<byte[]> takeCaptures() {
        List<byte[]> taken = captures;
        captures = new ArrayList<>();
        return taken;
    }

    PortCounters counters() {
        return new PortCounters(received, receivedBytes, sent, sentBytes, forwarded, dropped, up, 0);
    }
}

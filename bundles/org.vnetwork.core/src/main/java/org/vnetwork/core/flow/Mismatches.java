package org.vnetwork.core.flow;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.vnetwork.packet.wire.Frame;

/** Frames that the datapath sent up although a flow of theirs was installed: how many, and what the latest were like. Loop thread only. */
public final class Mismatches {
    private static final int KEPT = 16;

    private final Deque<Kept> kept = new ArrayDeque<>();
    private long count;

    /**
     * A frame.
     *
     * @param number from 1
     * @param port that it came in by
     * @param flow that it matches by the parser in Java
     * @param size octets on the wire
     * @param key what the parser in Java read
     */
    public record Kept(long number, int port, int flow, int size, long[] key) {
    }

    Mismatches() {
    }

    void keep(Frame frame, long[] key, Flow flow) {
        if (kept.size() == KEPT) {
            kept.removeFirst();
        }
        kept.add(new Kept(++count, frame.ingress, flow.id, frame.size, key.clone()));
    }

    /** How many there were. */
    public long count() {
        return count;
    }

    /** The latest, oldest first. */
    public List<Kept> kept() {
        return List.copyOf(kept);
    }
}

package org.vnetwork.core.flow;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.vnetwork.packet.wire.Frame;

/** Frames that the datapath sent up although a flow of theirs was installed: how many, and the latest of them. Loop thread only. */
public final class Mismatches {
    private static final int KEPT = 16;
    /** As many octets of a frame as a parser can have looked at, and more. */
    private static final int OCTETS = 512;

    private final Deque<Kept> kept = new ArrayDeque<>();
    private long count;

    /**
     * A frame.
     *
     * @param number from 1
     * @param port that it came in by
     * @param flow that it matches by the parser in Java
     * @param size octets on the wire
     * @param octets the first 512 of them
     */
    public record Kept(long number, int port, int flow, int size, byte[] octets) {
    }

    Mismatches() {
    }

    void keep(Frame frame, Flow flow) {
        byte[] octets = new byte[Math.min(frame.size, OCTETS)];
        java.lang.foreign.MemorySegment.copy(frame.buffer, java.lang.foreign.ValueLayout.JAVA_BYTE, frame.offset, octets, 0, octets.length);
        if (kept.size() == KEPT) {
            kept.removeFirst();
        }
        kept.add(new Kept(++count, frame.ingress, flow.id, frame.size, octets));
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

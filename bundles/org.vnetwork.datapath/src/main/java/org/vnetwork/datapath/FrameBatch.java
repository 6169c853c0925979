package org.vnetwork.datapath;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.vnetwork.packet.wire.Frame;

/**
 * Frames that came up, in memory of the switch: its driver fills a batch, its loop decides one frame after the other.
 *
 * <p>Life: {@code clear} → {@link Datapath#take} → {@code next} until it returns null → {@link Datapath#flush} → {@code clear}. The driver keeps nothing of a frame that is in, and the frames
 * outlive it. One thread at a time; when the thread that decides is stuck with a frame, another may go on: {@link #current} is the frame in hand, {@link #next} the one after it.
 *
 * <p>Each slot has a {@link Frame} of its own, with {@link Frame#HEADROOM} octets in front, valid until {@code clear}. Nothing is allocated once the batch is made. Its memory goes when nobody holds
 * the batch or one of its frames any more, so a thread that was left behind may still look at its frame.
 */
public final class FrameBatch {
    /** Frames that fit when there is room for their octets. */
    public static final int FRAMES = 256;
    /** Octets of the longest frame: 65,535, an Ethernet header with a tag, and tags that a flow pushed before it sent the frame up. */
    public static final int LONGEST = 65_553 + Frame.HEADROOM;
    /** As many frames of 1,500 octets, read without knowing their size before; or seven of the longest. */
    private static final int OCTETS = 1 << 19;
    /** Frames begin at multiples of so many octets. */
    private static final int LINE = 64;

    private final MemorySegment memory;
    private final Frame[] slots;
    private int count;
    private int end;
    private boolean full;
    /** Number of the frame that comes next; its complement while none is in hand. */
    private volatile int cursor = ~0;

    /** An empty batch for {@link #FRAMES} frames. */
    public FrameBatch() {
        this(FRAMES, OCTETS);
    }

    /**
     * An empty batch of another size.
     *
     * @param frames 1 or more
     * @param octets frames and their headroom, each rounded up to 64; at least as many as the longest frame takes
     */
    public FrameBatch(int frames, int octets) {
        if (frames < 1 || octets < Frame.HEADROOM + LONGEST) {
            throw new IllegalArgumentException("batch: " + frames + " frames, " + octets + " octets (expected: 1 frame and " + (Frame.HEADROOM + LONGEST) + " octets, or more)");
        }
        memory = Arena.ofAuto().allocate(octets, LINE);
        slots = new Frame[frames];
        for (int i = 0; i < frames; i++) {
            slots[i] = new Frame();
        }
    }

    /**
     * The next slot, for a driver to put a frame into; it is in with {@link #keep}.
     *
     * @param longest octets that the frame may have, at most {@link #LONGEST}; the frame comes with this size, no ingress, no flow
     * @return null when there is no room: the frame waits for the next batch, and so does all behind it
     */
    public Frame room(int longest) {
        if (longest > LONGEST) {
            throw new IllegalArgumentException("frame: " + longest + " octets (expected: at most " + LONGEST + ")");
        }
        if (count == slots.length || end + Frame.HEADROOM + longest > memory.byteSize()) {
            full = true;
            return null;
        }
        Frame frame = slots[count].over(memory, end + Frame.HEADROOM, longest, 0);
        frame.floor = end;
        return frame;
    }

    /** Takes in the frame that {@link #room} returned last, with what the driver has set of it. */
    public void keep() {
        Frame frame = slots[count++];
        end = frame.offset + frame.size + LINE - 1 & -LINE;
    }

    /** Copies a frame in, with all that is known of it; false when there is no room for it, and nothing changed. */
    public boolean add(Frame frame) {
        Frame to = room(frame.size);
        if (to == null) {
            return false;
        }
        MemorySegment.copy(frame.buffer, frame.offset, memory, to.offset, frame.size);
        to.ingress = frame.ingress;
        to.flow = frame.flow;
        to.copy = frame.copy;
        to.offloadFlags = frame.offloadFlags;
        to.gsoType = frame.gsoType;
        to.gsoSize = frame.gsoSize;
        to.headerSize = frame.headerSize;
        to.checksumStart = frame.checksumStart;
        to.checksumOffset = frame.checksumOffset;
        keep();
        return true;
    }

    /** Whether a frame found no room since {@link #clear}, so that more wait at the driver; false when all that had come is in. */
    public boolean isFull() {
        return full;
    }

    /** Frames that {@link #next} has still to return. */
    public int left() {
        return count - index();
    }

    /** Takes the next frame in hand and returns it; null when none is left. */
    public Frame next() {
        int index = index();
        if (index == count) {
            cursor = ~index;
            return null;
        }
        cursor = index + 1;
        return slots[index];
    }

    /** The frame in hand: the one that {@link #next} returned last; null before the first and after the last. Any thread. */
    public Frame current() {
        int now = cursor;
        return now > 0 ? slots[now - 1] : null;
    }

    /** The frame in hand is done with; none is in hand until {@link #next}. */
    public void pause() {
        cursor = ~index();
    }

    private int index() {
        int now = cursor;
        return now < 0 ? ~now : now;
    }

    /** Empties it; frames that are left are forgotten. */
    public void clear() {
        count = 0;
        end = 0;
        full = false;
        cursor = ~0;
    }
}

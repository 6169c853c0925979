package org.vnetwork.packet.wire;

import java.lang.foreign.MemorySegment;

/**
 * A frame in a buffer, with room in front, and what the sender left for hardware to finish.
 *
 * <p>Mutable flyweight, valid until the call that received it returns; one of a batch, until the batch is cleared. All tags stand in
 * the bytes. A rewriter may move {@link #offset} down (push), to {@link #floor} at the least, or up (pop).
 */
public final class Frame {
    /** Octets that are free before a received frame, so that tags can be pushed without copying. */
    public static final int HEADROOM = 32;

    /** The buffer. */
    public MemorySegment buffer;
    /** Octets from the buffer's start to the destination MAC. */
    public int offset;
    /** Least that the offset may become: what stands before it in the buffer is not this frame's. */
    public int floor;
    /** Octets of the frame, 14 or more, up to 65,535 + 18 for a segment that is still to be split. */
    public int size;
    /** Port id that it came in by; 0 for one made by a plugin. */
    public int ingress;
    /** Flow that sent it up, or -1 when it matched none. */
    public int flow = -1;
    /** Whether it is a copy of a frame that went its way: to be decided, not to be sent. */
    public boolean copy;
    /** Offload state in the terms of virtio_net_hdr (VIRTIO 1.2 section 5.1.6): flags. */
    public int offloadFlags;
    /** virtio_net_hdr gso_type; 0 when the frame is not to be split. */
    public int gsoType;
    /** virtio_net_hdr gso_size: payload octets of each segment. */
    public int gsoSize;
    /** virtio_net_hdr hdr_len, counted from {@link #offset}. */
    public int headerSize;
    /** virtio_net_hdr csum_start, counted from {@link #offset}. */
    public int checksumStart;
    /** virtio_net_hdr csum_offset, counted from {@link #checksumStart}. */
    public int checksumOffset;

    /** Points at plain bytes that need no offload. */
    public Frame over(MemorySegment segment, int frameOffset, int frameSize, int ingressPort) {
        buffer = segment;
        offset = frameOffset;
        floor = 0;
        size = frameSize;
        ingress = ingressPort;
        flow = -1;
        copy = false;
        offloadFlags = 0;
        gsoType = 0;
        gsoSize = 0;
        headerSize = 0;
        checksumStart = 0;
        checksumOffset = 0;
        return this;
    }

    /** The frame's own octets. */
    public MemorySegment bytes() {
        return buffer.asSlice(offset, size);
    }

    /** Frames on the wire that this becomes once split: 1 unless it is a segment to be split. */
    public int wireFrames() {
        if (gsoSize == 0 || size <= headerSize) {
            return 1;
        }
        return Math.max(1, (size - headerSize + gsoSize - 1) / gsoSize);
    }

    /** Octets of all frames on the wire that this becomes once split. */
    public long wireBytes() {
        return size + (wireFrames() - 1L) * headerSize;
    }
}

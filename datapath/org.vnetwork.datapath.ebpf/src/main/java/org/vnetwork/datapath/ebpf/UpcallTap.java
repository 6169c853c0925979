package org.vnetwork.datapath.ebpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.packet.wire.Frame;

/**
 * The tap that frames come up by: virtio_net_hdr, prefix, frame, as drawn in {@code vnet_abi.h}.
 *
 * <p>Frames are read to where they stay, and nothing is allocated. Loop thread only.
 */
final class UpcallTap implements AutoCloseable {
    private static final int MTU = 65521;
    /** Frames that wait for the loop; more are lost, counted. */
    private static final int QUEUE = 4096;
    private static final int VNET_HEADER = PacketSocket.HEADER;
    private static final int PREFIX = 16;
    private static final int TAG = 4;
    private static final int MAC_PAIR = 12;
    private static final byte MAGIC_0 = 'V';
    private static final byte MAGIC_1 = 'N';
    /** Reason of what {@code COPY_UP} sent. */
    private static final byte COPY = 2;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private final String name;
    private final Links links;
    private final int fd;
    private final Link device;
    private final int staleIfindex;
    private final long lostBefore;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment waiting = arena.allocate(8, 4);
    private int generation;

    /** @param goesOn whether one that an earlier process left is taken up again; otherwise it is replaced */
    UpcallTap(String name, Links links, boolean goesOn) throws DatapathException {
        this.name = name;
        this.links = links;
        Link stale = links.byName(name);
        staleIfindex = stale == null ? 0 : stale.ifindex();
        if (stale != null && !goesOn) {
            // Left by a process that was killed; one that is alive has it open, and opening it fails.
            Libc.close(Taps.open(name));
            links.delete(stale.ifindex());
        }
        fd = Taps.open(name);
        Ipv6.silence(name);
        device = links.byName(name);
        if (device == null || !links.setMtu(device.ifindex(), MTU) || !links.setQueueLength(device.ifindex(), QUEUE)
                || !links.setFlags(device.ifindex(), Links.IFF_UP, Links.IFF_UP)) {
            Libc.close(fd);
            throw new DatapathException("tap " + name + ": cannot be brought up: " + Libc.error());
        }
        lostBefore = Math.max(0, links.dropped(device.ifindex()));
    }

    String name() {
        return name;
    }

    /** The device as it is now under its name and number; null when somebody removed, renamed or replaced it. */
    Link seen() {
        Link now = links.byIndex(device.ifindex());
        return now != null && now.name().equals(name) ? now : null;
    }

    /** Puts settings right that somebody changed; what they were, or null when all are as they were. */
    String mend(Link now) {
        String found = !now.isUp() ? "down" : now.mtu() != MTU ? "given an MTU of " + now.mtu() : now.master() != 0 ? "put into a bridge or bond" : null;
        if (found != null) {
            links.setMaster(device.ifindex(), 0);
            links.setMtu(device.ifindex(), MTU);
            links.setFlags(device.ifindex(), Links.IFF_UP, Links.IFF_UP);
        }
        return found;
    }

    int descriptor() {
        return fd;
    }

    int ifindex() {
        return device.ifindex();
    }

    /** What its ifindex was when an earlier process had it; 0 when none was left. */
    int staleIfindex() {
        return staleIfindex;
    }

    /** Frames that the tap had no room for, of all ports together, since it was opened. */
    long lost() {
        return Math.max(0, links.dropped(device.ifindex()) - lostBefore);
    }

    /** Whether nothing waits to be read. */
    boolean isEmpty() {
        waiting.set(ValueLayout.JAVA_INT, 0, fd);
        waiting.set(ValueLayout.JAVA_SHORT, 4, (short) 1);
        return Libc.poll(waiting, 1, 0) == 0;
    }

    /** Reads the next frame into a slot of a batch; false when none waits. What is not ours or not whole is passed over. */
    boolean read(Frame into) {
        // What stands before the frame goes into its headroom.
        int start = into.offset - PREFIX - VNET_HEADER;
        long room = VNET_HEADER + PREFIX + (long) into.size;
        while (true) {
            long size = Libc.read(fd, into.buffer.address() + start, room);
            if (size < 0) {
                return false;
            }
            if (size >= VNET_HEADER + PREFIX + 14 && decode(into, start, (int) size)) {
                return true;
            }
        }
    }

    /** Generation of the flow that sent the last frame up. */
    int generation() {
        return generation;
    }

    private boolean decode(Frame frame, int header, int size) {
        MemorySegment buffer = frame.buffer;
        int prefix = header + VNET_HEADER;
        boolean tagged = buffer.get(BYTE, prefix + MAC_PAIR) != MAGIC_0;
        int magic = prefix + MAC_PAIR + (tagged ? TAG : 0);
        if (buffer.get(BYTE, magic) != MAGIC_0 || buffer.get(BYTE, magic + 1) != MAGIC_1) {
            return false;
        }
        int start = prefix + PREFIX;
        frame.size = size - VNET_HEADER - PREFIX;
        frame.ingress = buffer.get(INT, prefix);
        frame.flow = buffer.get(INT, prefix + 4);
        frame.copy = buffer.get(BYTE, magic + 2L) == COPY;
        generation = buffer.get(INT, prefix + 8);
        if (tagged) {
            // The tag takes four octets of the prefix, what stood there is read by now.
            short tpid = buffer.get(SHORT, prefix + MAC_PAIR);
            short tci = buffer.get(SHORT, prefix + MAC_PAIR + 2);
            MemorySegment.copy(buffer, (long) start + TAG, buffer, start, MAC_PAIR);
            buffer.set(SHORT, start + MAC_PAIR, tpid);
            buffer.set(SHORT, start + MAC_PAIR + 2, tci);
        }
        offload(frame, header);
        return true;
    }

    private static void offload(Frame frame, int header) {
        MemorySegment buffer = frame.buffer;
        int flags = buffer.get(BYTE, header);
        frame.offloadFlags = flags;
        frame.gsoType = buffer.get(BYTE, header + 1) & 0xff;
        if ((flags & 1) != 0) {
            frame.checksumStart = (buffer.get(SHORT, header + 6) & 0xffff) - PREFIX;
            frame.checksumOffset = buffer.get(SHORT, header + 8) & 0xffff;
        }
        if (frame.gsoType != 0) {
            frame.gsoSize = buffer.get(SHORT, header + 4) & 0xffff;
            // NB: the kernel puts the length of its first buffer into hdr_len, so the true one is taken from the headers.
            boolean udp = (frame.gsoType & 0x7f) == 5 || (frame.gsoType & 0x7f) == 3;
            int tcp = frame.checksumStart + 12;
            int transport = udp ? 8 : tcp < frame.size ? (buffer.get(BYTE, (long) frame.offset + tcp) >> 4 & 0xf) * 4 : 20;
            frame.headerSize = Math.min(frame.size, frame.checksumStart + transport);
        }
    }

    /** Takes the device away, before {@link #close}; wherever it is now, it ends with its descriptor. */
    void remove() {
        Taps.forget(fd);
        links.delete(device.ifindex());
    }

    @Override
    public void close() {
        Libc.close(fd);
        arena.close();
    }
}

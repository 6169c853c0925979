package org.vnetwork.datapath.ebpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.packet.wire.Frame;

/**
 * Sends frames out of devices, with checksum and segmentation still to be done (packet(7), PACKET_VNET_HDR).
 *
 * <p>Allocates nothing per frame. Loop thread only.
 */
final class PacketSocket implements AutoCloseable {
    /** Octets of a virtio_net_hdr without num_buffers. */
    static final int HEADER = 10;

    private static final int AF_PACKET = 17;
    private static final int ADDRESS_SIZE = 20;
    private static final int SOCK_RAW = 3;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_VNET_HDR = 15;
    private static final int MSG_DONTWAIT = 0x40;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment address = arena.allocate(ADDRESS_SIZE, 4);
    private final MemorySegment copy = arena.allocate(HEADER + 65536 + 64L, 8);
    private final int fd;

    PacketSocket() throws DatapathException {
        fd = Libc.socket(AF_PACKET, SOCK_RAW | Libc.O_CLOEXEC, 0);
        MemorySegment one = arena.allocate(4, 4);
        one.set(INT, 0, 1);
        if (fd < 0 || Libc.setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, one) < 0) {
            throw new DatapathException("packet socket: " + Libc.error() + "; CAP_NET_RAW is needed");
        }
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_PACKET);
    }

    /** Sends a frame; 0, or the number of a drop reason. The octets before the frame are overwritten. */
    int send(int ifindex, Frame frame) {
        MemorySegment data = frame.buffer;
        long start = frame.offset - HEADER;
        if (!data.isNative() || start < frame.floor) {
            data = copy;
            start = 0;
            MemorySegment.copy(frame.buffer, frame.offset, copy, HEADER, frame.size);
        }
        data.set(BYTE, start, (byte) (frame.offloadFlags & 1));
        data.set(BYTE, start + 1, (byte) frame.gsoType);
        data.set(SHORT, start + 2, (short) frame.headerSize);
        data.set(SHORT, start + 4, (short) frame.gsoSize);
        data.set(SHORT, start + 6, (short) frame.checksumStart);
        data.set(SHORT, start + 8, (short) frame.checksumOffset);
        address.set(INT, 4, ifindex);
        if (Libc.sendto(fd, data.address() + start, HEADER + (long) frame.size, MSG_DONTWAIT, address.address(), ADDRESS_SIZE) >= 0) {
            return 0;
        }
        return switch (Libc.errno()) {
            case Libc.ENETDOWN, Libc.ENXIO, Libc.ENODEV -> DropNumbers.LINK_DOWN;
            case Libc.EMSGSIZE -> DropNumbers.TOO_LONG;
            default -> DropNumbers.OUTPUT_FAILED;
        };
    }

    @Override
    public void close() {
        Libc.close(fd);
        arena.close();
    }
}

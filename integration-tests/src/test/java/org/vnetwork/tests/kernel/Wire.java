package org.vnetwork.tests.kernel;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Raw frames to and from a device in a namespace, by a packet socket (packet(7)). Not for several threads at once. */
public final class Wire implements Closeable {
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_AUXDATA = 8;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final short ALL_BE = 0x0300;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_TRUNC = 0x20;
    private static final int VLAN_VALID = 1 << 4;
    private static final int SIZE = 65_600;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment out = arena.allocate(SIZE, 8);
    private final MemorySegment in = arena.allocate(SIZE, 8);
    private final MemorySegment control = arena.allocate(64, 8);
    private final MemorySegment message = arena.allocate(56, 8);
    private final MemorySegment vector = arena.allocate(16, 8);
    private final MemorySegment sender = arena.allocate(20, 4);
    private final long fd;

    /** Opens the device of this name in a namespace, or in the test's own when that is null. */
    public Wire(Space space, String device) throws IOException {
        fd = space == null ? open(device) : space.in(() -> open(device));
        vector.set(LONG, 0, in.address());
        vector.set(LONG, 8, in.byteSize());
        message.set(LONG, 0, sender.address());
        message.set(LONG, 16, vector.address());
        message.set(LONG, 24, 1);
        message.set(LONG, 32, control.address());
    }

    private long open(String device) throws IOException {
        long socket = Native.need("packet socket", Native.call(Native.Call.SOCKET, AF_PACKET, SOCK_RAW | 0x80000, 0, 0, 0));
        MemorySegment one = arena.allocate(4, 4);
        one.set(INT, 0, 1);
        for (int option : new int[] {PACKET_AUXDATA, PACKET_IGNORE_OUTGOING}) {
            Native.need("packet option", Native.call(Native.Call.SETSOCKOPT, socket, SOL_PACKET, option, one.address(), 4));
        }
        MemorySegment address = arena.allocate(20, 4);
        address.set(SHORT, 0, (short) AF_PACKET);
        address.set(SHORT, 2, ALL_BE);
        address.set(INT, 4, Native.ifindex(device));
        Native.need("bind to " + device, Native.call(Native.Call.BIND, socket, address.address(), 20, 0, 0));
        return socket;
    }

    /** Sends a frame. */
    public void send(byte[] frame) throws IOException {
        MemorySegment.copy(frame, 0, out, ValueLayout.JAVA_BYTE, 0, frame.length);
        Native.need("send of " + frame.length + " octets", Native.call(Native.Call.SENDTO, fd, out.address(), frame.length, 0, 0));
    }

    /** The next frame that came in, its outermost tag in its place; null when none waits. */
    public byte[] receive() throws IOException {
        message.set(INT, 8, (int) sender.byteSize());
        message.set(LONG, 40, control.byteSize());
        long size = Native.call(Native.Call.RECVMSG, fd, message.address(), MSG_DONTWAIT | MSG_TRUNC, 0, 0);
        if (size == -Native.EAGAIN || size == -Native.ENETDOWN) {
            return null;
        }
        byte[] bytes = in.asSlice(0, Native.need("receive", size)).toArray(ValueLayout.JAVA_BYTE);
        // struct cmsghdr (16 octets), then struct tpacket_auxdata
        int status = message.get(LONG, 40) >= 36 ? control.get(INT, 16) : 0;
        return (status & VLAN_VALID) == 0 ? bytes : tagged(bytes, control.get(SHORT, 34), control.get(SHORT, 32));
    }

    /** Whether the kernel took the last frame received for one that is addressed to its host. */
    public boolean wasForItsHost() {
        return sender.get(ValueLayout.JAVA_BYTE, 10) == 0;
    }

    private static byte[] tagged(byte[] bytes, int tpid, int tci) {
        byte[] frame = new byte[bytes.length + 4];
        System.arraycopy(bytes, 0, frame, 0, 12);
        System.arraycopy(new byte[] {(byte) (tpid >> 8), (byte) tpid, (byte) (tci >> 8), (byte) tci}, 0, frame, 12, 4);
        System.arraycopy(bytes, 12, frame, 16, bytes.length - 12);
        return frame;
    }

    @Override
    public void close() {
        Native.call(Native.Call.CLOSE, fd, 0, 0, 0, 0);
        arena.close();
    }
}

package org.vnetwork.tests.kernel;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A tap as a virtual machine holds it: opened, with plain frames going in and out. */
final class OpenTap implements Closeable {
    private static final long TUNSETIFF = 0x400454caL;
    private static final short TAP_WITHOUT_HEADERS = 0x1002;

    private static final int MULTI_QUEUE = 0x100;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(65_600, 8);
    private final long fd;

    OpenTap(String device) throws IOException {
        this(device, false);
    }

    /** Opens one queue of a tap that perhaps has several. */
    OpenTap(String device, boolean several) throws IOException {
        fd = Native.need("/dev/net/tun", Native.call(Native.Call.OPENAT, -100, arena.allocateFrom("/dev/net/tun").address(), 2 | 0x800 | 0x80000, 0, 0));
        MemorySegment request = arena.allocate(40, 8);
        request.setString(0, device);
        request.set(ValueLayout.JAVA_SHORT, 16, (short) (TAP_WITHOUT_HEADERS | (several ? MULTI_QUEUE : 0)));
        Native.need("tap " + device, Native.call(Native.Call.IOCTL, fd, TUNSETIFF, request.address(), 0, 0));
    }

    void send(byte[] frame) throws IOException {
        MemorySegment.copy(frame, 0, buffer, ValueLayout.JAVA_BYTE, 0, frame.length);
        Native.need("write", Native.call(Native.Call.WRITE, fd, buffer.address(), frame.length, 0, 0));
    }

    /** The next frame, or null. */
    byte[] receive() throws IOException {
        long size = Native.call(Native.Call.READ, fd, buffer.address(), buffer.byteSize(), 0, 0);
        return size == -Native.EAGAIN ? null : buffer.asSlice(0, Native.need("read", size)).toArray(ValueLayout.JAVA_BYTE);
    }

    @Override
    public void close() {
        Native.call(Native.Call.CLOSE, fd, 0, 0, 0, 0);
        arena.close();
    }
}

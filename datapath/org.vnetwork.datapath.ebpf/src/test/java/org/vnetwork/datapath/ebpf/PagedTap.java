package org.vnetwork.datapath.ebpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A tap whose frames arrive in the kernel with as much of them linear as the sender says, the rest in a page. Gone when closed. */
final class PagedTap implements AutoCloseable {
    private static final int TUNSETIFF = 0x400454ca;
    private static final int NAME_SIZE = 16;
    private static final int INTERFACE_REQUEST_SIZE = 40;
    /** IFF_TAP, IFF_NAPI, IFF_NAPI_FRAGS, IFF_NO_PI. */
    private static final short FLAGS = 0x1032;
    private static final int WRITEV = System.getProperty("os.arch").equals("amd64") ? 20 : 66;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(4096);
    private final MemorySegment parts = arena.allocate(32, 8);
    private final int fd;

    PagedTap(String name) {
        fd = Libc.open("/dev/net/tun", Libc.O_RDWR);
        assertTrue(fd >= 0, Libc::error);
        MemorySegment request = arena.allocate(INTERFACE_REQUEST_SIZE, 8);
        request.setString(0, name);
        request.set(ValueLayout.JAVA_SHORT, NAME_SIZE, FLAGS);
        assertEquals(0, Libc.ioctl(fd, TUNSETIFF, request), Libc::error);
    }

    /** @param linear octets that are linear; 14 at least, and fewer than the frame has */
    void send(byte[] frame, int linear) {
        MemorySegment.copy(frame, 0, buffer, ValueLayout.JAVA_BYTE, 0, frame.length);
        part(0, 0, linear);
        part(1, linear, frame.length - linear);
        assertEquals(frame.length, Libc.syscall(WRITEV, fd, parts.address(), 2), Libc::error);
    }

    /** Fills a struct iovec. */
    private void part(int index, int from, int size) {
        parts.set(ValueLayout.JAVA_LONG, index * 16L, buffer.address() + from);
        parts.set(ValueLayout.JAVA_LONG, index * 16L + 8, size);
    }

    @Override
    public void close() {
        Libc.close(fd);
        arena.close();
    }
}

package org.vnetwork.datapath.ebpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.vnetwork.datapath.DatapathException;

/** Tap devices; numbers are those of linux/if_tun.h. */
final class Taps {
    private static final long TUNSETIFF = 0x400454caL;
    private static final long TUNSETPERSIST = 0x400454cbL;
    private static final long TUNSETOFFLOAD = 0x400454d0L;
    private static final int IFF_TAP = 2;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_VNET_HDR = 0x4000;
    private static final int IFF_MULTI_QUEUE = 0x100;
    /** CSUM, TSO4, TSO6, TSO_ECN, USO4, USO6. */
    private static final int OFFLOADS = 0x6f;
    private static final int NAME_SIZE = 16;

    private Taps() {
    }

    /** Opens a tap, made when it is not there, that outlives its descriptor; segments come whole, with checksums pending. */
    static int open(String name) throws DatapathException {
        return open(name, OFFLOADS, 0);
    }

    private static int open(String name, int offloads, int flags) throws DatapathException {
        int fd = Libc.open("/dev/net/tun", Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
        if (fd < 0) {
            throw new DatapathException("/dev/net/tun: " + Libc.error() + "; the tun driver is needed: modprobe tun");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(40, 8);
            request.setString(0, name.substring(0, Math.min(name.length(), NAME_SIZE - 1)));
            request.set(ValueLayout.JAVA_SHORT, NAME_SIZE, (short) (IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | flags));
            if (Libc.ioctl(fd, TUNSETIFF, request) < 0) {
                int errno = Libc.errno();
                Libc.close(fd);
                throw new DatapathException("tap " + name + ": " + Libc.error(errno) + (errno == Libc.EBUSY ? "; another process has it open" : ""));
            }
            if (Libc.ioctl(fd, TUNSETPERSIST, 1) < 0 || Libc.ioctl(fd, TUNSETOFFLOAD, offloads) < 0) {
                int errno = Libc.errno();
                Libc.close(fd);
                throw new DatapathException("tap " + name + ": " + Libc.error(errno));
            }
        }
        return fd;
    }

    /** Has a tap end with its descriptor. */
    static void forget(int fd) {
        // Fails for a device that is gone already.
        Libc.ioctl(fd, TUNSETPERSIST, 0);
    }

    /** Makes a tap for somebody else to open, for example a virtual machine: plain frames, unless its owner asks for more. Of several queues its owner opens each. */
    static void make(String name, int queues) throws DatapathException {
        Libc.close(open(name, 0, queues > 1 ? IFF_MULTI_QUEUE : 0));
    }
}

package org.vnetwork.datapath.ebpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Whether the host's own IPv6 speaks on a device; by system calls, as a device's name may have characters that the locale's paths do not know. */
final class Ipv6 {
    private Ipv6() {
    }

    /** Has it keep silent; true when it spoke before. */
    static boolean silence(String device) {
        return speaks(device) && set(device, '1');
    }

    /** Has it speak again; false when the kernel refused. */
    static boolean restore(String device) {
        return set(device, '0');
    }

    static boolean speaks(String device) {
        int fd = open(device);
        if (fd < 0) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(8);
            return Libc.read(fd, value.address(), value.byteSize()) > 0 && value.get(ValueLayout.JAVA_BYTE, 0) == '0';
        } finally {
            Libc.close(fd);
        }
    }

    private static boolean set(String device, char value) {
        int fd = open(device);
        if (fd < 0) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            return Libc.write(fd, arena.allocateFrom(ValueLayout.JAVA_BYTE, (byte) value), 1) == 1;
        } finally {
            Libc.close(fd);
        }
    }

    private static int open(String device) {
        return Libc.open("/proc/sys/net/ipv6/conf/" + device + "/disable_ipv6", Libc.O_RDWR | Libc.O_CLOEXEC);
    }
}

package org.vnetwork.datapath.ebpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * A file of the kernel about a device.
 *
 * <p>NB: the device's name goes to the kernel as UTF-8, as it does by netlink. A {@code java.nio.file.Path} would take the locale's character set for it, which has not every
 * character, and then names another device or none.
 */
final class DeviceFile {
    private static final int O_RDONLY = 0;
    private static final int O_WRONLY = 1;
    private static final int SIZE = 256;

    private DeviceFile() {
    }

    /** What a file says, without blanks at its ends; null when it cannot be read. */
    static String read(String path) {
        int fd = Libc.open(path, O_RDONLY | Libc.O_CLOEXEC);
        if (fd < 0) {
            return null;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment octets = arena.allocate(SIZE);
            long size = Libc.read(fd, octets.address(), SIZE);
            return size < 0 ? null : new String(octets.asSlice(0, size).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8).strip();
        } finally {
            Libc.close(fd);
        }
    }

    /** Writes a file; false when it cannot be written. */
    static boolean write(String path, String text) {
        int fd = Libc.open(path, O_WRONLY | Libc.O_CLOEXEC);
        if (fd < 0) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            byte[] octets = text.getBytes(StandardCharsets.UTF_8);
            return Libc.write(fd, arena.allocateFrom(ValueLayout.JAVA_BYTE, octets), octets.length) == octets.length;
        } finally {
            Libc.close(fd);
        }
    }
}

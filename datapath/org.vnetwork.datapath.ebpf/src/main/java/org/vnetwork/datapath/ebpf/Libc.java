package org.vnetwork.datapath.ebpf;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The C library's system calls that the driver needs; each returns as C does, with {@link #errno} for the failure.
 *
 * <p>Errno is kept per thread. Downcalls that can block are ordinary, never critical ones.
 */
@SuppressWarnings("restricted")
final class Libc {
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int ENXIO = 6;
    static final int EAGAIN = 11;
    static final int EEXIST = 17;
    static final int ENODEV = 19;
    static final int EINVAL = 22;
    static final int EBUSY = 16;
    static final int EMSGSIZE = 90;
    static final int ENETDOWN = 100;
    static final int ENOBUFS = 105;
    static final int O_RDWR = 2;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> CAPTURED = ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));
    private static final AddressLayout POINTER = ValueLayout.ADDRESS;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private static final MethodHandle SYSCALL = handle("syscall", FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG), Linker.Option.firstVariadicArg(1));
    private static final MethodHandle OPEN = handle("open", FunctionDescriptor.of(INT, POINTER, INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle READ = handle("read", FunctionDescriptor.of(LONG, INT, LONG, LONG));
    private static final MethodHandle WRITE = handle("write", FunctionDescriptor.of(LONG, INT, POINTER, LONG));
    private static final MethodHandle IOCTL = handle("ioctl", FunctionDescriptor.of(INT, INT, LONG, LONG), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle MMAP = handle("mmap", FunctionDescriptor.of(POINTER, POINTER, LONG, INT, INT, INT, LONG));
    private static final MethodHandle MUNMAP = handle("munmap", FunctionDescriptor.of(INT, POINTER, LONG));
    private static final MethodHandle POLL = handle("poll", FunctionDescriptor.of(INT, POINTER, LONG, INT));
    private static final MethodHandle SOCKET = handle("socket", FunctionDescriptor.of(INT, INT, INT, INT));
    private static final MethodHandle BIND = handle("bind", FunctionDescriptor.of(INT, INT, POINTER, INT));
    private static final MethodHandle SETSOCKOPT = handle("setsockopt", FunctionDescriptor.of(INT, INT, INT, INT, POINTER, INT));
    private static final MethodHandle SENDTO = handle("sendto", FunctionDescriptor.of(LONG, INT, LONG, LONG, INT, LONG, INT));
    private static final MethodHandle RECV = handle("recv", FunctionDescriptor.of(LONG, INT, POINTER, LONG, INT));
    private static final MethodHandle EVENTFD = handle("eventfd", FunctionDescriptor.of(INT, INT, INT));
    private static final MethodHandle MOUNT = handle("mount", FunctionDescriptor.of(INT, POINTER, POINTER, POINTER, LONG, POINTER));
    private static final MethodHandle GETSOCKOPT = handle("getsockopt", FunctionDescriptor.of(INT, INT, INT, INT, POINTER, POINTER));
    private static final MethodHandle UNSHARE = handle("unshare", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle SETNS = handle("setns", FunctionDescriptor.of(INT, INT, INT));
    private static final MethodHandle GETEUID = handle("geteuid", FunctionDescriptor.of(INT));
    private static final MethodHandle STRERROR = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("strerror"), FunctionDescriptor.of(POINTER, INT));

    private Libc() {
    }

    private static MethodHandle handle(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Linker.Option[] all = java.util.Arrays.copyOf(options, options.length + 1);
        all[options.length] = Linker.Option.captureCallState("errno");
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, all);
    }

    /** The error of this thread's last failed call. */
    static int errno() {
        return (int) ERRNO.get(CAPTURED.get(), 0L);
    }

    /** {@code Operation not permitted (1)}. */
    static String error(int errno) {
        try {
            MemorySegment text = ((MemorySegment) STRERROR.invokeExact(errno)).reinterpret(256);
            return text.getString(0) + " (" + errno + ")";
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static String error() {
        return error(errno());
    }

    private static IllegalStateException unexpected(Throwable e) {
        return new IllegalStateException("a native call failed", e);
    }

    static long syscall(long number, long a, long b, long c) {
        try {
            return (long) SYSCALL.invokeExact(CAPTURED.get(), number, a, b, c);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) OPEN.invokeExact(CAPTURED.get(), arena.allocateFrom(path), flags);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static void close(int fd) {
        try {
            int ignored = (int) CLOSE.invokeExact(CAPTURED.get(), fd);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** read(2); the address is plain, so that the wire path allocates no view of a buffer. */
    static long read(int fd, long buffer, long size) {
        try {
            return (long) READ.invokeExact(CAPTURED.get(), fd, buffer, size);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static long write(int fd, MemorySegment buffer, long size) {
        try {
            return (long) WRITE.invokeExact(CAPTURED.get(), fd, buffer, size);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int ioctl(int fd, long request, MemorySegment argument) {
        return ioctl(fd, request, argument.address());
    }

    static int ioctl(int fd, long request, long argument) {
        try {
            return (int) IOCTL.invokeExact(CAPTURED.get(), fd, request, argument);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Maps a descriptor's memory for reading and writing, shared; null when the kernel refuses. */
    static MemorySegment mmap(int fd, long size) {
        try {
            MemorySegment at = (MemorySegment) MMAP.invokeExact(CAPTURED.get(), MemorySegment.NULL, size, 3, 1, fd, 0L);
            return at.address() == -1 ? null : at.reinterpret(size);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static void munmap(MemorySegment at) {
        try {
            int ignored = (int) MUNMAP.invokeExact(CAPTURED.get(), at, at.byteSize());
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** poll(2) over {@code count} entries. */
    static int poll(MemorySegment entries, int count, int millis) {
        try {
            return (int) POLL.invokeExact(CAPTURED.get(), entries, (long) count, millis);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int socket(int family, int type, int protocol) {
        try {
            return (int) SOCKET.invokeExact(CAPTURED.get(), family, type, protocol);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int bind(int fd, MemorySegment address) {
        try {
            return (int) BIND.invokeExact(CAPTURED.get(), fd, address, (int) address.byteSize());
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int setsockopt(int fd, int level, int option, MemorySegment value) {
        try {
            return (int) SETSOCKOPT.invokeExact(CAPTURED.get(), fd, level, option, value, (int) value.byteSize());
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** sendto(2); addresses are plain, so that the wire path allocates no view of a buffer. */
    static long sendto(int fd, long data, long size, int flags, long address, int addressSize) {
        try {
            return (long) SENDTO.invokeExact(CAPTURED.get(), fd, data, size, flags, address, addressSize);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static long recv(int fd, MemorySegment buffer, int flags) {
        try {
            return (long) RECV.invokeExact(CAPTURED.get(), fd, buffer, buffer.byteSize(), flags);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int eventfd() {
        try {
            return (int) EVENTFD.invokeExact(CAPTURED.get(), 0, O_NONBLOCK | O_CLOEXEC);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int mount(String source, String target, String type) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) MOUNT.invokeExact(CAPTURED.get(), arena.allocateFrom(source), arena.allocateFrom(target), arena.allocateFrom(type), 0L, MemorySegment.NULL);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Reads an option of 8 octets of a socket; -1 when the kernel does not know it. */
    static long longOption(int fd, int level, int option) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(8, 8);
            MemorySegment size = arena.allocate(4, 4);
            size.set(INT, 0, 8);
            return (int) GETSOCKOPT.invokeExact(CAPTURED.get(), fd, level, option, value, size) < 0 ? -1 : value.get(LONG, 0);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Gives the calling thread something of its own that it shared with the others. */
    static int unshare(int what) {
        try {
            return (int) UNSHARE.invokeExact(CAPTURED.get(), what);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Moves the calling thread, and no other, into a namespace. */
    static int setns(int fd, int kind) {
        try {
            return (int) SETNS.invokeExact(CAPTURED.get(), fd, kind);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static boolean isRoot() {
        try {
            return (int) GETEUID.invokeExact(CAPTURED.get()) == 0;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }
}

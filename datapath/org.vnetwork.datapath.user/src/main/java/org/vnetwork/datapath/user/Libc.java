package org.vnetwork.datapath.user;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** The C library's calls on sockets that Netty does not offer; each returns as C does, or minus errno. Addresses are plain, so that nothing is allocated. */
@SuppressWarnings("restricted")
final class Libc {
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EINVAL = 22;
    static final int EMSGSIZE = 90;
    static final int EOPNOTSUPP = 95;
    static final int ENOBUFS = 105;
    static final int ECONNREFUSED = 111;

    /** Policies of sched(7). */
    static final int SCHED_OTHER = 0;
    static final int SCHED_BATCH = 3;

    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> CAPTURED = ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private static final MethodHandle SOCKET = handle("socket", FunctionDescriptor.of(INT, INT, INT, INT));
    private static final MethodHandle RECVMMSG = handle("recvmmsg", FunctionDescriptor.of(INT, INT, LONG, INT, INT, LONG));
    private static final MethodHandle SENDMMSG = handle("sendmmsg", FunctionDescriptor.of(INT, INT, LONG, INT, INT));
    private static final MethodHandle GETSCHEDULER = handle("sched_getscheduler", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle SETSCHEDULER = handle("sched_setscheduler", FunctionDescriptor.of(INT, INT, INT, LONG));
    /** A sched_param: priority 0, the only one of these policies. */
    private static final MemorySegment PRIORITY = Arena.global().allocate(INT);
    private static final MethodHandle STRERROR = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("strerror"), FunctionDescriptor.of(ValueLayout.ADDRESS, INT));

    private Libc() {
    }

    private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, Linker.Option.captureCallState("errno"));
    }

    private static IllegalStateException unexpected(Throwable e) {
        return new IllegalStateException("a native call failed", e);
    }

    /** A datagram socket of a family, not blocking; or minus errno. */
    static int datagramSocket(int family) {
        MemorySegment state = CAPTURED.get();
        try {
            int fd = (int) SOCKET.invokeExact(state, family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
            return fd >= 0 ? fd : -(int) ERRNO.get(state, 0L);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** recvmmsg(2), without waiting. */
    static int receive(int fd, long messages, int count) {
        MemorySegment state = CAPTURED.get();
        try {
            int taken = (int) RECVMMSG.invokeExact(state, fd, messages, count, MSG_DONTWAIT, 0L);
            return taken >= 0 ? taken : -(int) ERRNO.get(state, 0L);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** sendmmsg(2), without waiting. */
    static int send(int fd, long messages, int count) {
        MemorySegment state = CAPTURED.get();
        try {
            int taken = (int) SENDMMSG.invokeExact(state, fd, messages, count, MSG_DONTWAIT | MSG_NOSIGNAL);
            return taken >= 0 ? taken : -(int) ERRNO.get(state, 0L);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** sched_getscheduler(2) of the calling thread. */
    static int policy() {
        MemorySegment state = CAPTURED.get();
        try {
            int policy = (int) GETSCHEDULER.invokeExact(state, 0);
            return policy >= 0 ? policy : -(int) ERRNO.get(state, 0L);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** sched_setscheduler(2) of the calling thread, whose nice value stays. */
    static int policy(int policy) {
        MemorySegment state = CAPTURED.get();
        try {
            int done = (int) SETSCHEDULER.invokeExact(state, 0, policy, PRIORITY.address());
            return done >= 0 ? done : -(int) ERRNO.get(state, 0L);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** What an error means, as {@link Failure#text} writes it: {@code connection refused}. */
    static String text(int errno) {
        try {
            String said = ((MemorySegment) STRERROR.invokeExact(errno)).reinterpret(256).getString(0);
            return Character.toLowerCase(said.charAt(0)) + said.substring(1);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }
}

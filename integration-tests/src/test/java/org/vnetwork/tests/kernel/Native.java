package org.vnetwork.tests.kernel;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** The few system calls that tests with real devices need and Java does not offer. Numbers are those of Linux. */
@SuppressWarnings("restricted")
final class Native {
    static final int EAGAIN = 11;
    static final int ENETDOWN = 100;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    /** Every call here takes at most five arguments that fit a register. */
    private static final MethodHandle SYSCALL = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("syscall"),
            FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG), Linker.Option.firstVariadicArg(1), Linker.Option.captureCallState("errno"));
    private static final MethodHandle IF_NAMETOINDEX = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("if_nametoindex"),
            FunctionDescriptor.of(INT, ValueLayout.ADDRESS));
    private static final MethodHandle LIBC_SETNS = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("setns"), FunctionDescriptor.of(INT, INT, INT));
    private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");

    /** Numbers of system calls on x86-64 and arm64. */
    enum Call {
        READ(0, 63), WRITE(1, 64), CLOSE(3, 57), IOCTL(16, 29), SOCKET(41, 198), SENDTO(44, 206), RECVMSG(47, 212), BIND(49, 200), SETSOCKOPT(54, 208), OPENAT(257, 56), BPF(321, 280);

        private final int number;

        Call(int x86, int arm) {
            number = ARM ? arm : x86;
        }
    }

    private Native() {
    }

    /** A system call; minus errno when it fails. */
    static long call(Call call, long a, long b, long c, long d, long e) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            long result = (long) SYSCALL.invokeExact(state, (long) call.number, a, b, c, d, e);
            return result >= 0 ? result : -(int) ERRNO.get(state, 0L);
        } catch (Throwable t) {
            throw new IllegalStateException(t);
        }
    }

    static long need(String what, long result) throws IOException {
        if (result < 0) {
            throw new IOException(what + ": errno " + -result);
        }
        return result;
    }

    /** Moves the calling thread into a network namespace of {@code ip netns}. */
    static void enter(String namespace) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            long fd = need("namespace " + namespace, call(Call.OPENAT, -100, arena.allocateFrom("/run/netns/" + namespace).address(), 0x80000, 0, 0));
            try {
                if ((int) LIBC_SETNS.invokeExact((int) fd, 0x40000000) != 0) {
                    throw new IOException("setns to " + namespace + " failed");
                }
            } finally {
                call(Call.CLOSE, fd, 0, 0, 0, 0);
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable t) {
            throw new IllegalStateException(t);
        }
    }

    /** Index of a device in the calling thread's namespace. */
    static int ifindex(String device) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int index = (int) IF_NAMETOINDEX.invokeExact(arena.allocateFrom(device));
            if (index == 0) {
                throw new IOException(device + ": no such device");
            }
            return index;
        } catch (IOException e) {
            throw e;
        } catch (Throwable t) {
            throw new IllegalStateException(t);
        }
    }
}

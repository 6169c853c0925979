package org.vnetwork.tests.kernel;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** An eBPF program of somebody else at a device, which gives every frame the same verdict; closing it takes it off. */
final class Program implements Closeable {
    private static final int PROG_LOAD = 5;
    private static final int LINK_CREATE = 28;
    private static final int ATTRIBUTES = 128;
    /** r0 = verdict, then exit: opcodes and registers. */
    private static final long MOVE = 0xb7;
    private static final long EXIT = 0x95;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final long program;
    private final long link;

    /** Where a program can stand, and the verdict that it gives. */
    enum Kind {
        /** XDP in the driver, which drops. */
        XDP_DROP(6, 37, 1),
        /** At the egress, leaving the frame to what follows. */
        EGRESS_NEXT(3, 47, -1);

        private final int type;
        private final int attach;
        private final int verdict;

        Kind(int type, int attach, int verdict) {
            this.type = type;
            this.attach = attach;
            this.verdict = verdict;
        }
    }

    /** Attaches it to a device of the calling thread's namespace. */
    Program(Kind kind, String device) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTES, 8);
            MemorySegment code = arena.allocateFrom(LONG, MOVE | (long) kind.verdict << 32, EXIT);
            attributes.set(INT, 0, kind.type);
            attributes.set(INT, 4, 2);
            attributes.set(LONG, 8, code.address());
            attributes.set(LONG, 16, arena.allocateFrom("GPL").address());
            program = Native.need("program", Native.call(Native.Call.BPF, PROG_LOAD, attributes.address(), ATTRIBUTES, 0, 0));
            attributes.fill((byte) 0);
            attributes.set(INT, 0, (int) program);
            attributes.set(INT, 4, Native.ifindex(device));
            attributes.set(INT, 8, kind.attach);
            link = Native.need("link to " + device, Native.call(Native.Call.BPF, LINK_CREATE, attributes.address(), ATTRIBUTES, 0, 0));
        }
    }

    @Override
    public void close() {
        Native.call(Native.Call.CLOSE, link, 0, 0, 0, 0);
        Native.call(Native.Call.CLOSE, program, 0, 0, 0, 0);
    }
}

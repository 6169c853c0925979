package org.vnetwork.datapath.ebpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** bpf(2): maps, links, pins. Numbers are those of linux/bpf.h. */
final class Bpf {
    static final int TCX_INGRESS = 46;
    static final int TCX_EGRESS = 47;
    static final int ANY = 0;
    static final int NOEXIST = 1;

    private static final long SYS_BPF = 321;
    private static final int MAP_LOOKUP = 1;
    private static final int MAP_UPDATE = 2;
    private static final int MAP_DELETE = 3;
    private static final int OBJ_PIN = 6;
    private static final int PROG_TEST_RUN = 10;
    private static final int PROG_QUERY = 16;
    private static final int LINK_CREATE = 28;
    private static final int MAP_LOOKUP_BATCH = 24;
    private static final int ATTR_SIZE = 128;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    /** One attribute block for each thread; zeroed before each use. */
    private static final ThreadLocal<MemorySegment> ATTR = ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(ATTR_SIZE, 8));

    private Bpf() {
    }

    private static MemorySegment attr() {
        MemorySegment attr = ATTR.get();
        attr.fill((byte) 0);
        return attr;
    }

    private static int call(int command, MemorySegment attr) {
        return (int) Libc.syscall(SYS_BPF, command, attr.address(), ATTR_SIZE);
    }

    private static int element(int command, int map, MemorySegment key, MemorySegment value, long flags) {
        MemorySegment attr = attr();
        attr.set(INT, 0, map);
        attr.set(LONG, 8, key.address());
        attr.set(LONG, 16, value.address());
        attr.set(LONG, 24, flags);
        return call(command, attr);
    }

    static int lookup(int map, MemorySegment key, MemorySegment value) {
        return element(MAP_LOOKUP, map, key, value, 0);
    }

    static int update(int map, MemorySegment key, MemorySegment value, long flags) {
        return element(MAP_UPDATE, map, key, value, flags);
    }

    static int delete(int map, MemorySegment key) {
        return element(MAP_DELETE, map, key, MemorySegment.NULL, 0);
    }

    /**
     * Looks up consecutive entries of an array.
     *
     * @param after key before the first one wanted, or NULL for the start
     * @param next takes the key to go on with
     * @return how many were read
     */
    static int lookupBatch(int map, MemorySegment after, MemorySegment next, MemorySegment keys, MemorySegment values, int count) {
        MemorySegment attr = attr();
        attr.set(LONG, 0, after.address());
        attr.set(LONG, 8, next.address());
        attr.set(LONG, 16, keys.address());
        attr.set(LONG, 24, values.address());
        attr.set(INT, 32, count);
        attr.set(INT, 36, map);
        int result = call(MAP_LOOKUP_BATCH, attr);
        // At the end of the map the call fails with ENOENT and has read what there was.
        return result < 0 && Libc.errno() != 2 ? -1 : attr.get(INT, 32);
    }

    /** Attaches a program to a device; a descriptor, or -1. */
    static int attach(int program, int ifindex, int type) {
        MemorySegment attr = attr();
        attr.set(INT, 0, program);
        attr.set(INT, 4, ifindex);
        attr.set(INT, 8, type);
        return call(LINK_CREATE, attr);
    }

    /** How many programs are attached to a device, or -1. */
    static int attached(int ifindex, int type) {
        MemorySegment attr = attr();
        attr.set(INT, 0, ifindex);
        attr.set(INT, 4, type);
        int result = call(PROG_QUERY, attr);
        return result < 0 ? -1 : attr.get(INT, 24);
    }

    static int pin(int fd, String path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = attr();
            attr.set(LONG, 0, arena.allocateFrom(path).address());
            attr.set(INT, 8, fd);
            return call(OBJ_PIN, attr);
        }
    }

    /**
     * Runs a program once over a frame.
     *
     * @param context a {@code struct __sk_buff}, or NULL
     * @return the program's verdict, or minus the error
     */
    static int testRun(int program, MemorySegment frame, MemorySegment out, MemorySegment context) {
        MemorySegment attr = attr();
        attr.set(INT, 0, program);
        attr.set(INT, 8, (int) frame.byteSize());
        attr.set(INT, 12, (int) out.byteSize());
        attr.set(LONG, 16, frame.address());
        attr.set(LONG, 24, out.address());
        attr.set(INT, 32, 1);
        attr.set(INT, 40, (int) context.byteSize());
        attr.set(LONG, 48, context.address());
        return call(PROG_TEST_RUN, attr) < 0 ? -Libc.errno() : attr.get(INT, 4);
    }
}

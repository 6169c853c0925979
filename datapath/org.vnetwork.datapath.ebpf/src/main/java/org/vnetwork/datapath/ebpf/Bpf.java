package org.vnetwork.datapath.ebpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;

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
    private static final int PROG_LOAD = 5;
    private static final int OBJ_PIN = 6;
    private static final int OBJ_GET = 7;
    private static final int PROG_TEST_RUN = 10;
    private static final int OBJ_GET_INFO_BY_FD = 15;
    private static final int PROG_QUERY = 16;
    private static final int MAP_LOOKUP_BATCH = 24;
    private static final int LINK_CREATE = 28;
    private static final int LINK_UPDATE = 29;
    private static final int LINK_DETACH = 34;
    private static final int ATTR_SIZE = 128;
    private static final int SCHED_CLS = 3;
    private static final int TC_SHOT = 2;
    /** Where {@code cb[4]} is in {@code struct __sk_buff}. */
    private static final long CB = 64;
    /** Octets of bpf_map_info that are of interest. */
    private static final int INFO_SIZE = 24;
    /** Programs that a device runs at most (BPF_MPROG_MAX). */
    private static final int PROGRAMS = 64;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    /** One attribute block for each thread; zeroed before each use. */
    private static final ThreadLocal<MemorySegment> ATTR = ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(ATTR_SIZE, 8));

    /** What a map is like. */
    record Shape(int type, int keySize, int valueSize, int entries, int flags) {
    }

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
        int read = nextBatch(map, after, next, keys, values, count);
        return read < 0 ? ~read : read;
    }

    /**
     * Looks up entries of a hash, in the order of its buckets.
     *
     * @param after what an earlier call left in {@code next}, or NULL for the start
     * @return how many were read, which may be fewer than asked for; the complement of it when these were the last
     */
    static int nextBatch(int map, MemorySegment after, MemorySegment next, MemorySegment keys, MemorySegment values, int count) {
        MemorySegment attr = attr();
        attr.set(LONG, 0, after.address());
        attr.set(LONG, 8, next.address());
        attr.set(LONG, 16, keys.address());
        attr.set(LONG, 24, values.address());
        attr.set(INT, 32, count);
        attr.set(INT, 36, map);
        if (call(MAP_LOOKUP_BATCH, attr) >= 0) {
            return attr.get(INT, 32);
        }
        // At the end of the map the call fails and has read what there was.
        return ~(Libc.errno() == Libc.ENOENT ? attr.get(INT, 32) : 0);
    }

    /** A classifier that drops frames whose {@code cb[4]} has this high half, and leaves others alone; a descriptor, or -1. */
    static int drops(int high) {
        // r2 = cb[4]; r2 >>= 16; r0 = -1; if r2 == high then r0 = 2
        return load(0x1261L | CB << 16, 0x0277L | 16L << 32, 0xb7L | -1L << 32, 0x1_0256L | (long) high << 32, 0xb7L | (long) TC_SHOT << 32, 0x95);
    }

    /** A classifier that takes frames whose {@code cb[4]} is a number; a descriptor, or -1. */
    static int carries(int number) {
        // r2 = cb[4]; r0 = 0; if r2 == number then r0 = -1
        return load(0x1261L | CB << 16, 0xb7, 0x1_0256L | (long) number << 32, 0xb7L | -1L << 32, 0x95);
    }

    private static int load(long... instructions) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = attr();
            attr.set(INT, 0, SCHED_CLS);
            attr.set(INT, 4, instructions.length);
            attr.set(LONG, 8, arena.allocateFrom(LONG, instructions).address());
            attr.set(LONG, 16, arena.allocateFrom("Dual BSD/GPL").address());
            return call(PROG_LOAD, attr);
        }
    }

    /** Attaches a program to a device; a descriptor, or -1. */
    static int attach(int program, int ifindex, int type) {
        MemorySegment attr = attr();
        attr.set(INT, 0, program);
        attr.set(INT, 4, ifindex);
        attr.set(INT, 8, type);
        return call(LINK_CREATE, attr);
    }

    /** Has a link carry another program, between two frames. */
    static int updateLink(int link, int program) {
        MemorySegment attr = attr();
        attr.set(INT, 0, link);
        attr.set(INT, 4, program);
        return call(LINK_UPDATE, attr);
    }

    /** Takes a link's program off its device now, or -1; closing and unpinning alone does so a while later. */
    static int detach(int link) {
        MemorySegment attr = attr();
        attr.set(INT, 0, link);
        return call(LINK_DETACH, attr);
    }

    /** How many programs are attached to a device, or -1. */
    static int attached(int ifindex, int type) {
        MemorySegment attr = attr();
        attr.set(INT, 0, ifindex);
        attr.set(INT, 4, type);
        int result = call(PROG_QUERY, attr);
        return result < 0 ? -1 : attr.get(INT, 24);
    }

    /** Ids of the programs that a device runs, in this order; null when the kernel does not say, as of a device that is gone. */
    static List<Integer> programs(int ifindex, int type) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ids = arena.allocate(PROGRAMS * 4L, 4);
            MemorySegment attr = attr();
            attr.set(INT, 0, ifindex);
            attr.set(INT, 4, type);
            attr.set(LONG, 16, ids.address());
            attr.set(INT, 24, PROGRAMS);
            return call(PROG_QUERY, attr) < 0 ? null : IntStream.range(0, Math.min(PROGRAMS, attr.get(INT, 24))).mapToObj(i -> ids.getAtIndex(INT, i)).toList();
        }
    }

    /** The id of a program; 0 when the descriptor is none of a program. */
    static int programId(int program) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(INFO_SIZE, 8);
            MemorySegment attr = attr();
            attr.set(INT, 0, program);
            attr.set(INT, 4, INFO_SIZE);
            attr.set(LONG, 8, info.address());
            return call(OBJ_GET_INFO_BY_FD, attr) < 0 ? 0 : info.get(INT, 4);
        }
    }

    static int pin(int fd, String path) {
        return object(OBJ_PIN, path, fd);
    }

    /** Opens what is pinned; a descriptor, or -1. */
    static int open(String path) {
        return object(OBJ_GET, path, 0);
    }

    private static int object(int command, String path, int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = attr();
            attr.set(LONG, 0, arena.allocateFrom(path).address());
            attr.set(INT, 8, fd);
            return call(command, attr);
        }
    }

    /** The shape of a map; null when the descriptor is none of a map. */
    static Shape shape(int map) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(INFO_SIZE, 8);
            MemorySegment attr = attr();
            attr.set(INT, 0, map);
            attr.set(INT, 4, INFO_SIZE);
            attr.set(LONG, 8, info.address());
            return call(OBJ_GET_INFO_BY_FD, attr) < 0 ? null
                    : new Shape(info.get(INT, 0), info.get(INT, 8), info.get(INT, 12), info.get(INT, 16), info.get(INT, 20));
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

package org.vnetwork.tests.kernel;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * The flow table of a switch as it is in the kernel, read through its pins by nobody's leave: each entry's masked key with its stamp.
 *
 * <p>Layouts are those of {@code vnet_abi.h}.
 */
final class PinnedFlows {
    private static final int SLOTS = 262_144;
    private static final int ENTRY = 128;
    private static final int KEY = 8;
    private static final int GENERATION = 56;
    private static final int MASK = 60;
    private static final int KEY_END = 104;
    private static final int MARKS = 131_072;
    private static final int INDEX = MARKS * 65;
    private static final int BUCKET = 64;
    private static final int PLACES = 8;
    private static final int BATCH = 4096;
    private static final long OBJ_GET = 7;
    private static final long LOOKUP_BATCH = 24;
    private static final int ENOENT = 2;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private PinnedFlows() {
    }

    /**
     * What an entry was when it was installed and what it does: both stay while nobody writes it.
     *
     * @param entry slot and generation
     * @param word hash and number of the action list
     */
    record Stamp(long entry, long word) {
    }

    /** Takes one element. */
    private interface Reader {
        void read(MemorySegment key, MemorySegment value);
    }

    /** Every entry that the index leads to, by its masked key. */
    static Map<ByteBuffer, Stamp> stamps(String host, String switchName) throws IOException {
        BitSet slots = new BitSet(SLOTS);
        read(host, switchName, "flow_index", INDEX, 1, (key, value) -> {
            for (long bucket = MARKS; bucket < INDEX; bucket += BUCKET) {
                for (int place = 0; place < PLACES; place++) {
                    int slot = value.get(INT, bucket + 8 * place) & Integer.MAX_VALUE;
                    if (slot != 0) {
                        slots.set(slot - 1);
                    }
                }
            }
        });
        Map<ByteBuffer, Stamp> stamps = new HashMap<>();
        read(host, switchName, "flow_entries", ENTRY, BATCH, (key, value) -> {
            int slot = key.get(INT, 0);
            if (slots.get(slot)) {
                ByteBuffer octets = ByteBuffer.allocate(ENTRY).put(value.asSlice(KEY, GENERATION - KEY).asByteBuffer()).put(value.asSlice(MASK, KEY_END - MASK).asByteBuffer()).flip();
                stamps.put(octets, new Stamp((long) value.get(INT, GENERATION) << 32 | slot, value.get(LONG, 0)));
            }
        });
        return stamps;
    }

    private static void read(String host, String switchName, String map, int valueSize, int batch, Reader reader) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attribute = arena.allocate(64, 8);
            attribute.set(LONG, 0, arena.allocateFrom("/sys/fs/bpf/vnetwork/" + host + "/" + switchName + "/map-" + map).address());
            long fd = Native.need("pin of " + map, Native.call(Native.Call.BPF, OBJ_GET, attribute.address(), 64, 0, 0));
            MemorySegment cursor = arena.allocate(4, 8);
            MemorySegment keys = arena.allocate(4L * batch, 8);
            MemorySegment values = arena.allocate((long) valueSize * batch, 8);
            try {
                long result = 0;
                for (boolean first = true; result != -ENOENT; first = false) {
                    attribute.fill((byte) 0);
                    attribute.set(LONG, 0, first ? 0 : cursor.address());
                    attribute.set(LONG, 8, cursor.address());
                    attribute.set(LONG, 16, keys.address());
                    attribute.set(LONG, 24, values.address());
                    attribute.set(INT, 32, batch);
                    attribute.set(INT, 36, (int) fd);
                    result = Native.call(Native.Call.BPF, LOOKUP_BATCH, attribute.address(), 64, 0, 0);
                    if (result != -ENOENT) {
                        Native.need("reading " + map, result);
                    }
                    for (int i = 0, count = attribute.get(INT, 32); i < count; i++) {
                        reader.read(keys.asSlice(4L * i, 4), values.asSlice((long) i * valueSize, valueSize));
                    }
                }
            } finally {
                Native.call(Native.Call.CLOSE, fd, 0, 0, 0, 0);
            }
        }
    }
}

package org.vnetwork.datapath.ebpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.datapath.FrameBatch;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;

/** A switch with two ports whose process dies and comes back, as far as the kernel can see. */
abstract class Lives {
    static final String HOST = "ad" + Long.toString(ProcessHandle.current().pid(), 36);
    static final String TAP = HOST + "a";
    static final String OTHER_TAP = HOST + "b";
    static final Path FOLDER = Path.of("/sys/fs/bpf/vnetwork", HOST, "sw");
    static final int PORT = 1;
    static final int OTHER = 2;
    static final int REASON = 20;
    static final byte[] FRAME = Rig.frame(1000);
    static final long PATIENCE_NANOS = 20_000_000_000L;

    EbpfDatapath datapath;
    private final FrameBatch batch = new FrameBatch();

    @BeforeEach
    void open() throws DatapathException {
        Rig.needed();
        reopen();
        attach(PORT, TAP);
        attach(OTHER, OTHER_TAP);
    }

    @AfterEach
    void close() {
        if (datapath != null) {
            datapath.close();
            assertFalse(Files.exists(FOLDER.getParent()), "pins");
            for (String device : new String[] {TAP, OTHER_TAP, EbpfDriver.tapName(HOST, "sw")}) {
                assertFalse(Files.exists(Path.of("/sys/class/net", device)), device);
            }
        }
    }

    void reopen() throws DatapathException {
        datapath = (EbpfDatapath) new EbpfDriver().open(HOST, "sw", Path.of("/"));
    }

    void attach(int port, String tap) throws DatapathException {
        datapath.attach(port, new Attachment("tap", tap));
        datapath.unblock(port);
    }

    /** Ends the process as far as the kernel can see: nothing is put back. */
    void die() {
        datapath.leave();
    }

    static int ifindex(String device) {
        try {
            return Integer.parseInt(Files.readString(Path.of("/sys/class/net", device, "ifindex")).strip());
        } catch (IOException e) {
            return 0;
        }
    }

    void run(byte[] frame, String device) {
        Rig.run(datapath.program("vnet_ingress"), frame, ifindex(device));
    }

    static FlowEntry entry(int id, byte[] frame, Action... actions) {
        return Rig.entry(id, PORT, frame, List.of(actions), Field.ETH_DST, Field.L4_SRC);
    }

    static FlowEntry dropping(int id, int sourcePort) {
        return entry(id, Rig.frame(sourcePort), new Action.Drop(REASON));
    }

    void install(FlowEntry... entries) {
        for (boolean in : datapath.install(List.of(entries))) {
            assertTrue(in);
        }
    }

    Map<Integer, Long> packets() {
        Map<Integer, Long> packets = new HashMap<>();
        datapath.statistics((id, frames, bytes, last) -> packets.put(id, frames));
        return packets;
    }

    void until(String what, BooleanSupplier holds) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!holds.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, what);
            datapath.await(10_000_000);
            batch.clear();
            datapath.take(batch);
        }
    }

    /** Ids in the places of a port's masks, as another process would read them. */
    int[] masks(int port) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(4, 4);
            MemorySegment value = arena.allocate(264, 8);
            key.set(ValueLayout.JAVA_INT, 0, port);
            assertEquals(0, Bpf.lookup(datapath.map("port_masks"), key, value));
            return value.asSlice(8, 4L * value.get(ValueLayout.JAVA_INT, 0)).toArray(ValueLayout.JAVA_INT);
        }
    }
}

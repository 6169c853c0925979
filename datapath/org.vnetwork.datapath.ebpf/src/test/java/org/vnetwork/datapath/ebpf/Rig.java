package org.vnetwork.datapath.ebpf;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.packet.wire.FrameText;
import org.vnetwork.packet.wire.KeyParser;

/** The maps and programs of one switch without devices: frames are run through the program by the kernel's test runs. */
final class Rig implements AutoCloseable {
    static final int PORT = 7;
    static final int FLOWS = 128;
    private static final int LOOPBACK = 1;
    private static final long SYS_MEMBARRIER = 324;

    final BpfObject object;
    final KernelMaps maps;
    final FlowMaps flowMaps;
    final KernelFlows flows;

    Rig() throws DatapathException, IOException {
        this(FLOWS);
    }

    /** With room for so many flows. */
    Rig(int count) throws DatapathException, IOException {
        needed();
        try (var elf = EbpfDriver.class.getResourceAsStream("/vnet.bpf.o")) {
            object = BpfObject.open(elf.readAllBytes());
        }
        FlowMaps.size(object, count);
        object.load();
        maps = new KernelMaps(object);
        flowMaps = new FlowMaps(object, count);
        flows = new KernelFlows(maps, flowMaps, new Groups(maps, null, port -> 0));
        assertTrue(maps.addPortId(LOOPBACK, PORT));
    }

    static void needed() {
        Optional<String> why = new EbpfDriver().unavailable();
        assumeTrue(why.isEmpty(), () -> "the eBPF driver cannot be tested here: " + why.orElseThrow());
    }

    static byte[] frame(int sourcePort) {
        return FrameText.build("eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02) ipv4() udp(src=" + sourcePort + ",dst=80)");
    }

    /** A flow of a port for the frames that are equal to this one in some fields. */
    static FlowEntry entry(int id, int port, byte[] frame, List<Action> actions, Field... fields) {
        long[] mask = new long[FlowKey.WORDS];
        long[] key = new long[FlowKey.WORDS];
        FlowKey.add(mask, Field.INGRESS);
        for (Field field : fields) {
            FlowKey.add(mask, field);
        }
        KeyParser.parse(MemorySegment.ofArray(frame), 0, frame.length, port, key);
        return new FlowEntry(id, FlowKey.masked(key, mask), mask, actions);
    }

    static FlowEntry entry(int id, byte[] frame, int reason, Field... fields) {
        return entry(id, PORT, frame, List.of(new Action.Drop(reason)), fields);
    }

    /** Runs a frame that comes in by a device. */
    static void run(int program, byte[] frame, int ifindex) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment context = arena.allocate(192, 8);
            // ifindex in struct __sk_buff
            context.set(ValueLayout.JAVA_INT, 40, ifindex);
            MemorySegment in = arena.allocate(frame.length, 8).copyFrom(MemorySegment.ofArray(frame));
            int verdict = Bpf.testRun(program, in, arena.allocate(2048, 8), context);
            assertTrue(verdict >= 0, () -> "test run: error " + -verdict);
        }
    }

    void run(byte[] frame) {
        run(object.program("vnet_ingress"), frame, LOOPBACK);
    }

    long received() {
        return maps.portStatistics(PORT)[0];
    }

    long dropped(int reason) {
        long[] sum = new long[DropNumbers.LIMIT];
        maps.drops(PORT, sum);
        return sum[reason];
    }

    /** Frames that matched no flow; no tap is set. */
    long missed() {
        return dropped(DropNumbers.NO_UPCALL);
    }

    /** When this returns, no frame is on its way that was so before. */
    static void quiesce() {
        assertTrue(Libc.syscall(SYS_MEMBARRIER, 1, 0, 0) == 0, Libc::error);
    }

    @Override
    public void close() {
        maps.close();
        flowMaps.close();
        object.close();
    }
}

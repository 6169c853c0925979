package org.vnetwork.datapath.ebpf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.ActionRunner;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.packet.wire.Frame;
import org.vnetwork.packet.wire.KeyParser;

/**
 * The long form of {@link ParserEqualityTest}, for {@code ./vnet bench fuzz}: {@code Fuzz FRAMES SEED}, which prints one line of JSON.
 *
 * <p>Each frame's key is read in Java and in C. Then the whole program runs over it: the verdict must be that of the flow which the key in Java
 * matches, and the octets those that the action list makes in Java.
 */
final class Fuzz {
    private static final int PORT = 7;
    private static final int OUT = 8;
    private static final int REASON = 20;
    private static final int FLOWS = 16;
    private static final int LOOPBACK = 1;
    private static final int SHOT = 2;
    private static final int REDIRECT = 7;
    private static final int ROOM = 4096;
    private static final byte UNTOUCHED = 0x55;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment in = arena.allocate(ROOM, 8);
    private final MemorySegment out = arena.allocate(ROOM, 8);
    private final MemorySegment zero = arena.allocate(8, 8);
    private final MemorySegment found = arena.allocate(FlowKey.SIZE + 24, 8);
    private final MemorySegment rewritten = arena.allocate(ROOM, 8);
    private final long[] key = new long[FlowKey.WORDS];
    private final List<FlowEntry> flows = new ArrayList<>();
    private final BpfObject object;
    private final int parser;
    private final int program;
    private final int keyOut;
    private long refused;
    private long keysThatDiffer;
    private long endingsThatDiffer;
    private String first = "";

    private Fuzz() throws IOException, DatapathException {
        try (var elf = EbpfDriver.class.getResourceAsStream("/vnet.bpf.o")) {
            object = BpfObject.open(elf.readAllBytes());
        }
        FlowMaps.size(object, FLOWS);
        object.load();
        parser = object.program("vnet_key");
        program = object.program("vnet_ingress");
        keyOut = object.map("key_out");
        flows.add(flow(0, 0x0800, new Action.SetField(Field.DSCP, 46), new Action.SetField(Field.ETH_DST, 3), new Action.Output(OUT)));
        flows.add(flow(1, 0x86dd, new Action.SetField(Field.DSCP, 10), new Action.SetField(Field.ETH_SRC, 2), new Action.Output(OUT)));
        flows.add(flow(2, 0x0806, new Action.Drop(REASON)));
    }

    public static void main(String[] arguments) throws IOException, DatapathException {
        Fuzz fuzz = new Fuzz();
        try (KernelMaps maps = new KernelMaps(fuzz.object); FlowMaps flowMaps = new FlowMaps(fuzz.object, FLOWS)) {
            maps.setTaps(LOOPBACK, LOOPBACK);
            maps.addPortId(LOOPBACK, PORT);
            maps.port(OUT).setDevice(LOOPBACK);
            maps.port(OUT).setFlags(PortEntry.UP);
            KernelFlows installed = new KernelFlows(maps, flowMaps, new Groups(maps, null, port -> 0));
            for (FlowEntry flow : fuzz.flows) {
                installed.add(flow);
            }
            fuzz.run(Integer.parseInt(arguments[0]), Long.parseLong(arguments[1]));
        }
        fuzz.object.close();
    }

    private static FlowEntry flow(int id, int etherType, Action... actions) {
        long[] mask = new long[FlowKey.WORDS];
        long[] key = new long[FlowKey.WORDS];
        FlowKey.add(mask, Field.INGRESS);
        FlowKey.add(mask, Field.ETHER_TYPE);
        FlowKey.put(key, Field.INGRESS, PORT);
        FlowKey.put(key, Field.ETHER_TYPE, etherType);
        return new FlowEntry(id, key, mask, List.of(actions));
    }

    private void run(int frames, long seed) {
        RandomFrames random = new RandomFrames(seed);
        long began = System.nanoTime();
        for (int i = 0; i < frames; i++) {
            check(random.next());
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.printf(java.util.Locale.ROOT, "{\"frames\": %d, \"refused\": %d, \"keys\": %d, \"endings\": %d, \"seconds\": %.3f, \"first\": \"%s\"}%n",
                frames, refused, keysThatDiffer, endingsThatDiffer, seconds, first);
    }

    private void check(byte[] frame) {
        KeyParser.parse(MemorySegment.ofArray(frame), 0, frame.length, PORT, key);
        int verdict = run(parser, frame);
        if (verdict == -Libc.EINVAL) {
            // The kernel runs nothing over IP frames without a whole IP header.
            refused++;
            return;
        }
        Bpf.lookup(keyOut, zero, found);
        if (!Arrays.equals(key, found.asSlice(0, FlowKey.SIZE).toArray(ValueLayout.JAVA_LONG))) {
            keysThatDiffer++;
            note("key", frame);
        }
        if (!endsAsInJava(frame, run(program, frame))) {
            endingsThatDiffer++;
            note("ending", frame);
        }
    }

    private int run(int which, byte[] frame) {
        MemorySegment.copy(frame, 0, in, ValueLayout.JAVA_BYTE, 0, frame.length);
        out.asSlice(0, frame.length + 8L).fill(UNTOUCHED);
        return Bpf.testRun(which, in.asSlice(0, frame.length), out, MemorySegment.NULL);
    }

    /** A frame that matches no flow goes up, as it is. */
    private boolean endsAsInJava(byte[] frame, int verdict) {
        MemorySegment.copy(frame, 0, rewritten, ValueLayout.JAVA_BYTE, Frame.HEADROOM, frame.length);
        Frame expected = new Frame().over(rewritten, Frame.HEADROOM, frame.length, PORT);
        FlowEntry flow = flows.stream().filter(f -> FlowKey.matches(key, f.mask(), f.key())).findFirst().orElse(null);
        if (flow != null && flow.actions().getFirst() instanceof Action.Drop) {
            return verdict == SHOT;
        }
        if (flow != null) {
            ActionRunner.run(expected, flow.actions(), new Nowhere());
        }
        return verdict == REDIRECT && out.asSlice(0, expected.size).mismatch(expected.bytes()) == -1
                && out.get(ValueLayout.JAVA_BYTE, expected.size) == UNTOUCHED;
    }

    private void note(String what, byte[] frame) {
        if (first.isEmpty()) {
            first = what + " of " + HexFormat.of().formatHex(frame);
        }
    }

    /** Only the rewrites are wanted. */
    private static final class Nowhere implements ActionRunner.Output {
        @Override
        public void output(int port, Frame frame) {
        }

        @Override
        public void drop(int port, int reason) {
        }

        @Override
        public void inspect(Frame frame) {
        }

        @Override
        public void copyUp(Frame frame) {
        }

        @Override
        public boolean meter(Action.Meter meter, Frame frame) {
            return true;
        }

        @Override
        public void refused(Frame frame) {
        }

        @Override
        public void count(long counter, Frame frame) {
        }
    }
}

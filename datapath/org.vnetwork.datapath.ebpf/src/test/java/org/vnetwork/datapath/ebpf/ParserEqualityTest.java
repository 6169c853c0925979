package org.vnetwork.datapath.ebpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.packet.wire.Frame;
import org.vnetwork.packet.wire.FrameText;
import org.vnetwork.packet.wire.KeyParser;

/** The parser in Java and the one in C read the same key from every frame, and the program does with it what its flow says. */
class ParserEqualityTest {
    private static final int RANDOM_FRAMES = 100_000;
    private static final int LIVE_FRAMES = 3_000;
    private static final int PORT = 7;
    private static final int OUT = 8;
    private static final int REASON = 20;
    private static final int FLOWS = 16;
    private static final int LOOPBACK = 1;
    private static final int STATUS = FlowKey.SIZE;
    private static final int RUNS = FlowKey.SIZE + 16;
    private static final Path FIXTURES = Path.of("../ebpf/test/fixtures/keys.txt");

    private static BpfObject object;
    private static int program;
    private static int keyOut;
    private static Arena arena;
    private static MemorySegment in;
    private static MemorySegment out;
    private static MemorySegment key;
    private static MemorySegment found;

    @BeforeAll
    static void load() throws IOException, DatapathException {
        Optional<String> why = new EbpfDriver().unavailable();
        assumeTrue(why.isEmpty(), () -> "the eBPF driver cannot be tested here: " + why.orElseThrow());
        try (var elf = EbpfDriver.class.getResourceAsStream("/vnet.bpf.o")) {
            object = BpfObject.open(elf.readAllBytes());
        }
        FlowMaps.size(object, FLOWS);
        object.load();
        program = object.program("vnet_key");
        keyOut = object.map("key_out");
        arena = Arena.ofShared();
        in = arena.allocate(4096, 8);
        out = arena.allocate(4096, 8);
        key = arena.allocate(8, 8);
        found = arena.allocate(FlowKey.SIZE + 24, 8);
        known(LOOPBACK);
    }

    @AfterAll
    static void unload() {
        if (object != null) {
            object.close();
            arena.close();
        }
    }

    private static void known(int ifindex) {
        MemorySegment port = arena.allocate(4, 4);
        port.set(ValueLayout.JAVA_INT, 0, PORT);
        key.set(ValueLayout.JAVA_INT, 0, ifindex);
        assertEquals(0, Bpf.update(object.map("port_ids"), key, port, Bpf.ANY));
    }

    /** Whether the kernel runs programs over this frame; it refuses IP frames without a whole IP header. */
    private static boolean run(byte[] frame) {
        return run(program, frame);
    }

    private static boolean run(int which, byte[] frame) {
        MemorySegment.copy(frame, 0, in, ValueLayout.JAVA_BYTE, 0, frame.length);
        int verdict = Bpf.testRun(which, in.asSlice(0, frame.length), out, MemorySegment.NULL);
        assertTrue(verdict >= 0 || verdict == -Libc.EINVAL, () -> "error " + -verdict + " of " + FrameText.describe(frame));
        return verdict >= 0;
    }

    private static void look() {
        key.set(ValueLayout.JAVA_INT, 0, 0);
        assertEquals(0, Bpf.lookup(keyOut, key, found));
    }

    private static long[] inC() {
        look();
        assertEquals(0, found.get(ValueLayout.JAVA_INT, STATUS));
        return found.asSlice(0, FlowKey.SIZE).toArray(ValueLayout.JAVA_LONG);
    }

    private static long[] inJava(byte[] frame) {
        long[] parsed = new long[FlowKey.WORDS];
        KeyParser.parse(MemorySegment.ofArray(frame), 0, frame.length, PORT, parsed);
        return parsed;
    }

    private static void assertSame(long[] expected, long[] actual, byte[] frame) {
        if (!Arrays.equals(expected, actual)) {
            assertEquals(words(expected), words(actual), FrameText.describe(frame) + " = " + HexFormat.of().formatHex(frame));
        }
    }

    private static List<String> words(long[] parsed) {
        return Arrays.stream(parsed).mapToObj(HexFormat.of()::toHexDigits).toList();
    }

    @Test
    void bothReadTheFixturesAsTheyAreWritten() throws IOException {
        int fixtures = 0;
        for (String line : Files.readAllLines(FIXTURES)) {
            String[] columns = line.split("\\|");
            if (!line.startsWith("#") && columns.length == 3) {
                byte[] frame = HexFormat.of().parseHex(columns[1].strip());
                String expected = columns[2].strip();
                if (frame.length >= KeyParser.ETHERNET_SIZE && expected.length() > 100) {
                    fixtures++;
                    assertEquals(List.of(expected.split(" ")), words(inJava(frame)), columns[0] + "in Java");
                    if (run(frame)) {
                        assertEquals(List.of(expected.split(" ")), words(inC()), columns[0] + "in C");
                    }
                }
            }
        }
        assertTrue(fixtures > 50, "only " + fixtures + " fixtures in " + FIXTURES);
    }

    @Test
    void bothReadTheSameFromRandomAndMutatedFrames() {
        RandomFrames random = new RandomFrames(1);
        int refused = 0;
        for (int i = 0; i < RANDOM_FRAMES; i++) {
            byte[] frame = random.next();
            if (run(frame)) {
                assertSame(inJava(frame), inC(), frame);
            } else {
                refused++;
            }
        }
        assertTrue(refused < RANDOM_FRAMES / 10, refused + " frames refused by the kernel");
    }

    /** By test run, which carries out everything but the last hand-over; what each frame ends as is told beforehand by the parser in Java. */
    @Test
    void theWholeProgramAccountsForEveryRandomFrame() throws DatapathException {
        int ingress = object.program("vnet_ingress");
        try (KernelMaps maps = new KernelMaps(object); FlowMaps flowMaps = new FlowMaps(object, FLOWS)) {
            maps.setTaps(LOOPBACK, LOOPBACK);
            maps.port(OUT).setDevice(LOOPBACK);
            maps.port(OUT).setFlags(PortEntry.UP);
            KernelFlows flows = new KernelFlows(maps, flowMaps, new Groups(maps, null, port -> 0));
            assertTrue(flows.add(ofType(0, 0x0800, new Action.SetField(Field.DSCP, 46), new Action.Output(OUT))));
            assertTrue(flows.add(ofType(1, 0x86dd, new Action.PushTag(0x8100, 5), new Action.SetField(Field.ETH_DST, 2), new Action.Output(OUT))));
            assertTrue(flows.add(ofType(2, 0x0806, new Action.Drop(REASON))));
            RandomFrames random = new RandomFrames(3);
            long[] expected = new long[3];
            for (int i = 0; i < RANDOM_FRAMES; i++) {
                byte[] frame = random.next();
                if (run(ingress, frame)) {
                    long type = Field.ETHER_TYPE.in(inJava(frame));
                    expected[type == 0x0800 || type == 0x86dd ? 0 : type == 0x0806 ? 1 : 2]++;
                }
            }
            assertTrue(Arrays.stream(expected).min().orElseThrow() > RANDOM_FRAMES / 50, () -> "of each kind enough: " + Arrays.toString(expected));
            long[] port = maps.portStatistics(PORT);
            long[] drops = new long[DropNumbers.LIMIT];
            maps.drops(PORT, drops);
            assertEquals(List.of(expected[0], expected[1], expected[2]), List.of(port[8], drops[REASON], port[9]), "sent, dropped, up");
            assertEquals(Arrays.stream(expected).sum(), port[0], "received");
            assertEquals(port[0] + port[7], port[8] + port[9] + port[10] + Arrays.stream(drops).sum(), "the books");
            assertEquals(port[8], maps.portStatistics(OUT)[3], "sent by the other port");
        }
    }

    private static FlowEntry ofType(int id, int etherType, Action... actions) {
        long[] mask = new long[FlowKey.WORDS];
        long[] flow = new long[FlowKey.WORDS];
        for (Field field : new Field[] {Field.INGRESS, Field.ETHER_TYPE}) {
            FlowKey.add(mask, field);
        }
        FlowKey.put(flow, Field.INGRESS, PORT);
        FlowKey.put(flow, Field.ETHER_TYPE, etherType);
        return new FlowEntry(id, flow, mask, List.of(actions));
    }

    /** With the kernel's own handling of tags before, and those frames that a test run refuses. */
    @Test
    void bothReadTheSameFromFramesOnADevice() throws Exception {
        String one = "kp" + Long.toString(ProcessHandle.current().pid(), 36);
        String other = one + "o";
        ip("link add " + one + " type veth peer name " + other);
        try (PacketSocket socket = new PacketSocket(); Links links = new Links()) {
            Ipv6.silence(one);
            Ipv6.silence(other);
            ip("link set " + one + " up");
            ip("link set " + other + " up");
            known(links.byName(other).ifindex());
            int link = Bpf.attach(program, links.byName(other).ifindex(), Bpf.TCX_INGRESS);
            assertTrue(link >= 0, Libc::error);
            try {
                compare(socket, links.byName(one).ifindex());
            } finally {
                Libc.close(link);
            }
        } finally {
            ip("link delete " + one);
        }
    }

    /** As a network card delivers them that puts all but the Ethernet header into pages of its own. */
    @Test
    void bothReadTheSameFromFramesOfWhichOnlyTheEthernetHeaderIsLinear() throws Exception {
        String name = "kt" + Long.toString(ProcessHandle.current().pid(), 36);
        try (PagedTap tap = new PagedTap(name); Links links = new Links()) {
            Ipv6.silence(name);
            ip("link set " + name + " up");
            known(links.byName(name).ifindex());
            int link = Bpf.attach(program, links.byName(name).ifindex(), Bpf.TCX_INGRESS);
            assertTrue(link >= 0, Libc::error);
            try {
                compare(bytes -> tap.send(bytes, KeyParser.ETHERNET_SIZE));
            } finally {
                Libc.close(link);
            }
        }
    }

    private static void compare(PacketSocket socket, int ifindex) {
        compare(bytes -> {
            MemorySegment.copy(bytes, 0, in, ValueLayout.JAVA_BYTE, Frame.HEADROOM, bytes.length);
            assertEquals(0, socket.send(ifindex, new Frame().over(in, Frame.HEADROOM, bytes.length, 0)), () -> FrameText.describe(bytes));
        });
    }

    private static void compare(Consumer<byte[]> sender) {
        RandomFrames random = new RandomFrames(2);
        for (byte[] bytes : frames(random)) {
            look();
            long before = found.get(ValueLayout.JAVA_LONG, RUNS);
            sender.accept(bytes);
            long deadline = System.nanoTime() + 10_000_000_000L;
            do {
                look();
                assertTrue(System.nanoTime() < deadline, () -> "the program did not see " + FrameText.describe(bytes));
            } while (found.get(ValueLayout.JAVA_LONG, RUNS) == before);
            assertSame(inJava(bytes), inC(), bytes);
        }
    }

    /** Without those that the kernel itself drops: frames that end at a tag. */
    private static List<byte[]> frames(RandomFrames random) {
        List<byte[]> frames = new ArrayList<>();
        while (frames.size() < LIVE_FRAMES) {
            byte[] frame = random.next();
            if (frame.length >= 20) {
                frames.add(frame);
            }
        }
        return frames;
    }

    private static void ip(String arguments) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(("ip " + arguments).split(" ")).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), printed);
    }
}

package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.datapath.FrameBatch;
import org.vnetwork.datapath.Simulated;
import org.vnetwork.datapath.sim.SimDriver;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FrameText;

/** Random action lists on random frames: what the kernel sends is what Java sends, octet for octet. */
class ActionEqualityTest {
    private static final int LISTS = 120;
    private static final int FRAMES = 12;
    private static final int LONG_LISTS = 12;
    private static final String[] TAGS = {"", "", "vlan(vid=10,pcp=3)", "vlan(vid=7,dei=true,service=true)", "vlan(vid=7,service=true) vlan(vid=10,pcp=5,dei=true)", "vlan(vid=1) vlan(vid=2) vlan(vid=3)"};
    private static final String[] CONTENTS = {"ipv4() tcp() payload(%d)", "ipv4(ttl=1,dscp=46) udp() payload(%d)", "ipv4() udp(checksum=0) payload(%d)", "ipv4(options=94040000) tcp(checksum=1)",
        "ipv4() icmp() payload(%d)", "ipv4(frag=first,id=9) udp(length=3000) payload(%d)", "ipv4(frag=later,id=9,proto=17) payload(%d)", "ipv4(frag=later,proto=6) payload(%d)",
        "ipv4(checksum=0x1234) udp() payload(%d)", "ipv6() tcp(flags=SA) payload(%d)", "ipv6() ext() ext(type=43,size=24) udp() payload(%d)", "ipv6() udp(checksum=0) payload(%d)",
        "ipv6() icmpv6(type=128) payload(%d)", "ipv6(frag=first,id=7) udp() payload(%d)", "ipv6(frag=later,id=7,proto=6) payload(%d)", "ipv4(proto=58) payload(%d)", "ipv4(proto=132) payload(%d)",
        "ipv6(proto=132) payload(%d)", "ipv4(length=1000) udp()", "ipv4(proto=6) payload(19)", "ipv6(proto=17) hex(0001000200070000)", "arp()", "payload(%d)",
        "ipv6() ext() ext() ext() ext() ext() ext() ext() ext() ext() udp()"};
    private static final Field[] PORTS = {Field.L4_SRC, Field.L4_DST};
    private static final Field[] ADDRESSES = {Field.IP_SRC, Field.IP_DST};

    private final Lab lab = new Lab();
    private final FrameBatch batch = new FrameBatch();
    private KernelLists kernel;

    @BeforeEach
    void open() throws Exception {
        Lab.needed();
        kernel = lab.keep(new KernelLists(lab, 3));
    }

    @AfterEach
    void close() throws IOException {
        lab.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theKernelSendsWhatJavaSends(long seed) throws Exception {
        compare(new Random(seed), LISTS, FRAMES, ActionEqualityTest::list);
    }

    /** Lists that go on in others, in which the kernel has drops and outputs as sets. */
    @Test
    void theKernelSendsWhatJavaSendsByLongLists() throws Exception {
        compare(new Random(4), LONG_LISTS, 3, ActionEqualityTest::longList);
    }

    private void compare(Random random, int lists, int frames, Function<Random, List<Action>> maker) throws Exception {
        try (Datapath sim = new SimDriver().open("test", "sw1", Path.of("."))) {
            for (int port = 1; port <= 3; port++) {
                sim.attach(port, new Attachment("sim", "p" + port));
                sim.unblock(port);
            }
            for (int i = 0; i < lists; i++) {
                List<Action> actions = maker.apply(random);
                kernel.list(1, actions.toArray(Action[]::new));
                sim.remove(1);
                sim.install(List.of(flow(actions)));
                for (int j = 0; j < frames; j++) {
                    compare((Simulated) sim, frame(random), actions);
                }
            }
        }
        assertEquals("", kernel.imbalance());
    }

    private static FlowEntry flow(List<Action> actions) {
        long[] mask = new long[11];
        long[] key = new long[11];
        mask[0] = 0xffffffffL << 32;
        key[0] = 1L << 32;
        return new FlowEntry(1, key, mask, actions);
    }

    private void compare(Simulated sim, byte[] frame, List<Action> actions) throws IOException {
        sim.inject(1, frame);
        assertEquals(0, ((Datapath) sim).take(batch), () -> "came up: " + FrameText.describe(frame));
        long received = kernel.datapath.counters(1).received();
        kernel.wires.get(0).send(frame);
        Until.holds(() -> "not received", () -> kernel.datapath.counters(1).received() > received);
        for (int port = 2; port <= 3; port++) {
            List<String> expected = sim.captured(port).stream().map(FrameText::describe).toList();
            List<String> sent = new ArrayList<>();
            Wire wire = kernel.wires.get(port - 1);
            Until.holds(() -> actions + " on " + FrameText.describe(frame) + ": " + sent + " (expected: " + expected + ")", () -> {
                for (byte[] out = wire.receive(); out != null; out = wire.receive()) {
                    sent.add(FrameText.describe(out));
                }
                return sent.size() >= expected.size();
            });
            assertEquals(expected, sent, () -> actions + " on " + FrameText.describe(frame));
        }
    }

    private static byte[] frame(Random random) {
        String text = "eth() " + TAGS[random.nextInt(TAGS.length)] + " " + CONTENTS[random.nextInt(CONTENTS.length)].formatted(random.nextInt(24, 200)) + " pad(30)";
        byte[] frame = FrameText.build(text);
        for (int changes = random.nextInt(8) - 6; changes > 0; changes--) {
            frame[random.nextInt(14, frame.length)] = (byte) random.nextInt(256);
        }
        return frame;
    }

    private static List<Action> list(Random random) {
        List<Action> list = new ArrayList<>();
        for (int i = random.nextInt(1, 8); i > 0; i--) {
            list.add(switch (random.nextInt(10)) {
                case 0 -> new Action.SetField(Field.DSCP, random.nextInt(64));
                case 1 -> new Action.PushTag(random.nextBoolean() ? 0x8100 : 0x88a8, random.nextInt(1 << 16));
                case 2 -> new Action.PopTag();
                case 3 -> new Action.SetField(random.nextBoolean() ? Field.ETH_DST : Field.ETH_SRC, random.nextLong() >>> 16);
                case 4 -> new Action.SetField(Field.VLAN_PCP, random.nextInt(8));
                case 5 -> new Action.SetField(Field.VLAN_VID, random.nextInt(4096));
                case 6 -> new Action.Output(2);
                case 7 -> new Action.SetField(PORTS[random.nextInt(2)], random.nextInt(1 << 16));
                default -> new Action.SetField(ADDRESSES[random.nextInt(2)], random.nextInt(4) == 0 ? 0 : random.nextLong(), random.nextInt(4) == 0 ? 0 : random.nextLong());
            });
        }
        list.add(new Action.Output(3));
        return list;
    }

    private static List<Action> longList(Random random) {
        List<Action> list = new ArrayList<>();
        for (int i = random.nextInt(50, 150); i > 0; i--) {
            switch (random.nextInt(6)) {
                case 0 -> list.add(new Action.SetField(Field.ETH_SRC, random.nextLong() >>> 16));
                case 1 -> list.addAll(List.of(new Action.PushTag(0x8100, random.nextInt(1 << 16)), new Action.Output(3), new Action.PopTag()));
                case 2 -> list.add(new Action.SetField(ADDRESSES[random.nextInt(2)], random.nextLong(), random.nextLong()));
                case 3 -> list.addAll(Collections.nCopies(random.nextInt(1, 30), new Action.Drop(40 + random.nextInt(3))));
                case 4 -> IntStream.range(1, 1 + random.nextInt(200)).forEach(port -> list.add(new Action.Output(port)));
                default -> list.add(new Action.Output(2));
            }
        }
        list.add(random.nextBoolean() ? new Action.Output(3) : new Action.Drop(40));
        return list;
    }
}

package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.LimitView;
import org.vnetwork.control.PortDocument;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.model.Ip;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.packet.wire.FrameText;
import org.vnetwork.table.Context;
import org.vnetwork.table.DataType;
import org.vnetwork.table.Match;
import org.vnetwork.table.RuleTable;

/** What a hostile port can send, on real devices: the others keep what they have, and every frame is accounted for. */
class AttacksTest {
    private static final int MILLION = 1_000_000;
    private static final int PER_SECOND = 250_000;
    private static final DropReason DENIED = DropReason.of("test/denied");
    private static final String ATTACKER = "02:00:00:00:05:01";
    private static final String ANNE = "02:00:00:00:05:02";
    private static final String BERT = "02:00:00:00:05:03";
    private static final String CARL = "02:00:00:00:05:04";

    private final Lab lab = new Lab();
    private final List<String> devices = new ArrayList<>();
    private final List<Space> spaces = new ArrayList<>();
    private final List<Wire> wires = new ArrayList<>();
    private KernelSwitch tested;

    @BeforeEach
    void open() throws Exception {
        Lab.needed();
        for (int port = 1; port <= 4; port++) {
            Space space = lab.space();
            spaces.add(space);
            devices.add(lab.cable(space, "x" + port, "address 02:00:00:00:05:0" + port));
            wires.add(lab.keep(new Wire(space, Lab.name("x" + port))));
        }
        tested = lab.keep(new KernelSwitch("learning", devices.toArray(String[]::new)));
    }

    @AfterEach
    void close() throws IOException {
        lab.close();
    }

    private static byte[] frame(String source, String destination) {
        return FrameText.build("eth(src=" + source + ",dst=" + destination + ") ipv4() udp() payload(18)");
    }

    private Wire wire(int port) {
        return wires.get(port - 1);
    }

    private void vlan(int port, PortVlan vlan) {
        tested.home().setPort(new PortDocument(port, "p" + port, "netdev", devices.get(port - 1), vlan, List.of()));
    }

    /** Frames that reached the far end of a port, by the kernel's counter. */
    private long arrived(int port) throws IOException {
        String printed = Command.run("ip", "netns", "exec", spaces.get(port - 1).name(), "cat", "/proc/net/dev");
        String line = printed.lines().filter(l -> l.strip().startsWith(Lab.name("x" + port) + ":")).findFirst().orElseThrow();
        return Long.parseLong(line.substring(line.indexOf(':') + 1).strip().split("\\s+")[1]);
    }

    private long beyond(String limit) {
        return tested.home().views().limits().stream().filter(l -> l.limit().equals(limit)).mapToLong(LimitView::beyond).sum();
    }

    private long learnedAt(int port) {
        return tested.home().views().rows("fdb").stream().filter(r -> r.row().get("port").equals("p" + port)).count();
    }

    private void untilTheBooksBalance() throws IOException {
        Until.holds(tested::books, () -> tested.imbalance().isEmpty());
    }

    private void send(Flood flood, int count) throws IOException {
        try (flood) {
            Until.holds(() -> flood.sent() + " of " + count + " sent", flood::ended);
        }
    }

    /** Anne and Bert talk before, meanwhile and after; Carl sees none of it. */
    @Test
    void aMillionSourceAddressesDisplaceNobodyElse() throws IOException {
        byte[] toBert = frame(ANNE, BERT);
        wire(3).send(frame(BERT, ANNE));
        Until.holds(tested::books, () -> learnedAt(3) == 1);
        wire(2).send(toBert);
        Until.holds(tested::books, () -> learnedAt(2) == 1);
        untilTheBooksBalance();
        long carl = arrived(4);
        long bert = tested.port(3).sent();
        byte[] attack = frame(ATTACKER, BERT);
        int talked = 0;
        try (Flood flood = new Flood(List.of(wire(1)), PER_SECOND, MILLION, n -> Flood.from(attack, n))) {
            for (; !flood.ended() || talked == 0; talked++) {
                wire(2).send(toBert);
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
            }
        }
        untilTheBooksBalance();
        assertEquals(carl, arrived(4), "nothing was flooded");
        assertEquals(List.of(1L, 1L), List.of(learnedAt(2), learnedAt(3)));
        assertTrue(learnedAt(1) <= 4096, () -> learnedAt(1) + " stations at one port");
        assertEquals(MILLION, tested.port(1).received());
        assertEquals(MILLION, tested.port(1).outputs() + tested.port(1).dropped());
        assertTrue(tested.drops(1, "datapath/miss-limit") > MILLION / 2, tested::books);
        assertEquals(talked, tested.port(2).outputs() - 1, "all of Anne's frames");
        assertEquals(bert + talked + tested.port(1).outputs(), tested.port(3).sent());
        assertTrue(beyond("port-misses") > MILLION / 2);
    }

    /** Bert is in VLAN 20; the attacker's port is an access port in VLAN 10, then a trunk of VLAN 10 alone with it as native VLAN. */
    @Test
    void noneOfAMillionTaggedFramesHopsToAnotherVlan() throws IOException {
        vlan(2, PortVlan.trunk(List.of(10, 20), 10));
        vlan(3, PortVlan.access(20));
        wire(3).send(frame(BERT, "ff:ff:ff:ff:ff:ff"));
        Until.holds(tested::books, () -> learnedAt(3) == 1);
        List<byte[]> attacks = new ArrayList<>();
        for (String tags : List.of("vlan(vid=20)", "vlan(vid=10) vlan(vid=20)", "vlan(vid=0,pcp=5) vlan(vid=20)", "vlan(vid=0,pcp=7)", "vlan(vid=20,service=true)",
                "vlan(vid=10,service=true) vlan(vid=20)", "vlan(vid=20) vlan(vid=20)", "vlan(vid=4095)", "vlan(vid=10) vlan(vid=10) vlan(vid=20)", "")) {
            for (String destination : List.of(BERT, "ff:ff:ff:ff:ff:ff")) {
                attacks.add(FrameText.build("eth(src=" + ATTACKER + ",dst=" + destination + ") " + tags + " ipv4() udp() payload(18)"));
            }
        }
        attacks.add(outdatedTag(BERT, 20));
        attacks.add(outdatedTag("ff:ff:ff:ff:ff:ff", 20));
        long before = arrived(3);
        for (PortVlan attackers : List.of(PortVlan.access(10), PortVlan.trunk(List.of(10), 10))) {
            vlan(1, attackers);
            // Now and then a new source, so that the slow way is tried as well as the flows.
            send(new Flood(List.of(wire(1)), PER_SECOND, MILLION / 2, n -> {
                byte[] attack = attacks.get((int) (n % attacks.size()));
                return n % 500 < attacks.size() ? Flood.from(attack, n) : attack;
            }), MILLION / 2);
            untilTheBooksBalance();
        }
        assertEquals(MILLION, tested.port(1).received());
        assertEquals(before, arrived(3), () -> "leaked\n" + tested.books());
        assertTrue(tested.drops(1, "port/tag-not-admitted") > 0 && tested.drops(1, "port/vlan-not-allowed") > 0, tested::books);
        wire(2).send(FrameText.build("eth(src=" + ANNE + ",dst=" + BERT + ") vlan(vid=20) ipv4() udp() payload(18)"));
        Until.holds(tested::books, () -> arrived(3) == before + 1);
    }

    /** A tag of the kind that was used before IEEE 802.1ad (TPID 0x9100). */
    private static byte[] outdatedTag(String destination, int vlan) {
        byte[] frame = FrameText.build("eth(src=" + ATTACKER + ",dst=" + destination + ") vlan(vid=" + vlan + ") ipv4() udp() payload(18)");
        frame[12] = (byte) 0x91;
        return frame;
    }

    /** What the test's rules say. */
    @DataType("test.policy/1")
    private record Policy(boolean allow) {
    }

    /** Allows a few kinds of frame, each by other fields, and denies the rest (Csikor and others, CoNEXT 2019). */
    private static final class AllowFew implements ForwardingEngine {
        private RuleTable<Policy> rules;

        @Override
        public void open(Context context) {
            rules = context.rules(Policy.class);
            rules.put(1, 10, Match.ANY.and(Field.IP_PROTOCOL, 17).and(Field.L4_DST, 80), new Policy(true));
            rules.put(2, 9, Match.ANY.and(Field.IP_SRC, Ip.parseV4("10.0.0.10")), new Policy(true));
            rules.put(3, 8, Match.ANY.and(Field.IP_PROTOCOL, 17).and(Field.L4_SRC, 12345), new Policy(true));
            rules.put(4, 7, Match.ANY.and(Field.IP_DST, Ip.parseV4("10.9.0.0"), 0xffff_0000L), new Policy(true));
        }

        @Override
        public void decide(Packet packet, Forward forward) {
            Policy policy = rules.first(packet);
            if (policy == null || !policy.allow()) {
                forward.drop(DENIED);
            } else {
                forward.flood();
            }
        }
    }

    @Test
    void randomHeadersMakeNoMoreMasksAndFlowsThanAPortMayHave() throws IOException {
        tested.swap("few", AllowFew::new);
        byte[] allowed = FrameText.build("eth(src=" + ANNE + ",dst=" + BERT + ") ipv4() udp(dst=80) payload(18)");
        wire(2).send(allowed);
        Until.holds(tested::books, () -> tested.home().views().flows().size() == 1);
        Random random = new Random(1);
        int frames = 10_000;
        send(new Flood(List.of(wire(1)), 1400, frames, n -> randomHeaders(random)), frames);
        untilTheBooksBalance();
        List<LimitView> limits = tested.home().views().limits();
        LimitView masks = limits.stream().filter(l -> l.limit().equals("port-masks")).findFirst().orElseThrow();
        LimitView flows = limits.stream().filter(l -> l.limit().equals("port-flows")).findFirst().orElseThrow();
        assertTrue(masks.used() <= 32 && flows.used() <= frames, limits::toString);
        assertEquals("p1", masks.port());
        long upcalls = tested.port(2).upcalls();
        for (int i = 0; i < 100; i++) {
            wire(2).send(allowed);
        }
        untilTheBooksBalance();
        assertEquals(upcalls, tested.port(2).upcalls(), "the victim's flow is untouched");
        assertEquals(1, tested.home().views().flows().stream().filter(f -> f.match().startsWith("in=p2")).count());
        assertEquals(frames, tested.port(1).received());
    }

    /** The fields that the rules compare, each at random or near what they ask for. */
    private static byte[] randomHeaders(Random random) {
        byte[] frame = FrameText.build("eth(src=" + ATTACKER + ",dst=" + BERT + ") ipv4(src=10.0.0.10,dst=10.9.0.1) udp(src=12345,dst=80) payload(18)");
        for (int at : new int[] {26, 30, 34, 36}) {
            int bit = random.nextInt(at < 34 ? 32 : 16);
            frame[at + bit / 8] ^= (byte) (0x80 >> bit % 8);
            for (int below = at + bit / 8 + 1; below < at + (at < 34 ? 4 : 2); below++) {
                frame[below] = (byte) random.nextInt(256);
            }
        }
        return Arrays.copyOf(frame, 60);
    }
}

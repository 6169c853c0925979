package org.vnetwork.core.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.vnetwork.core.row.ClassForm;
import org.vnetwork.core.row.Denials;
import org.vnetwork.core.row.Owners;
import org.vnetwork.core.rule.Rule;
import org.vnetwork.core.rule.RuleList;
import org.vnetwork.datapath.Capabilities;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.packet.wire.FrameText;
import org.vnetwork.packet.wire.KeyParser;
import org.vnetwork.table.Match;

class RuleListTest {
    private static final long SLASH_16 = 0xffff_0000L;
    private static final long SLASH_32 = 0xffff_ffffL;

    private final RuleList list = new RuleList("test.rule/1", new Owners(), new Denials());
    private final ClassForm form = ClassForm.of(Said.class, "test.rule/1");
    private final List<Given> linear = new ArrayList<>();

    private record Said(String text) {
    }

    private record Given(long id, int priority, Match match, Said said) {
    }

    /** A packet view, and the key that it reads, so that a test can change bits of it. */
    private record Subject(long[] key, Recorder recorder, PacketView view) {
        static Subject of(long[] key) {
            Recorder recorder = new Recorder(key, null, Capabilities.wholeKey(), false);
            return new Subject(key, recorder, new PacketView(recorder, new Branch(), 1, new Call("test", null, null)));
        }

        static Subject of(String frame) {
            byte[] octets = FrameText.build(frame);
            long[] key = new long[FlowKey.WORDS];
            KeyParser.parse(MemorySegment.ofArray(octets), 0, octets.length, 1, key);
            return of(key);
        }
    }

    private void put(long id, int priority, Match match, String says) {
        list.put(id, priority, match, form.neutral(new Said(says)), "test@1");
        linear.removeIf(g -> g.id() == id);
        linear.add(new Given(id, priority, match, new Said(says)));
    }

    @Test
    void aRuleMeetsAFieldThatWasSetAlthoughTheFrameAsReceivedLacksIt() {
        put(1, 1, Match.ANY.and(Field.VLAN_PCP, 6), "six");
        Subject untagged = Subject.of("eth() ipv4() udp()");
        assertNull(ask(untagged));
        Branch branch = new Branch();
        branch.set(Field.VLAN_PCP, 0, 6, untagged.recorder());
        assertEquals(new Said("six"), says(new PacketView(untagged.recorder(), branch, 1, new Call("test", null, null))));
    }

    /** What the rules say, evaluated one by one. */
    private Said naive(long[] key) {
        Recorder recorder = new Recorder(key, null, Capabilities.wholeKey(), false);
        return linear.stream().sorted(Comparator.comparingInt(Given::priority).reversed().thenComparingLong(Given::id))
                .filter(g -> g.match().parts().stream().allMatch(p -> matches(recorder, p))).map(Given::said).findFirst().orElse(null);
    }

    private static boolean matches(Recorder recorder, Match.Part part) {
        return recorder.has(part.field().layer()) && recorder.matches(part.field(), part.valueHigh(), part.value(), part.maskHigh(), part.mask());
    }

    private Record ask(Subject subject) {
        return says(subject.view());
    }

    private Record says(RawPacket packet) {
        Rule rule = list.first(packet).rule();
        return rule == null ? null : form.record(rule.says());
    }

    private static Match to(String address, long mask) {
        return Match.ANY.and(Field.IP_DST, org.vnetwork.model.Ip.parseV4(address), mask);
    }

    private static String packet(String destination) {
        return "eth() ipv4(src=10.9.9.9,dst=" + destination + ") tcp(dst=80)";
    }

    @Test
    void findsTheMatchingRuleOfTheHighestPriority() {
        put(1, 10, to("10.1.0.0", SLASH_16), "wide");
        put(2, 20, to("10.1.2.3", SLASH_32), "exact");
        put(3, 20, to("10.1.2.3", SLASH_32), "later of the same priority");
        put(4, 0, Match.ANY, "otherwise");
        assertEquals(new Said("exact"), ask(Subject.of(packet("10.1.2.3"))));
        assertEquals(new Said("wide"), ask(Subject.of(packet("10.1.2.4"))));
        assertEquals(new Said("otherwise"), ask(Subject.of(packet("10.2.2.3"))));
        list.remove(4);
        assertNull(ask(Subject.of("eth() arp()")));
    }

    @Test
    void aFieldThatThePacketLacksMakesARuleNotMatch() {
        put(1, 1, Match.ANY.and(Field.L4_DST, 0), "port 0");
        assertNull(ask(Subject.of("eth() ipv4() icmp()")));
    }

    @Test
    void anExactRuleElsewhereLeavesFlowsOfOtherPrefixesWide() {
        put(1, 10, to("10.1.0.0", SLASH_16), "wide");
        for (int i = 0; i < 250; i++) {
            put(100 + i, 20, to("10.1.7." + i, SLASH_32), "exact");
        }
        Subject far = Subject.of(packet("192.168.3.4"));
        ask(far);
        assertEquals(1, Long.bitCount(far.recorder().mask()[Field.IP_DST.word() + 1] & SLASH_32), "one bit tells 192 from 10");
        Subject near = Subject.of(packet("10.1.99.4"));
        ask(near);
        long bits = near.recorder().mask()[Field.IP_DST.word() + 1] & SLASH_32;
        assertEquals(0xffff_c000L & bits, bits, "no further than the first bit of the third octet that differs");
    }

    @Test
    void agreesWithALinearEvaluationAndReadsEnough() {
        Random random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            put(random.nextInt(1_500), random.nextInt(40), randomMatch(random), "rule " + i);
            if (i % 5 == 0) {
                long gone = random.nextInt(1_500);
                list.remove(gone);
                linear.removeIf(g -> g.id() == gone);
            }
        }
        assertEquals(linear.size(), list.count());
        for (int i = 0; i < 3_000; i++) {
            Subject subject = Subject.of(randomPacket(random));
            Record says = ask(subject);
            assertEquals(naive(subject.key()), says);
            long[] other = Subject.of(randomPacket(random)).key();
            long[] mask = subject.recorder().mask();
            for (int word = 0; word < other.length; word++) {
                other[word] = subject.key()[word] & mask[word] | other[word] & ~mask[word];
            }
            assertEquals(says, naive(other), "a packet with the same bits under the mask gets the same rule");
        }
    }

    private static Match randomMatch(Random random) {
        Match match = Match.ANY;
        if (random.nextBoolean()) {
            int length = 8 * (1 + random.nextInt(4));
            long mask = -1L << 32 - length & SLASH_32;
            match = match.and(random.nextBoolean() ? Field.IP_SRC : Field.IP_DST, address(random), mask);
        }
        if (random.nextInt(3) == 0) {
            match = match.and(Field.IP_PROTOCOL, random.nextBoolean() ? 6 : 17);
        }
        if (random.nextInt(3) == 0) {
            match = match.and(Field.L4_DST, random.nextInt(20));
        }
        return random.nextInt(10) == 0 ? match.and(Field.ETH_SRC, 0x0200_0000_0001L, random.nextBoolean() ? 1 : -1L >>> 16) : match;
    }

    private static long address(Random random) {
        return 10L << 24 | random.nextInt(3) << 16 | random.nextInt(3) << 8 | random.nextInt(3);
    }

    private static String randomPacket(Random random) {
        String ip = "ipv4(src=" + org.vnetwork.model.Ip.formatV4(address(random)) + ",dst=" + org.vnetwork.model.Ip.formatV4(address(random)) + ") ";
        return switch (random.nextInt(4)) {
            case 0 -> "eth() arp()";
            case 1 -> "eth() " + ip + "icmp()";
            case 2 -> "eth() " + ip + "udp(dst=" + random.nextInt(20) + ")";
            default -> "eth() " + ip + "tcp(dst=" + random.nextInt(20) + ")";
        };
    }

    @Test
    void aRuleThatComesTouchesOnlyFlowsThatItCouldAnswer() {
        put(1, 10, to("10.1.0.0", SLASH_16), "wide");
        put(2, 30, to("10.2.0.0", SLASH_16), "above");
        int[] told = new int[3];
        List<String> packets = List.of("10.1.2.3", "10.2.2.3", "172.16.0.1");
        for (int i = 0; i < told.length; i++) {
            int reader = i;
            list.first(Subject.of(packet(packets.get(i))).view()).read().add(first -> told[reader]++, 0);
        }
        list.put(3, 20, to("10.1.2.0", 0xffff_ff00L), form.neutral(new Said("new")), "test@1");
        assertEquals(List.of(1, 0, 0), List.of(told[0], told[1], told[2]), "only the first one's known bits meet the rule");
        list.put(4, 20, to("10.2.2.0", 0xffff_ff00L), form.neutral(new Said("lower than what the second one has")), "test@1");
        assertEquals(0, told[1]);
        list.remove(2);
        assertEquals(List.of(1, 1, 0), List.of(told[0], told[1], told[2]), "a rule that goes touches those that had it");
        list.put(1, 10, to("10.1.0.0", SLASH_16), form.neutral(new Said("wide")), "test@1");
        assertEquals(1, told[0], "the same rule again is no change");
    }

    @Test
    void aReaderThatIsGoneIsNotToldAndNotKept() {
        put(1, 10, Match.ANY, "any");
        int[] told = new int[1];
        var read = list.first(Subject.of(packet("10.1.2.3")).view()).read();
        org.vnetwork.core.row.Dependency.Reader reader = mayDeny -> told[0]++;
        read.remove(read.add(reader, 0));
        list.remove(1);
        assertEquals(0, told[0]);
        assertEquals(0, read.readers());
    }

    @Test
    void tenThousandRulesReadNoMoreThanIsNeeded() {
        Random random = new Random(3);
        for (int i = 0; i < 10_000; i++) {
            put(i, random.nextInt(100), to("10." + random.nextInt(256) + "." + random.nextInt(256) + ".0", 0xffff_ff00L), "rule " + i);
        }
        Subject inside = Subject.of(packet("10.7.7.7"));
        assertEquals(naive(inside.key()), ask(inside));
        assertTrue(Long.bitCount(inside.recorder().mask()[Field.IP_DST.word() + 1]) <= 24, "never below the longest prefix");
        Subject outside = Subject.of(packet("11.7.7.7"));
        assertNull(ask(outside));
        assertTrue(Long.bitCount(outside.recorder().mask()[Field.IP_DST.word() + 1]) <= 8);
    }
}

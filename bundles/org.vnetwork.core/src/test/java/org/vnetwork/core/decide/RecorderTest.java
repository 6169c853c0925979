package org.vnetwork.core.decide;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.Capabilities;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Layer;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.packet.wire.Frame;

class RecorderTest {
    private static final String TCP = "eth() ipv4(src=10.0.0.1,dst=10.0.0.2,ttl=9) tcp(src=1000,dst=80)";

    private static Recorder recorder(String text) {
        Frame frame = DecideTest.frame(1, text);
        return new Recorder(DecideTest.key(frame), frame, Capabilities.wholeKey(), true);
    }

    /** Fields all of whose bits are compared. */
    private static Set<Field> compared(Recorder recorder) {
        Set<Field> fields = EnumSet.noneOf(Field.class);
        for (Field field : Field.values()) {
            long[] own = new long[FlowKey.WORDS];
            if (field.inKey()) {
                FlowKey.add(own, field);
                if (FlowKey.covers(recorder.mask(), own)) {
                    fields.add(field);
                }
            }
        }
        return fields;
    }

    @Test
    void comparesTheIngressPortAlways() {
        long[] mask = new long[FlowKey.WORDS];
        FlowKey.add(mask, Field.INGRESS);
        assertArrayEquals(mask, recorder(TCP).mask());
    }

    @Test
    void aTcpPortRecordsTheWayThatLeadsToIt() {
        Recorder recorder = recorder(TCP);
        assertEquals(80, recorder.get(Field.L4_DST));
        assertTrue(compared(recorder).containsAll(Set.of(Field.ETHER_TYPE, Field.PARSE, Field.FRAGMENT, Field.IP_PROTOCOL, Field.L4_DST)));
        assertFalse(compared(recorder).contains(Field.L4_SRC));
        assertFalse(compared(recorder).contains(Field.IP_SRC));
        assertFalse(recorder.inspect());
    }

    @Test
    void anAbsentLayerReadsZeroAndRecordsWhyItIsAbsent() {
        Recorder recorder = recorder("eth() arp()");
        assertEquals(0, recorder.get(Field.L4_DST));
        assertEquals(Set.of(Field.INGRESS, Field.ETHER_TYPE), compared(recorder));
        Recorder udp = recorder("eth() ipv4() udp()");
        assertEquals(0, udp.get(Field.TCP_FLAGS));
        assertTrue(compared(udp).contains(Field.IP_PROTOCOL));
        Recorder later = recorder("eth() ipv4(frag=later,proto=6) payload(40)");
        assertEquals(0, later.get(Field.L4_DST));
        assertTrue(compared(later).contains(Field.FRAGMENT));
        assertEquals(0, recorder("eth() ipv4() udp()").get(Field.VLAN_VID));
    }

    @Test
    void recordsOnlyTheBitsUnderTheMask() {
        Recorder recorder = recorder(TCP);
        assertTrue(recorder.matches(Field.ETH_DST, 0, 0, 0, 0x0100_0000_0000L));
        assertEquals(0x0100_0000_0000L << Field.ETH_DST.shift(), recorder.mask()[Field.ETH_DST.word()]);
        assertTrue(recorder.matches(Field.IP_DST, 0, 0x0a00_0000, 0, 0xff00_0000L));
        assertEquals(0xff00_0000L, recorder.mask()[Field.IP_DST.word() + 1]);
        assertEquals(0, recorder.mask()[Field.IP_DST.word()]);
        assertFalse(recorder.matches(Field.L4_DST, 0, 81, 0, 0xffff));
    }

    @Test
    void matchesOfAnAbsentFieldComparesZero() {
        Recorder recorder = recorder("eth() arp()");
        assertTrue(recorder.matches(Field.L4_DST, 0, 0, 0, 0xffff));
        assertFalse(recorder.matches(Field.L4_DST, 0, 1, 0, 0xffff));
        assertEquals(0, recorder.mask()[Field.L4_DST.word()] & Field.L4_DST.keyBits());
    }

    @Test
    void aFieldWithoutPlaceInTheKeyMeansInspect() {
        Recorder recorder = recorder(TCP);
        assertEquals(9, recorder.get(Field.TTL));
        assertTrue(recorder.inspect());
        Recorder matched = recorder(TCP);
        assertTrue(matched.matches(Field.TTL, 0, 9, 0, 0xff));
        assertTrue(matched.inspect());
        Recorder absent = recorder("eth() arp()");
        assertEquals(0, absent.get(Field.TTL));
        assertFalse(absent.inspect(), "that there is no IP header is in the key");
        Recorder target = recorder("eth() ipv6(ttl=255) icmpv6(type=135,target=fe80::7)");
        assertEquals(7, target.get(Field.ND_TARGET));
        assertEquals(0xfe80L << 48, target.high(Field.ND_TARGET));
        assertTrue(target.inspect());
    }

    @Test
    void aBitThatTheDriverCannotMatchMeansInspect() {
        long[] matchable = Capabilities.wholeKey();
        matchable[Field.L4_DST.word()] &= ~Field.L4_DST.keyBits();
        Frame frame = DecideTest.frame(1, TCP);
        Recorder recorder = new Recorder(DecideTest.key(frame), frame, matchable, false);
        assertEquals(1000, recorder.get(Field.L4_SRC));
        assertFalse(recorder.inspect());
        assertEquals(80, recorder.get(Field.L4_DST));
        assertTrue(recorder.inspect());
        assertEquals(0, recorder.mask()[Field.L4_DST.word()] & Field.L4_DST.keyBits());
    }

    @Test
    void theFrameItselfMeansInspectAndIsReadOnly() {
        Recorder recorder = recorder(TCP);
        assertTrue(recorder.bytes().isReadOnly());
        assertEquals(2, recorder.bytes().get(ValueLayout.JAVA_BYTE, 0));
        assertTrue(recorder.inspect());
        Recorder keyOnly = new Recorder(DecideTest.key(DecideTest.frame(1, TCP)), null, Capabilities.wholeKey(), false);
        assertThrows(Recorder.FrameNeeded.class, keyOnly::bytes);
        assertTrue(keyOnly.inspect());
    }

    /** The rule that makes flows right: whatever was not recorded may change, and the answer stays. */
    @Test
    void answersDependOnRecordedBitsAlone() {
        Random random = new Random(3);
        String[] frames = {TCP, "eth() ipv6() udp()", "eth() arp()", "eth() vlan(vid=5) vlan(vid=6) ipv4() icmp()", "eth() ipv4(frag=later,proto=6) payload(9)", "eth() payload(46)"};
        for (int round = 0; round < 20_000; round++) {
            long[] key = DecideTest.key(DecideTest.frame(1, frames[random.nextInt(frames.length)]));
            List<Field> asked = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                asked.add(Field.values()[random.nextInt(Field.values().length)]);
            }
            asked.removeIf(f -> !f.inKey());
            Recorder recorder = new Recorder(key, null, Capabilities.wholeKey(), false);
            List<Long> answers = answers(recorder, asked);
            long[] other = key.clone();
            for (int word = 0; word < FlowKey.WORDS; word++) {
                other[word] ^= random.nextLong() & random.nextLong() & ~recorder.mask()[word];
            }
            assertEquals(answers, answers(new Recorder(other, null, Capabilities.wholeKey(), false), asked), asked::toString);
        }
    }

    private static List<Long> answers(Recorder recorder, List<Field> asked) {
        List<Long> answers = new ArrayList<>();
        for (Field field : asked) {
            answers.add(recorder.get(field));
            answers.add(recorder.high(field));
            answers.add(recorder.matches(field, 0, 5, 0, 0x15) ? 1L : 0);
            answers.add(field.layer() != Layer.ND && recorder.has(field.layer()) ? 1L : 0);
        }
        return answers;
    }
}

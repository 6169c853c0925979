package org.vnetwork.packet.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vnetwork.model.Ip;
import org.vnetwork.packet.Field;

/** The rules of the flow key, one by one. */
class KeyParserTest {
    static long[] key(byte[] frame) {
        long[] key = new long[FlowKey.WORDS];
        KeyParser.parse(MemorySegment.ofArray(frame), 0, frame.length, 7, key);
        return key;
    }

    private static long[] key(String text) {
        return key(FrameText.build(text));
    }

    private static void assertField(long expected, Field field, String frame) {
        assertEquals(expected, field.in(key(frame)), () -> field + " of " + frame);
    }

    @Test
    void readsEveryWordOfAPlainTcpFrame() {
        long[] key = key("eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02) ipv4(src=10.0.0.1,dst=10.0.0.2,dscp=46,ecn=1) tcp(src=1000,dst=80,flags=SA)");
        assertArrayEquals(new long[] {7L << 32 | 0x0800L << 16 | 2 << 1, 0x0200_0000_0002L << 16, 0x0200_0000_0001L << 16,
            6L << 56 | (46L << 2 | 1) << 48 | 0x12L << 32 | 1000L << 16 | 80, 0, 0, 0x0a00_0001, 0, 0x0a00_0002, 0, 0}, key);
    }

    @Test
    void readsAFrameInTheMiddleOfABuffer() {
        byte[] frame = FrameText.build("eth() vlan(vid=10) ipv6() udp()");
        byte[] buffer = new byte[frame.length + 50];
        System.arraycopy(frame, 0, buffer, 33, frame.length);
        long[] key = new long[FlowKey.WORDS];
        KeyParser.parse(MemorySegment.ofArray(buffer), 33, frame.length, 7, key);
        assertArrayEquals(key(frame), key);
    }

    /** Beyond 65,535 octets of IP the length field is 0; one octet less with a field of 0 is malformed. */
    @Test
    void aSuperframeBeyond64KiBHasTheKeyOfItsSegments() {
        String[] segments = {"eth() ipv4() tcp(flags=A) payload(1400)", "eth() vlan(vid=10) ipv4() tcp(flags=A) payload(1400)", "eth() vlan(vid=10) ipv6() tcp(flags=A) payload(1400)"};
        for (String text : segments) {
            byte[] segment = FrameText.build(text);
            boolean v4 = text.contains("ipv4");
            int l3 = text.contains("vlan") ? 18 : 14;
            int most = l3 + (v4 ? 0 : 40) + 0xffff;
            byte[] superframe = java.util.Arrays.copyOf(segment, most + 1);
            superframe[l3 + (v4 ? 2 : 4)] = superframe[l3 + (v4 ? 3 : 5)] = 0;
            assertArrayEquals(key(segment), key(superframe), text);
            assertEquals(v4 ? Parse.L3_BAD : Parse.L4_TRUNCATED, Field.PARSE.in(key(java.util.Arrays.copyOf(superframe, most))), text);
        }
    }

    /** As Linux builds them: a hop-by-hop header with the true length between IPv6 and TCP. */
    @Test
    void aSuperframeWithAJumboHeaderHasTheKeyOfItsSegments() {
        byte[] segment = FrameText.build("eth() ipv6() tcp(flags=A) payload(1400)");
        byte[] superframe = new byte[180_000];
        System.arraycopy(segment, 0, superframe, 0, 54);
        System.arraycopy(segment, 54, superframe, 62, segment.length - 54);
        superframe[18] = superframe[19] = superframe[20] = 0;
        superframe[54] = 6;
        superframe[56] = (byte) 0xc2;
        assertArrayEquals(key(segment), key(superframe));
        assertEquals(Parse.L3_BAD, Field.PARSE.in(key(java.util.Arrays.copyOf(superframe, 54 + 0xffff))));
    }

    @Test
    void clearsWhatTheKeyHeldBefore() {
        long[] key = key("eth() vlan(vid=10) ipv6() tcp()");
        byte[] frame = FrameText.build("eth()");
        KeyParser.parse(MemorySegment.ofArray(frame), 0, frame.length, 7, key);
        assertArrayEquals(key("eth()"), key);
    }

    @Test
    void readsUpToTwoTagsInAnyOrderAndTheThirdAsEtherType() {
        long[] key = key("eth() vlan(vid=5,pcp=7,dei=true,service=true) vlan(vid=10,pcp=3) ipv4() udp(dst=53)");
        assertEquals(2, Field.TAG_KIND.in(key));
        assertEquals(5, Field.VLAN_VID.in(key));
        assertEquals(7, Field.VLAN_PCP.in(key));
        assertEquals(1, Field.VLAN_DEI.in(key));
        assertEquals(1, Field.INNER_TAG_KIND.in(key));
        assertEquals(10, Field.INNER_VID.in(key));
        assertEquals(3, Field.INNER_PCP.in(key));
        assertEquals(53, Field.L4_DST.in(key));
        assertField(0x8100, Field.ETHER_TYPE, "eth() vlan() vlan(service=true) vlan() ipv4()");
        assertField(0, Field.IP_PROTOCOL, "eth() vlan() vlan(service=true) vlan() ipv4()");
        assertField(2, Field.INNER_TAG_KIND, "eth() vlan() vlan(service=true) vlan() ipv4()");
        assertField(0, Field.TAG_KIND, "eth(type=0x9100) hex(000a0800)");
    }

    @ParameterizedTest
    @CsvSource({"eth(type=0x8100), 0, 0x8100", "eth(type=0x8100) hex(000a08), 0, 0x8100", "eth(type=0x88a8) hex(00), 0, 0x88a8",
        "eth(type=0x8100) vlan(vid=9), 1, 0x8100", "eth(type=0x88a8) vlan(vid=9) hex(000a08), 1, 0x88a8"})
    void leavesATruncatedTagOut(String frame, int kind, String etherType) {
        assertField(Parse.TAG_TRUNCATED, Field.PARSE, frame);
        assertField(kind, Field.TAG_KIND, frame);
        assertField(0, Field.INNER_TAG_KIND, frame);
        assertField(0, Field.INNER_VID, frame);
        assertField(Integer.decode(etherType), Field.ETHER_TYPE, frame);
    }

    @Test
    void keepsALengthFieldAsItStands() {
        assertField(0x26, Field.ETHER_TYPE, "eth(type=0x0026) hex(424203)");
        assertField(Parse.OK, Field.PARSE, "eth(type=0x0026) hex(424203)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // IPv4
        "eth() ipv4() cut(33) | 1", "eth(type=0x0800) | 1", "eth() ipv4(length=40) | 1", "eth() ipv4(length=40) pad(19) | 1", "eth() ipv4(length=40) pad(20) | 0",
        "eth(type=0x0800) hex(55000014000000004011000001010101) pad(4) | 2", "eth(type=0x0800) hex(44000014000000004011000001010101) pad(4) | 2",
        "eth() ipv4(length=19) | 2", "eth() ipv4(options=01010101,length=20) | 2",
        // IPv6
        "eth() ipv6() cut(53) | 1", "eth() ipv6(length=1) | 1", "eth() ipv6(length=0,proto=0) pad(8) | 2", "eth() ipv6(length=0,proto=59) | 0",
        "eth(type=0x86dd) hex(40000000) pad(36) | 2",
        // ARP
        "eth() arp() cut(41) | 1", "eth() arp(op=0) | 2", "eth() arp(op=256) | 2", "eth() arp(op=255) | 0",
        "eth(type=0x0806) hex(0006080006040001) pad(20) | 2", "eth(type=0x0806) hex(0001080006100001) pad(20) | 2",
        // transport
        "eth() ipv4(proto=6) payload(19) | 3", "eth() ipv4(proto=17) payload(7) | 3", "eth() ipv4(proto=1) payload(3) | 3", "eth() ipv4(proto=132) payload(11) | 3",
        "eth() ipv4(proto=132) payload(12) | 0", "eth() ipv4(proto=58) payload(3) | 0", "eth() ipv6(proto=1) payload(3) | 0", "eth() ipv6(proto=58) payload(3) | 3",
        "eth() ipv4(proto=6) hex(03e800500000000000000000400200000000000000) | 4", "eth() ipv4(proto=6) hex(03e8005000000000000000006002ffff00000000) | 4",
        "eth() ipv4() udp(length=7) | 4", "eth() ipv4() udp(length=9) | 4", "eth() ipv4() udp(length=9) pad(1) | 4", "eth() ipv4() udp(length=8) payload(1) | 0",
        "eth() ipv4(frag=first) udp(length=9) | 0", "eth() ipv4(frag=first,proto=6) hex(03e800500000000000000000f002000000000000) | 0",
        "eth() ipv4(frag=first,proto=6) payload(19) | 3", "eth() ipv4(frag=later,proto=6) payload(3) | 0",
        "eth() ipv6() ext(type=60,size=16) ext(type=51,size=12) ext(type=43) tcp() | 0",
        "eth() ipv6() ext() ext() ext() ext() ext() ext() ext() ext() tcp() | 0", "eth() ipv6() ext() ext() ext() ext() ext() ext() ext() ext() ext(type=43) tcp() | 4",
        "eth() ipv6(proto=60) payload(7) | 3", "eth() ipv6(proto=60) hex(0601000000000000) | 3", "eth() ipv6(frag=first,proto=60) hex(0601000000000000) | 3",
        "eth() ipv6(frag=later,proto=60) | 0", "eth() ipv6(proto=50) payload(1) | 0"})
    void classifies(String frame, int parse) {
        assertField(parse, Field.PARSE, frame);
    }

    @Test
    void leavesAllOfAMalformedNetworkLayerOut() {
        for (String frame : new String[] {"eth() ipv4(length=400,dscp=9) tcp()", "eth() ipv4(length=10,dscp=9) tcp()", "eth() ipv6(length=400,dscp=9) tcp()", "eth() arp(op=300)"}) {
            long[] key = key(frame);
            for (int word = 3; word < FlowKey.WORDS; word++) {
                assertEquals(0, key[word], frame);
            }
            assertEquals(0, Field.TTL_CLASS.in(key));
            assertEquals(0, Field.FRAGMENT.in(key));
        }
    }

    @Test
    void keepsTheNetworkLayerOfAMalformedTransport() {
        long[] key = key("eth() ipv4(dscp=9) udp(length=7)");
        assertEquals(17, Field.IP_PROTOCOL.in(key));
        assertEquals(9, Field.DSCP.in(key));
        assertEquals(0x0a00_0001, Field.IP_SRC.in(key));
        assertEquals(0, Field.L4_SRC.in(key));
        assertEquals(2, Field.TTL_CLASS.in(key));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,1", "2,2", "255,2"})
    void classifiesTheTtlInBothFamilies(int ttl, int expected) {
        assertField(expected, Field.TTL_CLASS, "eth() ipv4(ttl=" + ttl + ") udp()");
        assertField(expected, Field.TTL_CLASS, "eth() ipv6(ttl=" + ttl + ") udp()");
    }

    @Test
    void givesALaterFragmentNoPorts() {
        for (String ip : new String[] {"ipv4", "ipv6"}) {
            String frame = "eth() " + ip + "(frag=later,proto=17) hex(0102030405060708)";
            assertField(2, Field.FRAGMENT, frame);
            assertField(17, Field.IP_PROTOCOL, frame);
            assertField(0, Field.L4_SRC, frame);
            assertField(1, Field.FRAGMENT, "eth() " + ip + "(frag=first) udp(dst=53)");
            assertField(53, Field.L4_DST, "eth() " + ip + "(frag=first) udp(dst=53)");
        }
        assertField(60, Field.IP_PROTOCOL, "eth() ipv6(frag=later,proto=60)");
    }

    @Test
    void namesTheHeaderThatDoesNotFit() {
        assertField(60, Field.IP_PROTOCOL, "eth() ipv6(proto=60) payload(7)");
        assertField(43, Field.IP_PROTOCOL, "eth() ipv6() ext() ext() ext() ext() ext() ext() ext() ext() ext(type=43) tcp()");
        assertField(44, Field.IP_PROTOCOL, "eth() ipv6(proto=44) payload(7)");
        assertField(6, Field.IP_PROTOCOL, "eth() ipv6() ext(type=60) ext(type=51,size=12) tcp()");
    }

    @Test
    void doesNotTakePaddingForPayload() {
        assertField(Parse.L4_TRUNCATED, Field.PARSE, "eth() ipv4(proto=17) hex(03e80035) pad(22)");
        assertField(Parse.L4_TRUNCATED, Field.PARSE, "eth() ipv6(proto=17) hex(03e80035) pad(22)");
    }

    @Test
    void readsIcmpAndArp() {
        long[] icmp = key("eth() ipv4() icmp(type=3,code=13) payload(8)");
        assertEquals(3, Field.ICMP_TYPE.in(icmp));
        assertEquals(13, Field.ICMP_CODE.in(icmp));
        long[] arp = key("eth() arp(op=2,sha=02:00:00:00:00:0a,spa=10.0.0.10,tha=02:00:00:00:00:0b,tpa=10.0.0.11)");
        assertEquals(2, Field.ARP_OPERATION.in(arp));
        assertEquals(0x0200_0000_000aL, Field.ARP_SENDER_MAC.in(arp));
        assertEquals(0x0a00_000a, Field.ARP_SENDER_IP.in(arp));
        assertEquals(0x0200_0000_000bL, Field.ARP_TARGET_MAC.in(arp));
        assertEquals(0x0a00_000b, Field.ARP_TARGET_IP.in(arp));
    }

    @Test
    void readsTtlAndNeighbourTargetBesideTheKey() {
        byte[] frame = FrameText.build("eth() vlan(vid=3) ipv6(ttl=255) ext(type=60,size=16) icmpv6(type=135,target=fe80::1)");
        MemorySegment segment = MemorySegment.ofArray(frame);
        long[] target = new long[2];
        assertEquals(255, KeyParser.ttl(segment, 0, key(frame)));
        assertTrue(KeyParser.ndTarget(segment, 0, key(frame), target));
        assertEquals("fe80::1", Ip.formatV6(target[0], target[1]));
        for (String other : new String[] {"eth()", "eth() ipv4(proto=58) hex(8700000000000000)", "eth() ipv6() icmpv6(type=128)", "eth() ipv6(length=4) icmpv6(type=135)",
            "eth() ipv6(frag=first) icmpv6(type=135)"}) {
            byte[] octets = FrameText.build(other);
            assertFalse(KeyParser.ndTarget(MemorySegment.ofArray(octets), 0, key(octets), target), other);
        }
        byte[] v4 = FrameText.build("eth() ipv4(ttl=9) udp()");
        assertEquals(9, KeyParser.ttl(MemorySegment.ofArray(v4), 0, key(v4)));
        assertEquals(0, KeyParser.ttl(segment, 0, key("eth() arp()")));
    }

    @Test
    void readsAHundredThousandRandomFramesWithoutAnException() {
        Random random = new Random(1);
        long[] key = new long[FlowKey.WORDS];
        long[] target = new long[2];
        int[] classes = new int[8];
        for (int i = 0; i < 100_000; i++) {
            byte[] frame = RandomFrames.next(random);
            MemorySegment segment = MemorySegment.ofArray(frame);
            KeyParser.parse(segment, 0, frame.length, 1, key);
            KeyParser.ttl(segment, 0, key);
            KeyParser.ndTarget(segment, 0, key, target);
            int parse = (int) Field.PARSE.in(key);
            classes[parse]++;
            if (parse == Parse.L3_BAD || parse == Parse.L3_TRUNCATED || parse == Parse.TAG_TRUNCATED) {
                assertEquals(0, key[3] | key[5] | key[6] | key[7] | key[8]);
            }
            // The runner finds the IP header by itself; it must be where the key says.
            assertEquals(KeyParser.ipHeader(key), Rewriter.findIp(new Frame().over(segment, 0, frame.length, 1)));
        }
        for (int parse = 0; parse <= Parse.TAG_TRUNCATED; parse++) {
            assertTrue(classes[parse] > 100, "class " + parse + " is hardly met: " + classes[parse]);
        }
    }
}

package org.vnetwork.packet.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vnetwork.model.Refusal;

class FrameTextTest {
    private static String hex(String text) {
        return HexFormat.of().formatHex(FrameText.build(text));
    }

    @Test
    void buildsTheOctetsThatOtherToolsBuild() {
        // Composed by hand from RFC 791, 768 and 1071.
        assertEquals("020000000002" + "020000000001" + "0800" + "4500001e" + "00000000" + "401166cd" + "0a000001" + "0a000002" + "03e807d0" + "000ae01e" + "0001",
                hex("eth() ipv4() udp() payload(2)"));
        assertEquals("ffffffffffff" + "020000000001" + "8100600a" + "0806" + "0001080006040001" + "020000000001" + "0a000001" + "000000000000" + "0a000009",
                hex("eth(dst=ff:ff:ff:ff:ff:ff) vlan(vid=10,pcp=3) arp(tpa=10.0.0.9)"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "eth(src=02:00:00:00:00:01,dst=ff:ff:ff:ff:ff:ff) vlan(vid=10,pcp=3) ipv4(src=10.0.0.1,dst=10.0.0.2,dscp=10,frag=first) tcp(src=1000,dst=80,flags=S)",
        "eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02) vlan(vid=5,dei=true,service=true) vlan(vid=10) ipv6(src=2001:db8::1,dst=2001:db8::2,ttl=1) udp(src=5,dst=6) payload(18)",
        "eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02) arp(op=2,sha=02:00:00:00:00:01,spa=10.0.0.1,tha=02:00:00:00:00:02,tpa=10.0.0.2) pad(18)",
        "eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02,type=0x1234) hex(c0ffee)",
        "eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02) ipv4(src=10.0.0.1,dst=10.0.0.2) icmp(type=8,code=0,seq=7) payload(56)",
        "eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02) ipv6(src=fe80::1,dst=ff02::1,ttl=255) icmpv6(type=135,code=0,target=fe80::2,lla=02:00:00:00:00:01)",
        "eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02) ipv6(src=fe80::1,dst=fe80::2,frag=later,id=9,proto=17) payload(8)",
        "eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02) ipv6(src=fe80::1,dst=fe80::2) ext(type=0,size=8) ext(type=51,size=12) tcp(src=1,dst=2,flags=SAE,seq=4000000000,options=020405b4)",
        "eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02) ipv4(src=10.0.0.1,dst=10.0.0.2,checksum=0x1234) udp(src=1,dst=2,checksum=0x0000) hex(ff) trailer(01)",
        "hex(0102)"})
    void describesWhatItBuilt(String text) {
        assertEquals(text, FrameText.describe(FrameText.build(text)));
    }

    @Test
    void describesAnyFrameSuchThatItCanBeBuiltAgain() {
        Random random = new Random(2);
        int layered = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] frame = RandomFrames.next(random);
            String text = FrameText.describe(frame);
            assertArrayEquals(frame, FrameText.build(text), text);
            layered += text.indexOf(" ip") > 0 || text.indexOf(" arp") > 0 ? 1 : 0;
        }
        assertTrue(layered > 50_000, "described with layers: " + layered);
    }

    @Test
    void doesNotReadPaddingAsPayload() {
        assertEquals("eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02) ipv4(src=10.0.0.1,dst=10.0.0.2) udp(src=1000,dst=2000) pad(18)",
                FrameText.describe(FrameText.build("eth() ipv4() udp() pad(18)")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "'' | first layer: (empty) (expected: eth)",
        "ipv4() | first layer: ipv4 (expected: eth)",
        "eth() gre() | layer: gre (expected: arp, cut, eth, ext, hex, icmp, icmpv6, ipv4, ipv6, pad, payload, tcp, trailer, udp, vlan)",
        "eth(scr=1) | eth key: scr (expected: src=, dst=, type=)",
        "eth(src) | eth key: src (expected: src=, dst=, type=)",
        "eth(src=10.0.0.1) | eth src: 10.0.0.1 (expected: six octets as in 02:00:00:00:00:01)",
        "eth() vlan(vid=4096) | vlan vid: 4096 (expected: 0..4095)",
        "eth() vlan(vid=ten) | vlan vid: ten (expected: 0..4095)",
        "eth() vlan(vid=1,vid=2) | vlan vid: twice (expected: once)",
        "eth() ipv4(src=10.0.0) | ipv4 src: 10.0.0 (expected: four octets as in 10.0.0.1)",
        "eth() ipv4(frag=last) | ipv4 frag: last (expected: none, first, later)",
        "eth() ipv6(dst=10.0.0.1) | ipv6 dst: 10.0.0.1 (expected: an IPv6 address as in 2001:db8::1)",
        "eth() tcp() | tcp: after eth (expected: after ipv4, ipv6, ext)",
        "eth() ipv4() tcp(flags=XS) | tcp flags: XS (expected: letters of FSRPAUECN, or a number as in 0x012)",
        "eth() hex(0g) | hex: 0g (expected: hexadecimal octets as in 00ff10)",
        "eth() payload(many) | payload: many (expected: 0..65535)",
        "eth() pad(3) ipv4() | ipv4: after pad (expected: after eth, vlan)",
        "eth() ipv4() payload(65530) | ipv4 length: 65550 (expected: at most 65535; shorten the payload)",
        "eth() ipv4( | frame: ipv4( (expected: layers as in eth(src=02:00:00:00:00:01) ipv4(dst=10.0.0.2))"})
    void refusesInOneLine(String text, String message) {
        assertEquals(message, assertThrows(Refusal.class, () -> FrameText.build(text)).getMessage());
    }

    @Test
    void refusesRandomTextWithoutAnyOtherException() {
        String[] parts = {"eth", "ipv4", "(", ")", "=", ",", "src", "type", "0x", "99", "-1", " ", "udp()", "eth()", "hex(", "zz", "4294967296", "cut(99)", "pad(1)", "vlan()", "ext(size=3)"};
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "eth() " : "");
            for (int n = random.nextInt(8); n > 0; n--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            try {
                FrameText.build(text.toString());
            } catch (Refusal e) {
                assertTrue(e.getMessage().indexOf('\n') < 0);
            }
        }
    }
}

package org.vnetwork.datapath.ebpf;

import java.util.Arrays;
import java.util.Random;
import org.vnetwork.packet.wire.FrameText;

/** Frames of every kind that a parser tells apart, most of them with some octets changed or cut off, some nothing but noise. */
final class RandomFrames {
    private static final String[] HEADS = {"eth()", "eth(src=02:00:00:00:00:01,dst=ff:ff:ff:ff:ff:ff)"};
    private static final String[] TAGS = {"", "", "", "vlan(vid=10,pcp=3)", "vlan(vid=10,service=true) vlan(vid=4095)", "vlan() vlan(service=true) vlan(vid=9)"};
    private static final String[] CONTENTS = {"ipv4() tcp(src=1000,dst=80,flags=SA)", "ipv4(ttl=1,dscp=46) udp() payload(20)", "ipv4() icmp()", "ipv4(frag=first) tcp()",
        "ipv4(frag=later,proto=17) payload(12)", "ipv4(proto=132) payload(16)", "ipv6() tcp(dst=22)", "ipv6(ttl=0) ext() ext() udp()", "ipv6(frag=first) udp()",
        "ipv6(frag=later,proto=6) payload(24)", "ipv6(proto=58) hex(8700000000000000)", "arp()", "hex(0102030405)", "ipv6() ext() ext() ext() ext() ext() ext() ext() ext() ext() udp()"};

    private final Random random;

    RandomFrames(long seed) {
        random = new Random(seed);
    }

    byte[] next() {
        if (random.nextInt(20) == 0) {
            byte[] noise = new byte[14 + random.nextInt(100)];
            random.nextBytes(noise);
            return noise;
        }
        byte[] frame = FrameText.build(HEADS[random.nextInt(HEADS.length)] + " " + TAGS[random.nextInt(TAGS.length)] + " " + CONTENTS[random.nextInt(CONTENTS.length)]);
        for (int changes = random.nextInt(5); changes > 0; changes--) {
            // Lengths, versions and types stand near the front.
            frame[12 + random.nextInt(random.nextBoolean() ? Math.min(frame.length - 12, 20) : frame.length - 12)] = (byte) (random.nextBoolean() ? random.nextInt(256) : random.nextInt(10));
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(frame, 14 + random.nextInt(frame.length - 13)) : frame;
    }
}

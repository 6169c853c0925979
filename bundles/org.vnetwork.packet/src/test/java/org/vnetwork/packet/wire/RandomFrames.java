package org.vnetwork.packet.wire;

import java.util.Arrays;
import java.util.Random;

/** Frames for property tests: good ones of every kind, with octets changed, cut off or made up. */
final class RandomFrames {
    private static final String[] GOOD = {
        "eth() ipv4() tcp() payload(20)", "eth() vlan(vid=10,pcp=3) ipv4(options=01010101) udp() payload(9)", "eth() arp()", "eth() vlan(vid=3) arp(op=2)",
        "eth() vlan(vid=5,service=true) vlan(vid=10) ipv6() tcp(flags=SAE,options=020405b4)", "eth() ipv6() ext(type=0) ext(type=43,size=24) udp() payload(3)",
        "eth() ipv6(frag=first,id=7) udp() payload(30)", "eth() ipv6(frag=later,proto=17) payload(30)", "eth() ipv4(frag=first) tcp()", "eth() ipv4(frag=later,proto=6) payload(8)",
        "eth() ipv6(ttl=255) icmpv6(type=135,target=fe80::1,lla=02:00:00:00:00:01)", "eth() ipv6() icmpv6(type=136,flags=SO)", "eth() ipv4() icmp() payload(32)",
        "eth() vlan() vlan() vlan() ipv4() udp()", "eth(type=0x0026) hex(424203)", "eth() ipv4(proto=132) payload(12)", "eth() ipv4() udp() pad(18)",
        "eth() ipv6() ext() ext() ext() ext() ext() ext() ext() ext(type=51,size=12) tcp()", "eth() vlan(vid=0,pcp=7) ipv4(ttl=1,dscp=46) udp(checksum=0)"};
    private static final byte[][] FRAMES = Arrays.stream(GOOD).map(FrameText::build).toArray(byte[][]::new);

    private RandomFrames() {
    }

    /** A frame of 14 or more octets. */
    static byte[] next(Random random) {
        byte[] frame = FRAMES[random.nextInt(FRAMES.length)].clone();
        switch (random.nextInt(6)) {
            case 0 -> {
                frame = new byte[14 + random.nextInt(100)];
                random.nextBytes(frame);
            }
            case 1 -> frame = Arrays.copyOf(frame, 14 + random.nextInt(frame.length - 13));
            case 2 -> frame = Arrays.copyOf(frame, frame.length + random.nextInt(40));
            case 3 -> {
                return frame;
            }
            default -> {
            }
        }
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            // Headers are what parsing depends on, so most changes go there.
            int at = 12 + random.nextInt(Math.min(frame.length - 12, random.nextBoolean() ? 30 : 80));
            frame[at] = random.nextInt(3) == 0 ? (byte) random.nextInt(8) : (byte) random.nextInt(256);
        }
        return frame;
    }
}

package org.vnetwork.packet.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The notation of frames on the console, in fixtures and in documents.
 *
 * <pre>
 * eth(src=02:00:00:00:00:01,dst=ff:ff:ff:ff:ff:ff) vlan(vid=10,pcp=3) ipv4(src=10.0.0.1,dst=10.0.0.2,ttl=64) tcp(dst=80,flags=S) payload(18)
 *
 * eth     src dst type                                 type: EtherType behind all tags, else what the next layer asks for (0x88b5 without one)
 * vlan    vid pcp dei=true service=true
 * arp     op sha spa tha tpa
 * ipv4    src dst ttl dscp ecn id df=true frag=none|first|later offset proto options length checksum
 * ipv6    src dst ttl dscp ecn label frag=none|first|later offset id proto length
 * ext     type=0|43|51|60 size proto                   an IPv6 extension header
 * tcp     src dst flags=FSRPAUECN seq ack window urgent options checksum
 * udp     src dst length checksum
 * icmp    type code id seq checksum
 * icmpv6  type code id seq target flags=OSR lla checksum
 * payload(N)  N octets 00 01 02 ..., or hex(00ff); pad(N) zeros, or trailer(00ff), that no length counts; cut(N) keeps the first N octets
 * </pre>
 *
 * <p>Lengths and checksums are made right unless given. What is left out is preset: MACs {@link #SOURCE} and {@link #DESTINATION}, addresses 10.0.0.1
 * to 10.0.0.2 and 2001:db8::1 to 2001:db8::2, ports 1000 to 80 (TCP) and 2000 (UDP), TTL 64, TCP flags S, ICMP echo requests, ARP requests.
 */
public final class FrameText {
    /** Source MAC of a frame that names none. */
    public static final long SOURCE = 0x0200_0000_0001L;
    /** Destination MAC of a frame that names none. */
    public static final long DESTINATION = 0x0200_0000_0002L;
    /** EtherType of a frame without further layers: local experimental (IEEE 802-2014 clause 9.2). */
    static final int ETHER_TYPE = 0x88b5;
    /** Protocol of an IP packet without further layers: experimentation (RFC 3692). */
    static final int PROTOCOL = 253;

    private FrameText() {
    }

    /**
     * Builds the octets of a frame.
     *
     * @throws org.vnetwork.model.Refusal in one line: which layer, which key, what was expected
     */
    public static byte[] build(String text) {
        return new FrameWriter(LayerText.parse(text)).build();
    }

    /** The notation of a frame, such that {@link #build} gives exactly these octets again. */
    public static String describe(byte[] frame) {
        if (frame.length >= KeyParser.ETHERNET_SIZE) {
            for (int layers = FrameReader.LAYERS; layers > 0; layers--) {
                String text = new FrameReader(frame, layers).read();
                if (text != null && Arrays.equals(build(text), frame)) {
                    return text;
                }
            }
        }
        return "hex(" + HexFormat.of().formatHex(frame) + ")";
    }

    /** As {@link #describe(byte[])}, for a frame in a buffer. */
    public static String describe(MemorySegment frame) {
        return describe(frame.toArray(ValueLayout.JAVA_BYTE));
    }
}

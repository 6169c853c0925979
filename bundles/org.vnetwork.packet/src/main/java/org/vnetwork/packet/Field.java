package org.vnetwork.packet;

/**
 * A header field that a decision can read, and where it stands in a flow key.
 *
 * <p>A flow key is eleven 64-bit words; {@code datapath/ebpf/vnet_abi.h} draws it. Values are integers in host arithmetic: a
 * MAC is 48 bits with its first octet most significant, a port number is 0..65535. A field that a frame does not have reads
 * as 0; {@link Packet#has(Layer)} tells the difference.
 */
public enum Field {
    /** Port id the frame came in by; always part of a flow's mask. */
    INGRESS(Layer.FRAME, 0, 32, 32),
    /** EtherType or 802.3 length after at most two tags. */
    ETHER_TYPE(Layer.FRAME, 0, 16, 16),
    /** Kind of the outermost tag: 0 none, 1 customer (0x8100), 2 service (0x88a8). */
    TAG_KIND(Layer.FRAME, 0, 12, 4),
    /** Kind of the second tag, as {@link #TAG_KIND}. */
    INNER_TAG_KIND(Layer.FRAME, 0, 8, 4),
    /** How far the headers could be read; one of the constants of {@code org.vnetwork.packet.wire.Parse}. */
    PARSE(Layer.FRAME, 0, 3, 3),
    /** Destination MAC. */
    ETH_DST(Layer.FRAME, 1, 16, 48),
    /** Source MAC. */
    ETH_SRC(Layer.FRAME, 2, 16, 48),
    /** VLAN id of the outermost tag, 0..4095. */
    VLAN_VID(Layer.TAG, 1, 0, 12),
    /** Drop eligibility of the outermost tag. */
    VLAN_DEI(Layer.TAG, 1, 12, 1),
    /** Priority of the outermost tag, 0..7. */
    VLAN_PCP(Layer.TAG, 1, 13, 3),
    /** VLAN id of the second tag. */
    INNER_VID(Layer.INNER_TAG, 2, 0, 12),
    /** Drop eligibility of the second tag. */
    INNER_DEI(Layer.INNER_TAG, 2, 12, 1),
    /** Priority of the second tag. */
    INNER_PCP(Layer.INNER_TAG, 2, 13, 3),
    /** 0 whole datagram, 1 first fragment, 2 later fragment, which has no ports. */
    FRAGMENT(Layer.IP, 0, 6, 2),
    /** Class of the TTL or hop limit: 0 for zero, 1 for one, 2 for more. */
    TTL_CLASS(Layer.IP, 0, 1, 2),
    /** Protocol number behind the IPv6 extension headers. */
    IP_PROTOCOL(Layer.IP, 3, 56, 8),
    /** Differentiated services code point, 0..63 (RFC 2474). */
    DSCP(Layer.IP, 3, 50, 6),
    /** Explicit congestion notification bits, 0..3 (RFC 3168). */
    ECN(Layer.IP, 3, 48, 2),
    /** Source address; IPv4 in the low 32 bits. */
    IP_SRC(Layer.IP, 5, 0, 128),
    /** Destination address; IPv4 in the low 32 bits. */
    IP_DST(Layer.IP, 7, 0, 128),
    /** The twelve bits from AE to FIN of the TCP header (RFC 9293). */
    TCP_FLAGS(Layer.TCP, 3, 32, 12),
    /** Source port of TCP, UDP or SCTP. */
    L4_SRC(Layer.PORTS, 3, 16, 16),
    /** Destination port of TCP, UDP or SCTP. */
    L4_DST(Layer.PORTS, 3, 0, 16),
    /** Type of an ICMP or ICMPv6 message. */
    ICMP_TYPE(Layer.ICMP, 3, 16, 16),
    /** Code of an ICMP or ICMPv6 message. */
    ICMP_CODE(Layer.ICMP, 3, 0, 16),
    /** ARP operation, 1 request, 2 reply (RFC 826). */
    ARP_OPERATION(Layer.ARP, 3, 56, 8),
    /** ARP sender MAC. */
    ARP_SENDER_MAC(Layer.ARP, 5, 0, 48),
    /** ARP sender IPv4 address. */
    ARP_SENDER_IP(Layer.ARP, 6, 0, 32),
    /** ARP target MAC. */
    ARP_TARGET_MAC(Layer.ARP, 7, 0, 48),
    /** ARP target IPv4 address. */
    ARP_TARGET_IP(Layer.ARP, 8, 0, 32),
    /** Target address of a neighbour solicitation or advertisement (RFC 4861); no driver matches it yet. */
    ND_TARGET(Layer.ND),
    /** The TTL or hop limit itself; no driver matches it, ask {@link #TTL_CLASS} where that is enough. */
    TTL(Layer.IP),
    /** Virtual network identifier of the tunnel that the frame came by; reserved, reads 0. */
    TUNNEL_ID(Layer.FRAME, 4, 32, 32),
    /** Remote address of that tunnel; reserved, reads 0. */
    TUNNEL_REMOTE(Layer.FRAME, 9, 0, 128);

    private final Layer layer;
    private final int word;
    private final int shift;
    private final int width;

    Field(Layer layer) {
        this(layer, -1, 0, layer == Layer.ND ? 128 : 8);
    }

    Field(Layer layer, int word, int shift, int width) {
        this.layer = layer;
        this.word = word;
        this.shift = shift;
        this.width = width;
    }

    /** The part of the frame that must be there for the field to be. */
    public Layer layer() {
        return layer;
    }

    /** Whether the field has a place in the flow key; reading one that has none makes the flow an inspect flow. */
    public boolean inKey() {
        return word >= 0;
    }

    /** Index of its word in the key; for a 128-bit field that of the high half, the low half follows. */
    public int word() {
        return word;
    }

    /** Position of its lowest bit in the word. */
    public int shift() {
        return shift;
    }

    /** Bits, 1..128. */
    public int width() {
        return width;
    }

    /** The bits of the low (or only) half of its value. */
    public long bits() {
        return width >= 64 ? -1L : (1L << width) - 1;
    }

    /** The bits that it takes of {@link #word()}, or of the low half's word for a 128-bit field. */
    public long keyBits() {
        return bits() << shift;
    }

    /** The low 64 bits of its value in a key. */
    public long in(long[] key) {
        return width > 64 ? key[word + 1] : key[word] >>> shift & bits();
    }

    /** The name as the console and the frame notation write it: {@code ip_src}. */
    public String text() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}

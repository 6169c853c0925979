package org.vnetwork.packet.wire;

/** Values of {@link org.vnetwork.packet.Field#PARSE}: how far the headers of a frame could be read. */
public final class Parse {
    /** All headers that this version knows are well-formed. */
    public static final int OK = 0;
    /** The IP or ARP header, or the IP total length, goes beyond the frame. */
    public static final int L3_TRUNCATED = 1;
    /** The IP or ARP header contradicts itself. */
    public static final int L3_BAD = 2;
    /** The transport header does not fit into the IP payload. */
    public static final int L4_TRUNCATED = 3;
    /** The transport header contradicts itself, or more than eight IPv6 extension headers. */
    public static final int L4_BAD = 4;
    /** A tag's four octets do not fit into the frame. */
    public static final int TAG_TRUNCATED = 5;

    private Parse() {
    }
}

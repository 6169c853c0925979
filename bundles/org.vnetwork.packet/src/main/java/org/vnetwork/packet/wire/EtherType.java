package org.vnetwork.packet.wire;

/** EtherTypes that the platform reads by itself (IEEE registration authority, host order). */
public final class EtherType {
    /** IPv4 (RFC 894). */
    public static final int IPV4 = 0x0800;
    /** ARP (RFC 826). */
    public static final int ARP = 0x0806;
    /** Customer VLAN tag (IEEE 802.1Q-2022 table 9-1). */
    public static final int CUSTOMER_TAG = 0x8100;
    /** IPv6 (RFC 2464). */
    public static final int IPV6 = 0x86dd;
    /** Service VLAN tag (IEEE 802.1Q-2022 table 9-1). */
    public static final int SERVICE_TAG = 0x88a8;

    private EtherType() {
    }

    /** Whether a tag follows: a customer or service tag; 0x9100 is none. */
    public static boolean isTag(int etherType) {
        return etherType == CUSTOMER_TAG || etherType == SERVICE_TAG;
    }
}

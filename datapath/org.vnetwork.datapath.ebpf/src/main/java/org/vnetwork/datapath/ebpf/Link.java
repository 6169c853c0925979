package org.vnetwork.datapath.ebpf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A device at one moment.
 *
 * @param kind {@code veth}, {@code tun}, ... or empty for hardware
 * @param mac 48 bits, the first octet most significant
 * @param link ifindex of the veth's peer, in its own namespace; 0 when there is none
 * @param namespace id of the peer's namespace as this one knows it; -1 when it is the same
 * @param master ifindex of the bridge or bond that it belongs to; 0 when it is free
 * @param carrierDowns how often it lost its carrier
 * @param type what its frames are, as ARPHRD_ of linux/if_arp.h: 1 for Ethernet
 * @param qdisc name of its queue discipline
 * @param nativeXdp whether an XDP program stands in the driver
 * @param queues of a tap with multi_queue, how many are in use; -1 for any other device
 */
record Link(String name, int ifindex, int flags, int mtu, long mac, String kind, int link, int namespace, int master, int carrierDowns, int type, String qdisc, boolean nativeXdp, int queues) {
    private static final int IFF_LOWER_UP = 0x10000;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_CARRIER_DOWN_COUNT = 48;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_INFO_DATA = 2;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_LINK = 5;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_LINK_NETNSID = 37;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_QDISC = 6;
    private static final int IFLA_TUN_MULTI_QUEUE = 7;
    private static final int IFLA_TUN_NUM_QUEUES = 8;
    private static final int IFLA_XDP = 43;
    private static final int IFLA_XDP_ATTACHED = 2;
    private static final int XDP_ATTACHED_DRV = 1;
    private static final int XDP_ATTACHED_MULTI = 4;
    private static final int HEADER = 16;
    private static final int BODY = 16;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    /** ARPHRD_ETHER. */
    private static final int ETHERNET = 1;

    /** Whether its frames begin with an Ethernet header. */
    boolean isEthernet() {
        return type == ETHERNET;
    }

    boolean isUp() {
        return (flags & Links.IFF_UP) != 0;
    }

    boolean hasCarrier() {
        return (flags & IFF_LOWER_UP) != 0;
    }

    /** The device that a message of rtnetlink is about, which lies between these places of a buffer. */
    static Link read(MemorySegment buffer, int message, int end) {
        String name = "";
        String kind = "";
        String qdisc = "";
        boolean xdp = false;
        int queues = -1;
        int mtu = 0;
        int link = 0;
        int namespace = -1;
        int master = 0;
        int carrierDowns = 0;
        long mac = 0;
        for (int at = message + HEADER + BODY; at + 4 <= end; at += aligned(Math.max(4, buffer.get(SHORT, at) & 0xffff))) {
            int length = (buffer.get(SHORT, at) & 0xffff) - 4;
            switch (buffer.get(SHORT, at + 2) & 0x3fff) {
                case IFLA_IFNAME -> name = buffer.getString(at + 4);
                case IFLA_MTU -> mtu = buffer.get(INT, at + 4);
                case IFLA_LINK -> link = buffer.get(INT, at + 4);
                case IFLA_LINK_NETNSID -> namespace = buffer.get(INT, at + 4);
                case IFLA_MASTER -> master = buffer.get(INT, at + 4);
                case IFLA_CARRIER_DOWN_COUNT -> carrierDowns = buffer.get(INT, at + 4);
                case IFLA_ADDRESS -> mac = length == 6 ? mac(buffer, at + 4) : 0;
                case IFLA_QDISC -> qdisc = buffer.getString(at + 4);
                case IFLA_XDP -> xdp = nativeXdp(buffer, at + 4, at + 4 + length);
                case IFLA_LINKINFO -> {
                    kind = kind(buffer, at + 4, at + 4 + length);
                    queues = kind.equals("tun") ? queues(buffer, at + 4, at + 4 + length) : -1;
                }
                default -> {
                    // Of no interest here.
                }
            }
        }
        return new Link(name, buffer.get(INT, message + HEADER + 4), buffer.get(INT, message + HEADER + 8), mtu, mac, kind, link, namespace, master, carrierDowns,
                buffer.get(SHORT, message + HEADER + 2) & 0xffff, qdisc, xdp, queues);
    }

    private static String kind(MemorySegment buffer, int from, int end) {
        int at = find(buffer, from, end, IFLA_INFO_KIND);
        return at < 0 ? "" : buffer.getString(at);
    }

    private static boolean nativeXdp(MemorySegment buffer, int from, int end) {
        int at = find(buffer, from, end, IFLA_XDP_ATTACHED);
        int mode = at < 0 ? 0 : buffer.get(ValueLayout.JAVA_BYTE, at);
        return mode == XDP_ATTACHED_DRV || mode == XDP_ATTACHED_MULTI;
    }

    private static int queues(MemorySegment buffer, int from, int end) {
        int data = find(buffer, from, end, IFLA_INFO_DATA);
        int multiple = data < 0 ? -1 : find(buffer, data, end, IFLA_TUN_MULTI_QUEUE);
        int count = multiple < 0 || buffer.get(ValueLayout.JAVA_BYTE, multiple) == 0 ? -1 : find(buffer, data, end, IFLA_TUN_NUM_QUEUES);
        return count < 0 ? -1 : buffer.get(INT, count);
    }

    /** Where the value of an attribute begins; -1 when it is not among those from here to there. */
    private static int find(MemorySegment buffer, int from, int end, int type) {
        for (int at = from; at + 4 <= end; at += aligned(Math.max(4, buffer.get(SHORT, at) & 0xffff))) {
            if ((buffer.get(SHORT, at + 2) & 0x3fff) == type) {
                return at + 4;
            }
        }
        return -1;
    }

    private static long mac(MemorySegment buffer, int at) {
        long mac = 0;
        for (int i = 0; i < 6; i++) {
            mac = mac << 8 | buffer.get(ValueLayout.JAVA_BYTE, at + i) & 0xff;
        }
        return mac;
    }

    private static int aligned(int size) {
        return size + 3 & ~3;
    }
}

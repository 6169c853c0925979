package org.vnetwork.datapath.ebpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.vnetwork.datapath.DatapathException;

/**
 * Network devices by rtnetlink (RFC 3549): what one is like, changes to it, and news that some changed.
 *
 * <p>Loop thread only. Attributes and flags carry the numbers of linux/if_link.h and linux/if.h.
 */
final class Links implements AutoCloseable {
    static final int IFF_UP = 1;
    static final int IFF_PROMISC = 0x100;
    private static final int IFF_LOWER_UP = 0x10000;

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELLINK = 17;
    private static final int RTM_GETLINK = 18;
    private static final int NLMSG_ERROR = 2;
    private static final int NLM_F_REQUEST = 1;
    private static final int NLM_F_ACK = 4;
    private static final int RTM_NEWQDISC = 36;
    private static final int RTM_DELQDISC = 37;
    private static final int RTM_NEWTFILTER = 44;
    private static final int RTM_DELTFILTER = 45;
    private static final int RTMGRP_LINK = 1;
    private static final int RTMGRP_TC = 8;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_LINK = 5;
    private static final int IFLA_QDISC = 6;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_TXQLEN = 13;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int IFLA_TUN_MULTI_QUEUE = 7;
    private static final int IFLA_TUN_NUM_QUEUES = 8;
    private static final int IFLA_LINK_NETNSID = 37;
    private static final int IFLA_XDP = 43;
    private static final int IFLA_XDP_ATTACHED = 2;
    private static final int IFLA_TARGET_NETNSID = 46;
    private static final int XDP_ATTACHED_DRV = 1;
    private static final int XDP_ATTACHED_MULTI = 4;
    private static final int HEADER = 16;
    private static final int BODY = 16;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(65536, 8);
    /** Of its own: whoever is told of news asks questions, which go through {@link #buffer}. */
    private final MemorySegment newsBuffer = arena.allocate(65536, 8);
    private final int requests;
    private final int news;
    private int sequence;

    /**
     * A device at one moment.
     *
     * @param kind {@code veth}, {@code tun}, ... or empty for hardware
     * @param mac 48 bits, the first octet most significant
     * @param link ifindex of the veth's peer, in its own namespace; 0 when there is none
     * @param namespace id of the peer's namespace as this one knows it; -1 when it is the same
     * @param master ifindex of the bridge or bond that it belongs to; 0 when it is free
     * @param type what its frames are, as ARPHRD_ of linux/if_arp.h: 1 for Ethernet
     * @param qdisc name of its queue discipline
     * @param nativeXdp whether an XDP program stands in the driver
     * @param queues of a tap with multi_queue, how many are in use; -1 for any other device
     */
    record Link(String name, int ifindex, int flags, int mtu, long mac, String kind, int link, int namespace, int master, int type, String qdisc, boolean nativeXdp, int queues) {
        /** ARPHRD_ETHER. */
        private static final int ETHERNET = 1;

        /** Whether its frames begin with an Ethernet header. */
        boolean isEthernet() {
            return type == ETHERNET;
        }

        boolean isUp() {
            return (flags & IFF_UP) != 0;
        }

        boolean hasCarrier() {
            return (flags & IFF_LOWER_UP) != 0;
        }
    }

    /** Told of devices that changed; ifindex 0 stands for every device. */
    interface News {
        /** A device changed or, gone, was removed. */
        void changed(int ifindex, boolean gone);

        /** What a device has of queue disciplines and filters changed. */
        void filtersChanged(int ifindex);
    }

    Links() throws DatapathException {
        requests = Libc.socket(AF_NETLINK, SOCK_RAW | Libc.O_CLOEXEC, 0);
        news = Libc.socket(AF_NETLINK, SOCK_RAW | Libc.O_CLOEXEC | Libc.O_NONBLOCK, 0);
        MemorySegment address = arena.allocate(12, 4);
        address.set(SHORT, 0, (short) AF_NETLINK);
        address.set(INT, 8, RTMGRP_LINK | RTMGRP_TC);
        if (requests < 0 || news < 0 || Libc.bind(news, address) < 0) {
            throw new DatapathException("netlink: " + Libc.error());
        }
    }

    /** Readable when there is news. */
    int newsDescriptor() {
        return news;
    }

    /** The device of this name here, or null. */
    Link byName(String name) {
        int end = begin(RTM_GETLINK, NLM_F_REQUEST, 0, 0, 0);
        end = text(end, IFLA_IFNAME, name);
        return ask(end);
    }

    /** The device of this ifindex here, or null. */
    Link byIndex(int ifindex) {
        return ask(begin(RTM_GETLINK, NLM_F_REQUEST, ifindex, 0, 0));
    }

    /** The other end of a veth, wherever it is; null when it cannot be seen. */
    Link peer(Link veth) {
        int end = begin(RTM_GETLINK, NLM_F_REQUEST, veth.link(), 0, 0);
        if (veth.namespace() >= 0) {
            end = attribute(end, IFLA_TARGET_NETNSID, 4);
            buffer.set(INT, end - 4, veth.namespace());
        }
        return ask(end);
    }

    /** Sets and clears flags of a device; false when the kernel refuses. */
    boolean setFlags(int ifindex, int flags, int change) {
        return ack(begin(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, ifindex, flags, change));
    }

    boolean setMtu(int ifindex, int mtu) {
        int end = attribute(begin(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, ifindex, 0, 0), IFLA_MTU, 4);
        buffer.set(INT, end - 4, mtu);
        return ack(end);
    }

    boolean setQueueLength(int ifindex, int frames) {
        int end = attribute(begin(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, ifindex, 0, 0), IFLA_TXQLEN, 4);
        buffer.set(INT, end - 4, frames);
        return ack(end);
    }

    void delete(int ifindex) {
        ack(begin(RTM_DELLINK, NLM_F_REQUEST | NLM_F_ACK, ifindex, 0, 0));
    }

    /** Reads what news there is; 0 when there was none. A reader that fell behind is told of every device. */
    int readNews(News told) {
        int count = 0;
        while (true) {
            long size = Libc.recv(news, newsBuffer, 0);
            if (size < 0) {
                if (Libc.errno() != Libc.ENOBUFS) {
                    return count;
                }
                told.changed(0, false);
                told.filtersChanged(0);
                count++;
                continue;
            }
            int length;
            for (int at = 0; at + HEADER + BODY <= size; at += align(length)) {
                length = Math.max(HEADER, newsBuffer.get(INT, at));
                int type = newsBuffer.get(SHORT, at + 4);
                // All of them name the device at the same place.
                int ifindex = newsBuffer.get(INT, at + HEADER + 4);
                switch (type) {
                    case RTM_NEWLINK, RTM_DELLINK -> told.changed(ifindex, type == RTM_DELLINK);
                    case RTM_NEWQDISC, RTM_DELQDISC, RTM_NEWTFILTER, RTM_DELTFILTER -> told.filtersChanged(ifindex);
                    default -> count--;
                }
                count++;
            }
        }
    }

    private int begin(int type, int flags, int ifindex, int linkFlags, int change) {
        buffer.asSlice(0, HEADER + BODY).fill((byte) 0);
        buffer.set(SHORT, 4, (short) type);
        buffer.set(SHORT, 6, (short) flags);
        buffer.set(INT, 8, ++sequence);
        buffer.set(INT, HEADER + 4, ifindex);
        buffer.set(INT, HEADER + 8, linkFlags);
        buffer.set(INT, HEADER + 12, change);
        return HEADER + BODY;
    }

    /** Makes room for an attribute's value, which ends where this says, zeroed. */
    private int attribute(int at, int type, int size) {
        buffer.asSlice(at, align(size + 4)).fill((byte) 0);
        buffer.set(SHORT, at, (short) (size + 4));
        buffer.set(SHORT, at + 2, (short) type);
        return at + 4 + align(size);
    }

    private int text(int at, int type, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        int end = attribute(at, type, bytes.length + 1);
        MemorySegment.copy(bytes, 0, buffer, ValueLayout.JAVA_BYTE, at + 4, bytes.length);
        return end;
    }

    private boolean send(int end) {
        buffer.set(INT, 0, end);
        return Libc.write(requests, buffer, end) == end;
    }

    private Link ask(int end) {
        return send(end) ? receive() : null;
    }

    private boolean ack(int end) {
        if (!send(end)) {
            return false;
        }
        long size = Libc.recv(requests, buffer, 0);
        return size >= HEADER + 4 && buffer.get(SHORT, 4) == NLMSG_ERROR && buffer.get(INT, HEADER) == 0;
    }

    private Link receive() {
        long size = Libc.recv(requests, buffer, 0);
        if (size < HEADER + BODY || buffer.get(SHORT, 4) != RTM_NEWLINK) {
            return null;
        }
        int end = (int) Math.min(size, buffer.get(INT, 0));
        String name = "";
        String kind = "";
        String qdisc = "";
        boolean xdp = false;
        int queues = -1;
        int mtu = 0;
        int link = 0;
        int namespace = -1;
        int master = 0;
        long mac = 0;
        for (int at = HEADER + BODY; at + 4 <= end; at += align(Math.max(4, buffer.get(SHORT, at) & 0xffff))) {
            int length = (buffer.get(SHORT, at) & 0xffff) - 4;
            switch (buffer.get(SHORT, at + 2) & 0x3fff) {
                case IFLA_IFNAME -> name = buffer.getString(at + 4);
                case IFLA_MTU -> mtu = buffer.get(INT, at + 4);
                case IFLA_LINK -> link = buffer.get(INT, at + 4);
                case IFLA_LINK_NETNSID -> namespace = buffer.get(INT, at + 4);
                case IFLA_MASTER -> master = buffer.get(INT, at + 4);
                case IFLA_ADDRESS -> mac = length == 6 ? mac(at + 4) : 0;
                case IFLA_QDISC -> qdisc = buffer.getString(at + 4);
                case IFLA_XDP -> xdp = nativeXdp(at + 4, at + 4 + length);
                case IFLA_LINKINFO -> {
                    kind = kind(at + 4, at + 4 + length);
                    queues = kind.equals("tun") ? queues(at + 4, at + 4 + length) : -1;
                }
                default -> {
                    // Of no interest here.
                }
            }
        }
        return new Link(name, buffer.get(INT, HEADER + 4), buffer.get(INT, HEADER + 8), mtu, mac, kind, link, namespace, master,
                buffer.get(SHORT, HEADER + 2) & 0xffff, qdisc, xdp, queues);
    }

    private String kind(int from, int end) {
        int at = find(from, end, IFLA_INFO_KIND);
        return at < 0 ? "" : buffer.getString(at);
    }

    private boolean nativeXdp(int from, int end) {
        int at = find(from, end, IFLA_XDP_ATTACHED);
        int mode = at < 0 ? 0 : buffer.get(ValueLayout.JAVA_BYTE, at);
        return mode == XDP_ATTACHED_DRV || mode == XDP_ATTACHED_MULTI;
    }

    private int queues(int from, int end) {
        int data = find(from, end, IFLA_INFO_DATA);
        int multiple = data < 0 ? -1 : find(data, end, IFLA_TUN_MULTI_QUEUE);
        int count = multiple < 0 || buffer.get(ValueLayout.JAVA_BYTE, multiple) == 0 ? -1 : find(data, end, IFLA_TUN_NUM_QUEUES);
        return count < 0 ? -1 : buffer.get(INT, count);
    }

    /** Where the value of an attribute begins; -1 when it is not among those from here to there. */
    private int find(int from, int end, int type) {
        for (int at = from; at + 4 <= end; at += align(Math.max(4, buffer.get(SHORT, at) & 0xffff))) {
            if ((buffer.get(SHORT, at + 2) & 0x3fff) == type) {
                return at + 4;
            }
        }
        return -1;
    }

    private long mac(int at) {
        long mac = 0;
        for (int i = 0; i < 6; i++) {
            mac = mac << 8 | buffer.get(ValueLayout.JAVA_BYTE, at + i) & 0xff;
        }
        return mac;
    }

    private static int align(int size) {
        return size + 3 & ~3;
    }

    @Override
    public void close() {
        Libc.close(requests);
        Libc.close(news);
        arena.close();
    }
}

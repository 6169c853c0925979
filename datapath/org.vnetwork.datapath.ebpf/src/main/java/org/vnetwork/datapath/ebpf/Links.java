package org.vnetwork.datapath.ebpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.vnetwork.datapath.DatapathException;

/**
 * Network devices by rtnetlink (RFC 3549): what one is like, changes to it, and news that some changed.
 *
 * <p>Loop thread only. Attributes and flags carry the numbers of linux/if_link.h and linux/if.h.
 */
final class Links implements AutoCloseable {
    static final int IFF_UP = 1;
    static final int IFF_PROMISC = 0x100;

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELLINK = 17;
    private static final int RTM_GETLINK = 18;
    private static final int RTM_NEWQDISC = 36;
    private static final int RTM_DELQDISC = 37;
    private static final int RTM_NEWTFILTER = 44;
    private static final int RTM_DELTFILTER = 45;
    private static final int RTM_NEWSTATS = 92;
    private static final int RTM_GETSTATS = 94;
    /** Bit of the statistics that are wanted, and number of the attribute that has them. */
    private static final int IFLA_STATS_LINK_64 = 1;
    /** Octets of {@code struct if_stats_msg}. */
    private static final int STATISTICS_BODY = 12;
    /** Where {@code tx_dropped} is in {@code struct rtnl_link_stats64}. */
    private static final int TX_DROPPED = 56;
    /** And {@code rx_otherhost_dropped}, since Linux 5.19. */
    private static final int FOR_OTHERS = 192;
    private static final int NLMSG_ERROR = 2;
    private static final int NLM_F_REQUEST = 1;
    private static final int NLM_F_ACK = 4;
    private static final int NLM_F_DUMP = 0x300;
    private static final int RTMGRP_LINK = 1;
    private static final int RTMGRP_TC = 8;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUFFORCE = 33;
    /** Octets of news that may wait: at a thousand ports one command of an administrator makes a thousand. */
    private static final int NEWS_SIZE = 4 << 20;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_TXQLEN = 13;
    private static final int IFLA_EXT_MASK = 29;
    private static final int SKIP_STATISTICS = 8;
    private static final int IFLA_NEW_NETNSID = 45;
    private static final int IFLA_TARGET_NETNSID = 46;
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
    /** By namespace, while {@link #atOnce} lasts; else null. */
    private Map<Integer, Survey> surveyed;
    /** What each device here dropped, by ifindex, from when somebody asks while {@link #atOnce} lasts; else null. */
    private Map<Integer, Long> dropped;

    /** The devices of a namespace at one moment. */
    private static final class Survey {
        private final Map<String, Link> byName = new HashMap<>();
        private final Map<Integer, Link> byIndex = new HashMap<>();

        private Survey(List<Link> all) {
            all.forEach(link -> {
                byName.put(link.name(), link);
                byIndex.put(link.ifindex(), link);
            });
        }
    }

    /** Told of devices that changed; ifindex 0 stands for every device. */
    interface News {
        /** A device changed or, gone, is not here any more. */
        void changed(int ifindex, boolean gone);

        /** A device that is about to be told gone went to another namespace. */
        void moved(int ifindex);

        /** Somebody other than this driver changed what a device has of queue disciplines and filters. */
        void filtersChanged(int ifindex);
    }

    Links() throws DatapathException {
        requests = Libc.socket(AF_NETLINK, SOCK_RAW | Libc.O_CLOEXEC, 0);
        news = Libc.socket(AF_NETLINK, SOCK_RAW | Libc.O_CLOEXEC | Libc.O_NONBLOCK, 0);
        MemorySegment address = arena.allocate(12, 4);
        address.set(SHORT, 0, (short) AF_NETLINK);
        address.set(INT, 8, RTMGRP_LINK | RTMGRP_TC);
        MemorySegment room = arena.allocate(4, 4);
        room.set(INT, 0, NEWS_SIZE);
        // Refused without the right to it: then a reader that falls behind looks at every device, as ever.
        Libc.setsockopt(news, SOL_SOCKET, SO_RCVBUFFORCE, room);
        if (requests < 0 || news < 0 || Libc.bind(news, address) < 0) {
            throw new DatapathException("netlink: " + Libc.error());
        }
    }

    /** Readable when there is news. */
    int newsDescriptor() {
        return news;
    }

    /** Does work that asks about many devices: answers are as all devices were when it began, or a namespace was asked about first. */
    void atOnce(Runnable work) {
        surveyed = new HashMap<>();
        try {
            work.run();
        } finally {
            surveyed = null;
            dropped = null;
        }
    }

    /** All devices of a namespace, by name and by ifindex; -1: of this one. */
    private Survey survey(int namespace) {
        return surveyed.computeIfAbsent(namespace, id -> new Survey(dump(id)));
    }

    /**
     * Frames that were to go out by a device here and that it dropped, since it was made ({@code tx_dropped}); -1 when the kernel does not say, as of one that is gone.
     *
     * <p>NB: not from /sys, which may be that of another network namespace; nor from {@link #dump}, where the kernel adds each device's counters of IPv6.
     */
    long dropped(int ifindex) {
        if (surveyed == null) {
            return statistics(NLM_F_REQUEST, ifindex, TX_DROPPED).getOrDefault(ifindex, -1L);
        }
        if (dropped == null) {
            dropped = statistics(NLM_F_REQUEST | NLM_F_DUMP, 0, TX_DROPPED);
        }
        return dropped.getOrDefault(ifindex, -1L);
    }

    /** IP frames that came in by a device here and that its host's stack dropped since they are for somebody else; those of {@link Groups} whose filter is gone are such. */
    long forOthers(int ifindex) {
        return statistics(NLM_F_REQUEST, ifindex, FOR_OTHERS).getOrDefault(ifindex, 0L);
    }

    /** One number of each device, which stands at an offset. */
    private Map<Integer, Long> statistics(int flags, int ifindex, int offset) {
        begin(RTM_GETSTATS, flags, ifindex, IFLA_STATS_LINK_64, 0);
        Map<Integer, Long> all = new HashMap<>();
        exchange(HEADER + STATISTICS_BODY, (flags & NLM_F_DUMP) != 0, at -> {
            int values = at + HEADER + STATISTICS_BODY;
            if (buffer.get(SHORT, values + 2) == IFLA_STATS_LINK_64) {
                all.put(buffer.get(INT, at + HEADER + 4), buffer.get(ValueLayout.JAVA_LONG_UNALIGNED, values + 4 + offset));
            }
        });
        return all;
    }

    private List<Link> dump(int namespace) {
        int end = attribute(begin(RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 0, 0, 0), IFLA_EXT_MASK, 4);
        buffer.set(INT, end - 4, SKIP_STATISTICS);
        if (namespace >= 0) {
            end = attribute(end, IFLA_TARGET_NETNSID, 4);
            buffer.set(INT, end - 4, namespace);
        }
        List<Link> all = new ArrayList<>();
        exchange(end, true, at -> all.add(Link.read(buffer, at, at + buffer.get(INT, at))));
        return all;
    }

    /** Asks, and reads each message of the answer: of a dump until one that is its end, or that there is no such namespace. */
    private void exchange(int end, boolean dump, IntConsumer reader) {
        boolean more = send(end);
        while (more) {
            long size = Libc.recv(requests, buffer, 0);
            more = dump && size > 0;
            for (int at = 0; at + HEADER <= size; at += align(Math.max(HEADER, buffer.get(INT, at)))) {
                int type = buffer.get(SHORT, at + 4);
                if (type == RTM_NEWLINK || type == RTM_NEWSTATS) {
                    reader.accept(at);
                } else {
                    more = false;
                }
            }
        }
    }

    /** The device of this name here, or null. */
    Link byName(String name) {
        if (surveyed != null) {
            return survey(-1).byName.get(name);
        }
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
        if (surveyed != null) {
            return survey(veth.namespace()).byIndex.get(veth.link());
        }
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

    /** Puts a device into a bridge or bond, or with 0 takes it out. */
    boolean setMaster(int ifindex, int master) {
        int end = attribute(begin(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, ifindex, 0, 0), IFLA_MASTER, 4);
        buffer.set(INT, end - 4, master);
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

    /**
     * Reads what news there is; a reader that fell behind is told of every device.
     *
     * @param own number of the netlink socket that this driver changes filters by
     * @return how many there were
     */
    int readNews(News told, int own) {
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
                    case RTM_NEWLINK -> told.changed(ifindex, false);
                    case RTM_DELLINK -> {
                        if (has(at + HEADER + BODY, at + length, IFLA_NEW_NETNSID)) {
                            told.moved(ifindex);
                        }
                        told.changed(ifindex, true);
                    }
                    case RTM_NEWQDISC, RTM_DELQDISC, RTM_NEWTFILTER, RTM_DELTFILTER -> {
                        if (newsBuffer.get(INT, at + 12) != own) {
                            told.filtersChanged(ifindex);
                        }
                    }
                    default -> count--;
                }
                count++;
            }
        }
    }

    /** Whether a message among the news has an attribute. */
    private boolean has(int from, int end, int type) {
        for (int at = from; at + 4 <= end; at += align(Math.max(4, newsBuffer.get(SHORT, at) & 0xffff))) {
            if ((newsBuffer.get(SHORT, at + 2) & 0x3fff) == type) {
                return true;
            }
        }
        return false;
    }

    /** All devices here. */
    List<Link> all() {
        return dump(-1);
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
        return size < HEADER + BODY || buffer.get(SHORT, 4) != RTM_NEWLINK ? null : Link.read(buffer, 0, (int) Math.min(size, buffer.get(INT, 0)));
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

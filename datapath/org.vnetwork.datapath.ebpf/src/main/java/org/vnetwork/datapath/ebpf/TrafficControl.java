package org.vnetwork.datapath.ebpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.vnetwork.datapath.DatapathException;

/**
 * Filters at the ingress of devices by rtnetlink, as tc(8) makes them: each sends a frame that carries its number to several devices.
 *
 * <p>Loop thread only. Numbers are those of linux/rtnetlink.h, pkt_sched.h, pkt_cls.h and tc_act/tc_mirred.h.
 */
final class TrafficControl implements AutoCloseable {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int ACKED = 1 | 4;
    private static final int CREATED = ACKED | 0x200 | 0x400;
    private static final int DUMP = 1 | 0x300;
    private static final int RTM_NEWQDISC = 36;
    private static final int RTM_DELQDISC = 37;
    private static final int RTM_NEWTFILTER = 44;
    private static final int RTM_DELTFILTER = 45;
    private static final int RTM_GETTFILTER = 46;
    private static final int CLSACT_HANDLE = 0xffff0000;
    private static final int CLSACT_PARENT = 0xfffffff1;
    private static final int ROOT = 0xffffffff;
    private static final int INGRESS = 0xfffffff2;
    private static final int EGRESS = 0xfffffff3;
    private static final long SYS_GETSOCKNAME = 51;
    private static final int ALL_PROTOCOLS = 0x0300;
    private static final int TCA_KIND = 1;
    private static final int TCA_OPTIONS = 2;
    private static final int TCA_BPF_ACT = 1;
    private static final int TCA_BPF_FD = 6;
    private static final int TCA_BPF_NAME = 7;
    private static final int TCA_BPF_FLAGS = 8;
    private static final int DIRECT = 1;
    private static final int TCA_MIRRED_PARMS = 2;
    /** Where the device is in a {@code struct tc_mirred}. */
    private static final int MIRRED_IFINDEX = 24;
    private static final int REDIRECT = 1;
    private static final int MIRROR = 2;
    private static final int PIPE = 3;
    private static final int STOLEN = 4;
    private static final int HEADER = 16;
    private static final int BODY = 20;
    /** What the names of our filters begin with. */
    private static final String OURS = "vnet_";
    /** High half of the numbers of groups, so that a frame that never met the program hardly carries one. */
    static final int GROUPS = 0x5647;
    /** The order of the filter that is asked last, and drops what is for a group that is gone. */
    static final int LAST = 0xffff;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(65536, 8);
    private final Attributes attributes = new Attributes(buffer);
    private final int socket;
    private final int socketNumber;
    private int end;

    /**
     * What a device asks.
     *
     * @param ours by order, the devices that each sends to; none for the one that drops
     * @param others names of somebody else's, or their kinds
     */
    record Filters(Map<Integer, List<Integer>> ours, Set<String> others) {
    }

    TrafficControl() throws DatapathException {
        socket = Libc.socket(AF_NETLINK, SOCK_RAW | Libc.O_CLOEXEC, 0);
        MemorySegment address = arena.allocate(12, 4);
        address.set(SHORT, 0, (short) AF_NETLINK);
        MemorySegment size = arena.allocate(4, 4);
        size.set(INT, 0, 12);
        if (socket < 0 || Libc.bind(socket, address) < 0 || Libc.syscall(SYS_GETSOCKNAME, socket, address.address(), size.address()) < 0) {
            throw new DatapathException("netlink: " + Libc.error());
        }
        socketNumber = address.get(INT, 4);
    }

    /** Number of the netlink socket, which news of changes made here carry. */
    int socketNumber() {
        return socketNumber;
    }

    /**
     * Has a device ask filters, of which there is one that drops what is for a group that is gone. NB: the kernel stops the device meanwhile, and frames that go out by it are
     * lost for a moment; so it is for a device that carries nothing yet, and the same for {@link #unhook}.
     *
     * @return false when somebody asks filters there already, or the kernel has no such filters
     */
    boolean hook(int ifindex) {
        begin(RTM_NEWQDISC, CREATED, ifindex, CLSACT_HANDLE, CLSACT_PARENT, 0);
        text(TCA_KIND, "clsact");
        if (!ack()) {
            return false;
        }
        if (rest(ifindex)) {
            return true;
        }
        unhook(ifindex);
        return false;
    }

    private boolean rest(int ifindex) {
        return filter(ifindex, LAST, "vnet_rest", Bpf.drops(GROUPS), new int[0]);
    }

    /** Removes all filters of a device but that one; frames go on meanwhile. */
    boolean flush(int ifindex) {
        begin(RTM_DELTFILTER, ACKED, ifindex, 0, INGRESS, 0);
        return ack() && rest(ifindex);
    }

    /**
     * Leaves a device without filters of this driver; what somebody else put beside them stays.
     *
     * @return false when the kernel refused, or there was nothing to remove
     */
    boolean unhook(int ifindex) {
        Filters ingress = filters(ifindex);
        if (ingress.others.isEmpty() && filters(ifindex, EGRESS).others.isEmpty()) {
            return removeClsact(ifindex);
        }
        ingress.ours.keySet().forEach(order -> remove(ifindex, order));
        return filters(ifindex).ours.isEmpty();
    }

    /**
     * Takes off what somebody put on a device that is this driver's alone.
     *
     * @return whether there was anything
     */
    boolean clear(int ifindex) {
        begin(RTM_DELQDISC, ACKED, ifindex, 0, ROOT, 0);
        boolean root = ack();
        return removeClsact(ifindex) || root;
    }

    private boolean removeClsact(int ifindex) {
        begin(RTM_DELQDISC, ACKED, ifindex, CLSACT_HANDLE, CLSACT_PARENT, 0);
        return ack();
    }

    /**
     * Adds the filter of a group.
     *
     * @param order 1 to 65,534, its own at the device; a frame for it carries {@link #number} of it
     * @param outputs ifindexes, the last of which gets the frame itself
     */
    boolean add(int ifindex, int order, int[] outputs) {
        return filter(ifindex, order, "vnet_group", Bpf.carries(number(order)), outputs);
    }

    /** What a frame for the filter of this order carries. */
    static int number(int order) {
        return GROUPS << 16 | order;
    }

    void remove(int ifindex, int order) {
        begin(RTM_DELTFILTER, ACKED, ifindex, 0, INGRESS, order << 16 | ALL_PROTOCOLS);
        text(TCA_KIND, "bpf");
        ack();
    }

    private boolean filter(int ifindex, int order, String name, int program, int[] outputs) {
        if (program < 0) {
            return false;
        }
        begin(RTM_NEWTFILTER, CREATED, ifindex, 0, INGRESS, order << 16 | ALL_PROTOCOLS);
        text(TCA_KIND, "bpf");
        int options = nest(TCA_OPTIONS);
        number(TCA_BPF_FD, program);
        text(TCA_BPF_NAME, name);
        if (outputs.length == 0) {
            number(TCA_BPF_FLAGS, DIRECT);
        } else {
            int actions = nest(TCA_BPF_ACT);
            for (int i = 0; i < outputs.length; i++) {
                mirred(i + 1, outputs[i], i == outputs.length - 1);
            }
            close(actions);
        }
        close(options);
        boolean added = ack();
        Libc.close(program);
        return added;
    }

    /** One action, as {@code struct tc_mirred}. */
    private void mirred(int order, int ifindex, boolean last) {
        int action = nest(order);
        text(TCA_KIND, "mirred");
        int options = nest(TCA_OPTIONS);
        int at = attribute(TCA_MIRRED_PARMS, 28);
        buffer.set(INT, at + 8, last ? STOLEN : PIPE);
        buffer.set(INT, at + 20, last ? REDIRECT : MIRROR);
        buffer.set(INT, at + MIRRED_IFINDEX, ifindex);
        close(options);
        close(action);
    }

    /** Whether a device asks filters for what goes out by it; none of these is of this driver. */
    boolean hasEgressFilters(int ifindex) {
        Filters found = filters(ifindex, EGRESS);
        return !found.ours.isEmpty() || !found.others.isEmpty();
    }

    /** Whether a device asks filters, and all are of this driver. */
    boolean isOurs(int ifindex) {
        Filters filters = filters(ifindex);
        return !filters.ours.isEmpty() && filters.others.isEmpty();
    }

    /** The filters at the ingress of a device; none when it asks none. */
    Filters filters(int ifindex) {
        return filters(ifindex, INGRESS);
    }

    private Filters filters(int ifindex, int parent) {
        Filters found = new Filters(new HashMap<>(), new TreeSet<>());
        begin(RTM_GETTFILTER, DUMP, ifindex, 0, parent, 0);
        buffer.set(INT, 0, end);
        if (Libc.write(socket, buffer, end) != end) {
            return found;
        }
        while (true) {
            long size = Libc.recv(socket, buffer, 0);
            for (int at = 0; at + HEADER <= size; at += Attributes.align(Math.max(HEADER, buffer.get(INT, at)))) {
                int type = buffer.get(SHORT, at + 4);
                if (type == NLMSG_DONE || type == NLMSG_ERROR) {
                    return found;
                }
                note(at + HEADER, at + buffer.get(INT, at), found);
            }
            if (size <= 0) {
                return found;
            }
        }
    }

    /** Notes one filter; the head of a list, which has no options, only if it is of a kind that is never ours. */
    private void note(int message, int to, Filters found) {
        String kind = "";
        String name = null;
        List<Integer> outputs = new ArrayList<>();
        for (int at = message + BODY; at + 4 <= to; at = attributes.next(at)) {
            if (attributes.type(at) == TCA_KIND) {
                kind = buffer.getString(at + 4);
            } else if (attributes.type(at) == TCA_OPTIONS) {
                name = "";
                for (int in = at + 4; in + 4 <= at + attributes.length(at); in = attributes.next(in)) {
                    if (attributes.type(in) == TCA_BPF_NAME) {
                        name = buffer.getString(in + 4);
                    } else if (attributes.type(in) == TCA_BPF_ACT) {
                        outputs(in, outputs);
                    }
                }
            }
        }
        if (name != null && kind.equals("bpf") && name.startsWith(OURS)) {
            found.ours.put(buffer.get(INT, message + 16) >>> 16, outputs);
        } else if (!kind.isEmpty() && (name != null || !kind.equals("bpf"))) {
            found.others.add(name == null || name.isEmpty() ? kind : name);
        }
    }

    private void outputs(int actions, List<Integer> to) {
        for (int action = actions + 4; action + 4 <= actions + attributes.length(actions); action = attributes.next(action)) {
            for (int in = action + 4; in + 4 <= action + attributes.length(action); in = attributes.next(in)) {
                for (int option = in + 4; attributes.type(in) == TCA_OPTIONS && option + 4 <= in + attributes.length(in); option = attributes.next(option)) {
                    if (attributes.type(option) == TCA_MIRRED_PARMS) {
                        to.add(buffer.get(INT, option + 4 + MIRRED_IFINDEX));
                    }
                }
            }
        }
    }

    private void begin(int type, int flags, int ifindex, int handle, int parent, int info) {
        buffer.asSlice(0, HEADER + BODY).fill((byte) 0);
        buffer.set(SHORT, 4, (short) type);
        buffer.set(SHORT, 6, (short) flags);
        buffer.set(INT, HEADER + 4, ifindex);
        buffer.set(INT, HEADER + 8, handle);
        buffer.set(INT, HEADER + 12, parent);
        buffer.set(INT, HEADER + 16, info);
        end = HEADER + BODY;
    }

    /** Appends an attribute, zeroed; where its value is. */
    private int attribute(int type, int size) {
        int at = end;
        buffer.asSlice(at, Attributes.align(size + 4)).fill((byte) 0);
        buffer.set(SHORT, at, (short) (size + 4));
        buffer.set(SHORT, at + 2, (short) type);
        end = at + 4 + Attributes.align(size);
        return at + 4;
    }

    private void number(int type, int value) {
        int at = attribute(type, 4);
        buffer.set(INT, at, value);
    }

    private void text(int type, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        MemorySegment.copy(bytes, 0, buffer, ValueLayout.JAVA_BYTE, attribute(type, bytes.length + 1), bytes.length);
    }

    /** Begins an attribute of attributes, to be {@link #close(int) closed}. */
    private int nest(int type) {
        return attribute(type, 0) - 4;
    }

    private void close(int nest) {
        buffer.set(SHORT, nest, (short) (end - nest));
    }

    private boolean ack() {
        buffer.set(INT, 0, end);
        if (Libc.write(socket, buffer, end) != end) {
            return false;
        }
        long size = Libc.recv(socket, buffer, 0);
        return size >= HEADER + 4 && buffer.get(SHORT, 4) == NLMSG_ERROR && buffer.get(INT, HEADER) == 0;
    }

    @Override
    public void close() {
        Libc.close(socket);
        arena.close();
    }
}

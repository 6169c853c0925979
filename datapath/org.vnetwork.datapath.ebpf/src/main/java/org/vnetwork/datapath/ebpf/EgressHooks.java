package org.vnetwork.datapath.ebpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.vnetwork.datapath.DatapathException;

/**
 * The devices of this network namespace at whose egress nf_tables has chains.
 *
 * <p>Loop thread only. Numbers are those of linux/netfilter/nf_tables.h and nfnetlink.h.
 */
final class EgressHooks implements AutoCloseable {
    /** There when nf_tables is a module and loaded. */
    private static final Path MODULE = Path.of("/sys/module/nf_tables");
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int NETLINK_NETFILTER = 12;
    private static final int GET_CHAINS = 10 << 8 | 4;
    private static final int NEW_CHAIN = 10 << 8 | 3;
    private static final int NFPROTO_NETDEV = 5;
    private static final int NLMSG_ERROR = 2;
    private static final int DUMP = 1 | 0x300;
    private static final int HOOK = 4;
    private static final int HOOK_NUMBER = 1;
    private static final int HOOK_DEVICE = 3;
    private static final int HOOK_DEVICES = 4;
    private static final int DEVICE_PREFIX = 2;
    private static final int EGRESS = 1;
    private static final int HEADER = 16;
    private static final int BODY = 4;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfInt BIG = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(65536, 8);
    private final Attributes attributes = new Attributes(buffer);
    private final int socket;
    /** Whether the kernel answered last: a kernel without nf_tables would look for the module each time that it is asked. */
    private boolean answers = true;
    private Set<String> names = Set.of();
    /** Beginnings of names. */
    private Set<String> prefixes = Set.of();

    EgressHooks() throws DatapathException {
        socket = Libc.socket(AF_NETLINK, SOCK_RAW | Libc.O_CLOEXEC, NETLINK_NETFILTER);
        if (socket < 0) {
            throw new DatapathException("netlink: " + Libc.error());
        }
        look();
    }

    /** Whether a device has chains at its egress, as of the last {@link #look}. */
    boolean at(String device) {
        return names.contains(device) || prefixes.stream().anyMatch(device::startsWith);
    }

    /** Asks the kernel again: once for all devices. */
    void look() {
        names = new HashSet<>();
        prefixes = new HashSet<>();
        if (!answers && !Files.exists(MODULE)) {
            return;
        }
        buffer.asSlice(0, HEADER + BODY).fill((byte) 0);
        buffer.set(INT, 0, HEADER + BODY);
        buffer.set(SHORT, 4, (short) GET_CHAINS);
        buffer.set(SHORT, 6, (short) DUMP);
        buffer.set(ValueLayout.JAVA_BYTE, HEADER, (byte) NFPROTO_NETDEV);
        boolean more = Libc.write(socket, buffer, HEADER + BODY) == HEADER + BODY;
        answers = more;
        while (more) {
            long size = Libc.recv(socket, buffer, 0);
            more = size > 0;
            for (int at = 0; at + HEADER <= size; at += Attributes.align(Math.max(HEADER, buffer.get(INT, at)))) {
                int type = buffer.get(SHORT, at + 4);
                if (type == NEW_CHAIN) {
                    chain(at + HEADER + BODY, at + buffer.get(INT, at));
                } else {
                    answers = type != NLMSG_ERROR;
                    more = false;
                }
            }
        }
    }

    private void chain(int from, int end) {
        for (int at = from; at + 4 <= end; at = attributes.next(at)) {
            if (attributes.type(at) == HOOK) {
                hook(at + 4, at + attributes.length(at));
            }
        }
    }

    private void hook(int from, int end) {
        int number = -1;
        for (int at = from; at + 4 <= end; at = attributes.next(at)) {
            number = attributes.type(at) == HOOK_NUMBER ? buffer.get(BIG, at + 4) : number;
        }
        for (int at = from; number == EGRESS && at + 4 <= end; at = attributes.next(at)) {
            if (attributes.type(at) == HOOK_DEVICE) {
                names.add(buffer.getString(at + 4));
            }
            for (int device = at + 4; attributes.type(at) == HOOK_DEVICES && device + 4 <= at + attributes.length(at); device = attributes.next(device)) {
                (attributes.type(device) == DEVICE_PREFIX ? prefixes : names).add(buffer.getString(device + 4));
            }
        }
    }

    @Override
    public void close() {
        Libc.close(socket);
        arena.close();
    }
}

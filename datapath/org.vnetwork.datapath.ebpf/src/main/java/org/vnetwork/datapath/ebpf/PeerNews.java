package org.vnetwork.datapath.ebpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntConsumer;
import org.vnetwork.datapath.DatapathException;

/**
 * News of the other ends of veths, which are in other network namespaces: the kernel sends those of every namespace that this one has a number for.
 *
 * <p>A message of a veth names the ifindex of its other end, and that is all that is read of it: who is told needlessly looks once more. Loop thread only.
 */
final class PeerNews implements AutoCloseable {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_LISTEN_ALL_NSID = 8;
    private static final int RTMGRP_LINK = 1;
    private static final int RTM_NEWLINK = 16;
    private static final int IFLA_LINK = 5;
    private static final int HEADER = 16;
    private static final int BODY = 16;
    /** Readings until every device is to be looked at although all news came: a program that is attached without news is found so. */
    private static final int PATIENCE = 10;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(65536, 8);
    private final Attributes attributes = new Attributes(buffer);
    private final int socket;
    private final boolean hears;
    private int readings;

    PeerNews() throws DatapathException {
        socket = Libc.socket(AF_NETLINK, SOCK_RAW | Libc.O_CLOEXEC | Libc.O_NONBLOCK, 0);
        MemorySegment yes = arena.allocate(4, 4);
        yes.set(INT, 0, 1);
        hears = Libc.setsockopt(socket, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, yes) == 0;
        MemorySegment address = arena.allocate(12, 4);
        address.set(SHORT, 0, (short) AF_NETLINK);
        address.set(INT, 8, RTMGRP_LINK);
        if (socket < 0 || Libc.bind(socket, address) < 0) {
            throw new DatapathException("netlink: " + Libc.error());
        }
    }

    /**
     * Reads what came since the last time.
     *
     * @param told takes the ifindex of each veth whose other end changed, and numbers that are no such thing here
     * @return false when news may be missing, or have not been checked for long: then every device is to be looked at
     */
    boolean read(IntConsumer told) {
        boolean whole = hears && ++readings % PATIENCE != 0;
        while (true) {
            long size = Libc.recv(socket, buffer, 0);
            if (size < 0 && Libc.errno() != Libc.ENOBUFS) {
                return whole;
            }
            whole &= size >= 0;
            int length;
            for (int at = 0; at + HEADER + BODY <= size; at += Attributes.align(length)) {
                length = Math.max(HEADER, buffer.get(INT, at));
                if (buffer.get(SHORT, at + 4) == RTM_NEWLINK) {
                    tell(at + HEADER + BODY, at + length, told);
                }
            }
        }
    }

    private void tell(int from, int end, IntConsumer told) {
        for (int at = from; at + 4 <= end; at = attributes.next(at)) {
            if (attributes.type(at) == IFLA_LINK) {
                told.accept(buffer.get(INT, at + 4));
            }
        }
    }

    @Override
    public void close() {
        Libc.close(socket);
        arena.close();
    }
}

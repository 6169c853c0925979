package org.vnetwork.datapath.ebpf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Attributes within a buffer of netlink messages (netlink(7), linux/netlink.h): length and type of 16 bits each, then the value, padded to four octets.
 *
 * @param buffer read at offsets in octets
 */
record Attributes(MemorySegment buffer) {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final int HEADER = 4;
    /** Without the bits that say nested, and network byte order. */
    private static final int TYPE = 0x3fff;

    int type(int attribute) {
        return buffer.get(SHORT, attribute + 2) & TYPE;
    }

    /** Octets of an attribute with its header, without padding. */
    int length(int attribute) {
        return buffer.get(SHORT, attribute) & 0xffff;
    }

    /** Where the attribute behind it begins; further on, whatever its length says. */
    int next(int attribute) {
        return attribute + align(Math.max(HEADER, length(attribute)));
    }

    /** Rounds a size up to that of a padded attribute or message. */
    static int align(int size) {
        return size + 3 & ~3;
    }
}

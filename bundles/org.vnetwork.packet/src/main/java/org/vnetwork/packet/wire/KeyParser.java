package org.vnetwork.packet.wire;

import static org.vnetwork.packet.wire.Octets.u16;
import static org.vnetwork.packet.wire.Octets.u32;
import static org.vnetwork.packet.wire.Octets.u48;
import static org.vnetwork.packet.wire.Octets.u64;
import static org.vnetwork.packet.wire.Octets.u8;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Reads a frame into a flow key; the same rules as the eBPF program's, drawn in {@code datapath/ebpf/vnet_abi.h}.
 *
 * <p>Called once for every frame that comes up. Stateless, allocates nothing, throws for no content: what is malformed gets a
 * {@link Parse} class, and the fields of the malformed layer and those above read 0.
 */
public final class KeyParser {
    /** Octets of an Ethernet header; shorter frames have no key. */
    public static final int ETHERNET_SIZE = 14;
    /** Octets of a tag. */
    public static final int TAG_SIZE = 4;
    private static final int IPV4_SIZE = 20;
    private static final int IPV6_SIZE = 40;
    private static final int ARP_SIZE = 28;
    /** Most octets that a length field of IP can tell. */
    private static final int LONGEST = 0xffff;

    private KeyParser() {
    }

    /**
     * Fills a key.
     *
     * @param offset of the destination MAC in the buffer
     * @param size octets of the frame, 14 or more
     * @param ingress port id
     * @param key {@code long[11]}, overwritten
     */
    public static void parse(MemorySegment buffer, long offset, int size, int ingress, long[] key) {
        Arrays.fill(key, 0);
        key[1] = u48(buffer, offset) << 16;
        key[2] = u48(buffer, offset + 6) << 16;
        int etherType = u16(buffer, offset + 12);
        int l3 = ETHERNET_SIZE;
        int kinds = 0;
        int state = -1;
        for (int tag = 1; tag <= 2 && EtherType.isTag(etherType); tag++) {
            if (size - l3 < TAG_SIZE) {
                state = Parse.TAG_TRUNCATED << 3;
                break;
            }
            kinds |= (etherType == EtherType.CUSTOMER_TAG ? 1 : 2) << (tag == 1 ? 12 : 8);
            key[tag] |= u16(buffer, offset + l3);
            etherType = u16(buffer, offset + l3 + 2);
            l3 += TAG_SIZE;
        }
        if (state < 0) {
            state = switch (etherType) {
                case EtherType.IPV4 -> ipv4(buffer, offset + l3, size - l3, key);
                case EtherType.IPV6 -> ipv6(buffer, offset + l3, size - l3, key);
                case EtherType.ARP -> arp(buffer, offset + l3, size - l3, key);
                default -> 0;
            };
        }
        key[0] = (long) ingress << 32 | (long) etherType << 16 | kinds | state;
    }

    /**
     * Octets from the frame's start to its IP header, 0 when it has none that is well-formed.
     *
     * @param key what {@link #parse} made of this frame
     */
    public static int ipHeader(long[] key) {
        int etherType = (int) (key[0] >>> 16) & 0xffff;
        int parse = (int) (key[0] >>> 3) & 7;
        if (etherType != EtherType.IPV4 && etherType != EtherType.IPV6
                || parse == Parse.L3_TRUNCATED || parse == Parse.L3_BAD || parse == Parse.TAG_TRUNCATED) {
            return 0;
        }
        return ETHERNET_SIZE + ((key[0] & 0xf000) != 0 ? TAG_SIZE : 0) + ((key[0] & 0xf00) != 0 ? TAG_SIZE : 0);
    }

    /** TTL or hop limit, 0..255; 0 without a well-formed IP header. Parameters as in {@link #parse}, the key filled by it. */
    public static long ttl(MemorySegment buffer, long offset, long[] key) {
        int l3 = ipHeader(key);
        if (l3 == 0) {
            return 0;
        }
        boolean v4 = ((key[0] >>> 16) & 0xffff) == EtherType.IPV4;
        return u8(buffer, offset + l3 + (v4 ? 8 : 7));
    }

    /**
     * Target address of a neighbour solicitation or advertisement (RFC 4861 sections 4.3 and 4.4); a fragment is none (RFC 6980).
     *
     * @param key what {@link #parse} made of this frame
     * @param target {high, low}, written only when there is one
     * @return whether the frame is such a message and its target is whole
     */
    public static boolean ndTarget(MemorySegment buffer, long offset, long[] key, long[] target) {
        int type = (int) (key[3] >>> 16) & 0xffff;
        int l3 = ipHeader(key);
        if (l3 == 0 || (key[0] & 0xf8) != 0 || ((key[0] >>> 16) & 0xffff) != EtherType.IPV6
                || key[3] >>> 56 != 58 || type != 135 && type != 136) {
            return false;
        }
        long at = offset + l3 + IPV6_SIZE;
        int size = u16(buffer, offset + l3 + 4);
        // The key says that the chain is well-formed, so it is walked without checks.
        for (int next = u8(buffer, offset + l3 + 6); next != 58;) {
            int length = extensionSize(next, u8(buffer, at + 1));
            next = u8(buffer, at);
            at += length;
            size -= length;
        }
        if (size < 24) {
            return false;
        }
        target[0] = u64(buffer, at + 8);
        target[1] = u64(buffer, at + 16);
        return true;
    }

    /** Low bits of word 0: fragment, parse class, TTL class. */
    private static int state(int fragment, int parse, int ttl) {
        return fragment << 6 | parse << 3 | Math.min(ttl, 2) << 1;
    }

    /** RFC 791; bounds come from the total length, so that padding is not payload. */
    private static int ipv4(MemorySegment buffer, long at, int room, long[] key) {
        if (room < IPV4_SIZE) {
            return state(0, Parse.L3_TRUNCATED, 0);
        }
        int header = (u8(buffer, at) & 15) * 4;
        int total = length(u16(buffer, at + 2), room);
        if (u8(buffer, at) >> 4 != 4 || header < IPV4_SIZE || total < header) {
            return state(0, Parse.L3_BAD, 0);
        }
        if (total > room) {
            return state(0, Parse.L3_TRUNCATED, 0);
        }
        int fragmentBits = u16(buffer, at + 6);
        int fragment = (fragmentBits & 0x1fff) != 0 ? 2 : (fragmentBits & 0x2000) != 0 ? 1 : 0;
        int protocol = u8(buffer, at + 9);
        key[3] = (long) protocol << 56 | (long) u8(buffer, at + 1) << 48;
        key[6] = u32(buffer, at + 12);
        key[8] = u32(buffer, at + 16);
        int parse = transport(buffer, at + header, total - header, protocol, 1, fragment, key);
        return state(fragment, parse, u8(buffer, at + 8));
    }

    /** What a length field of IP says: 0 stands for all there is where that does not fit the field, as in a superframe of BIG TCP. */
    static int length(int field, int room) {
        return field == 0 && room > LONGEST ? room : field;
    }

    /** RFC 8200; a payload length of 0 with hop-by-hop options is a jumbogram, which is taken for one only where it has its size. */
    private static int ipv6(MemorySegment buffer, long at, int room, long[] key) {
        if (room < IPV6_SIZE) {
            return state(0, Parse.L3_TRUNCATED, 0);
        }
        int size = length(u16(buffer, at + 4), room - IPV6_SIZE);
        int next = u8(buffer, at + 6);
        if (u8(buffer, at) >> 4 != 6 || size == 0 && next == 0) {
            return state(0, Parse.L3_BAD, 0);
        }
        if (size > room - IPV6_SIZE) {
            return state(0, Parse.L3_TRUNCATED, 0);
        }
        int trafficClass = u16(buffer, at) >> 4 & 0xff;
        int ttl = u8(buffer, at + 7);
        for (int word = 0; word < 4; word++) {
            key[5 + word] = u64(buffer, at + 8 + 8L * word);
        }
        long l4 = at + IPV6_SIZE;
        int fragment = 0;
        int parse = Parse.OK;
        for (int count = 0; isExtension(next) && parse == Parse.OK; count++) {
            int length = size < 8 ? 8 : extensionSize(next, u8(buffer, l4 + 1));
            if (count == 8) {
                parse = Parse.L4_BAD;
            } else if (size < length) {
                parse = Parse.L4_TRUNCATED;
            } else {
                boolean fragmentHeader = next == 44;
                next = u8(buffer, l4);
                if (fragmentHeader) {
                    int bits = u16(buffer, l4 + 2);
                    if ((bits & 0xfff8) != 0) {
                        fragment = 2;
                        break;
                    }
                    fragment |= bits & 1;
                }
                l4 += length;
                size -= length;
            }
        }
        key[3] = (long) next << 56 | (long) trafficClass << 48;
        if (parse == Parse.OK) {
            parse = transport(buffer, l4, size, next, 58, fragment, key);
        }
        return state(fragment, parse, ttl);
    }

    static boolean isExtension(int header) {
        return header == 0 || header == 43 || header == 44 || header == 51 || header == 60;
    }

    static int extensionSize(int header, int lengthOctet) {
        return header == 44 ? 8 : header == 51 ? (lengthOctet + 2) * 4 : (lengthOctet + 1) * 8;
    }

    /** Adds ports (or ICMP type and code) and TCP flags; returns the parse class. */
    private static int transport(MemorySegment buffer, long at, int size, int protocol, int icmp, int fragment, long[] key) {
        int needed = protocol == 6 ? 20 : protocol == 17 ? 8 : protocol == 132 ? 12 : protocol == icmp ? 4 : 0;
        if (fragment == 2 || needed == 0) {
            return Parse.OK;
        }
        if (size < needed) {
            return Parse.L4_TRUNCATED;
        }
        if (protocol == icmp) {
            key[3] |= (long) u8(buffer, at) << 16 | u8(buffer, at + 1);
            return Parse.OK;
        }
        long flags = 0;
        if (protocol == 6) {
            int header = (u8(buffer, at + 12) >> 4) * 4;
            if (fragment == 0 && (header < 20 || header > size)) {
                return Parse.L4_BAD;
            }
            flags = u16(buffer, at + 12) & 0xfff;
        } else if (protocol == 17 && fragment == 0) {
            int length = u16(buffer, at + 4);
            if (length < 8 || length > size) {
                return Parse.L4_BAD;
            }
        }
        key[3] |= flags << 32 | u32(buffer, at);
        return Parse.OK;
    }

    /** RFC 826 for IPv4 over Ethernet. */
    private static int arp(MemorySegment buffer, long at, int room, long[] key) {
        if (room < ARP_SIZE) {
            return state(0, Parse.L3_TRUNCATED, 0);
        }
        int operation = u16(buffer, at + 6);
        if (u32(buffer, at) != 0x0001_0800 || u16(buffer, at + 4) != 0x0604 || operation == 0 || operation > 255) {
            return state(0, Parse.L3_BAD, 0);
        }
        key[3] = (long) operation << 56;
        key[5] = u48(buffer, at + 8);
        key[6] = u32(buffer, at + 14);
        key[7] = u48(buffer, at + 18);
        key[8] = u32(buffer, at + 24);
        return 0;
    }
}

package org.vnetwork.packet.wire;

import static org.vnetwork.packet.wire.Octets.u16;
import static org.vnetwork.packet.wire.Octets.u32;
import static org.vnetwork.packet.wire.Octets.u64;
import static org.vnetwork.packet.wire.Octets.u8;

import java.lang.foreign.MemorySegment;
import org.vnetwork.packet.Field;

/**
 * Rewrites a frame in its buffer: the addresses, the tags, the DSCP.
 *
 * <p>Stateless, allocates nothing, moves at most twelve octets. What the frame lacks is left alone, and that is no failure.
 */
public final class Rewriter {
    private Rewriter() {
    }

    /**
     * Sets one of the fields that {@code SetField} may name.
     *
     * @param l3 octets from the frame's start to its well-formed IP header, 0 when it has none; pushed tags count
     * @return false for a field that cannot be set
     */
    public static boolean set(Frame frame, Field field, long value, int l3) {
        switch (field) {
            case ETH_DST -> Octets.put48(frame.buffer, frame.offset, value);
            case ETH_SRC -> Octets.put48(frame.buffer, frame.offset + 6L, value);
            case VLAN_PCP -> setTag(frame, 0x1fff, (int) value << 13);
            case VLAN_VID -> setTag(frame, 0xf000, (int) value & 0xfff);
            case DSCP -> setDscp(frame, (int) value & 0x3f, l3);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Pushes a tag outermost; false when the frame has no room in front, and then nothing changed. */
    public static boolean push(Frame frame, int tpid, int tci) {
        if (frame.offset - frame.floor < KeyParser.TAG_SIZE) {
            return false;
        }
        moveAddresses(frame, -KeyParser.TAG_SIZE);
        Octets.put32(frame.buffer, frame.offset + 12L, (long) tpid << 16 | tci & 0xffff);
        return true;
    }

    /** Removes the outermost tag; false when there is none. */
    public static boolean pop(Frame frame) {
        if (!tagged(frame)) {
            return false;
        }
        moveAddresses(frame, KeyParser.TAG_SIZE);
        return true;
    }

    /** Whether a whole tag stands outermost. */
    public static boolean tagged(Frame frame) {
        return frame.size >= KeyParser.ETHERNET_SIZE + KeyParser.TAG_SIZE && EtherType.isTag(u16(frame.buffer, frame.offset + 12L));
    }

    private static void moveAddresses(Frame frame, int distance) {
        MemorySegment buffer = frame.buffer;
        long at = frame.offset;
        long first = u64(buffer, at);
        long second = u32(buffer, at + 8);
        Octets.put64(buffer, at + distance, first);
        Octets.put32(buffer, at + distance + 8, second);
        frame.offset += distance;
        frame.size -= distance;
        if (frame.checksumStart > 0) {
            frame.checksumStart -= distance;
        }
        if (frame.headerSize > 0) {
            frame.headerSize -= distance;
        }
    }

    private static void setTag(Frame frame, int kept, int bits) {
        if (tagged(frame)) {
            long at = frame.offset + 14L;
            Octets.put16(frame.buffer, at, u16(frame.buffer, at) & kept | bits);
        }
    }

    private static void setDscp(Frame frame, int dscp, int l3) {
        if (l3 == 0) {
            return;
        }
        MemorySegment buffer = frame.buffer;
        long at = frame.offset + (long) l3;
        int before = u16(buffer, at);
        if (before >> 12 == 6) {
            Octets.put16(buffer, at, before & 0xf03f | dscp << 6);
            return;
        }
        int after = before & 0xff03 | dscp << 2;
        Octets.put16(buffer, at, after);
        // RFC 1624 equation 3: HC' = ~(~HC + ~m + m').
        int sum = (~u16(buffer, at + 10) & 0xffff) + (~before & 0xffff) + after;
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        Octets.put16(buffer, at + 10, ~sum);
    }

    /** Octets from the frame's start to its IP header when that is well-formed, else 0; at most two tags are looked through. */
    static int findIp(Frame frame) {
        MemorySegment buffer = frame.buffer;
        int l3 = KeyParser.ETHERNET_SIZE;
        int etherType = u16(buffer, frame.offset + 12L);
        for (int tag = 0; tag < 2 && EtherType.isTag(etherType) && frame.size - l3 >= KeyParser.TAG_SIZE; tag++) {
            etherType = u16(buffer, frame.offset + l3 + 2L);
            l3 += KeyParser.TAG_SIZE;
        }
        long at = frame.offset + (long) l3;
        int room = frame.size - l3;
        if (etherType == EtherType.IPV4 && room >= 20) {
            int header = (u8(buffer, at) & 15) * 4;
            int total = u16(buffer, at + 2);
            return u8(buffer, at) >> 4 == 4 && header >= 20 && total >= header && total <= room ? l3 : 0;
        }
        if (etherType == EtherType.IPV6 && room >= 40) {
            int payload = u16(buffer, at + 4);
            return u8(buffer, at) >> 4 == 6 && (payload != 0 || u8(buffer, at + 6) != 0) && payload <= room - 40 ? l3 : 0;
        }
        return 0;
    }
}

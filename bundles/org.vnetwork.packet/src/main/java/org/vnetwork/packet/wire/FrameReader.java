package org.vnetwork.packet.wire;

import static org.vnetwork.packet.wire.Octets.u16;
import static org.vnetwork.packet.wire.Octets.u32;
import static org.vnetwork.packet.wire.Octets.u48;
import static org.vnetwork.packet.wire.Octets.u64;
import static org.vnetwork.packet.wire.Octets.u8;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.StringJoiner;
import org.vnetwork.model.Ip;
import org.vnetwork.model.Mac;

/** Describes a frame down to a number of layers; what it cannot know is right, its caller checks by building the text. */
final class FrameReader {
    /** Deepest description. */
    static final int LAYERS = 8;
    static final String TCP_FLAGS = "FSRPAUECN";
    static final String ND_FLAGS = "OSR";

    private final byte[] octets;
    private final MemorySegment segment;
    private final StringJoiner text = new StringJoiner(" ");
    private int layers;
    private int at;
    private int end;

    FrameReader(byte[] octets, int layers) {
        this.octets = octets;
        this.segment = MemorySegment.ofArray(octets);
        this.layers = layers - 1;
        this.end = octets.length;
    }

    /** The notation, or null where a layer that should be there does not fit. */
    String read() {
        int etherType = u16(segment, 12);
        at = 14;
        StringJoiner tags = new StringJoiner(" ");
        while (EtherType.isTag(etherType) && end - at >= 4 && layers > 0) {
            layers--;
            int tci = u16(segment, at);
            tags.add("vlan(vid=" + (tci & 0xfff) + (tci >> 13 != 0 ? ",pcp=" + (tci >> 13) : "") + ((tci & 0x1000) != 0 ? ",dei=true" : "")
                    + (etherType == EtherType.SERVICE_TAG ? ",service=true)" : ")"));
            etherType = u16(segment, at + 2);
            at += 4;
        }
        boolean known = layers > 0 && switch (etherType) {
            case EtherType.IPV4 -> end - at >= 20 && u8(segment, at) >> 4 == 4;
            case EtherType.IPV6 -> end - at >= 40 && u8(segment, at) >> 4 == 6;
            case EtherType.ARP -> end - at >= 28 && u48(segment, at) == 0x0001_0800_0604L;
            default -> false;
        };
        text.add("eth(src=" + Mac.format(u48(segment, 6)) + ",dst=" + Mac.format(u48(segment, 0))
                + (known || etherType == FrameText.ETHER_TYPE ? ")" : ",type=0x%04x)".formatted(etherType)));
        if (tags.length() > 0) {
            text.add(tags.toString());
        }
        if (!known) {
            content();
        } else if (etherType == EtherType.ARP) {
            arp();
        } else if (etherType == EtherType.IPV4) {
            ipv4();
        } else {
            ipv6();
        }
        trailer();
        return text.toString();
    }

    /** What stands from here to the end of the payload. */
    private void content() {
        byte[] rest = Arrays.copyOfRange(octets, Math.min(at, end), end);
        if (rest.length > 0) {
            text.add(Arrays.equals(rest, FrameWriter.pattern(rest.length)) ? "payload(" + rest.length + ")" : "hex(" + HexFormat.of().formatHex(rest) + ")");
        }
    }

    private void trailer() {
        byte[] rest = Arrays.copyOfRange(octets, end, octets.length);
        if (rest.length > 0) {
            text.add(Arrays.equals(rest, new byte[rest.length]) ? "pad(" + rest.length + ")" : "trailer(" + HexFormat.of().formatHex(rest) + ")");
        }
    }

    private void arp() {
        text.add("arp(op=" + u16(segment, at + 6) + ",sha=" + Mac.format(u48(segment, at + 8)) + ",spa=" + Ip.formatV4(u32(segment, at + 14))
                + ",tha=" + Mac.format(u48(segment, at + 18)) + ",tpa=" + Ip.formatV4(u32(segment, at + 24)) + ")");
        end = at + 28;
    }

    private void ipv4() {
        int header = Math.max(20, (u8(segment, at) & 15) * 4);
        int total = u16(segment, at + 2);
        StringJoiner keys = new StringJoiner(",", "ipv4(", ")");
        keys.add("src=" + Ip.formatV4(u32(segment, at + 12))).add("dst=" + Ip.formatV4(u32(segment, at + 16)));
        add(keys, "ttl", u8(segment, at + 8), 64);
        add(keys, "dscp", u8(segment, at + 1) >> 2, 0);
        add(keys, "ecn", u8(segment, at + 1) & 3, 0);
        add(keys, "id", u16(segment, at + 4), 0);
        int bits = u16(segment, at + 6);
        if ((bits & 0x4000) != 0) {
            keys.add("df=true");
        }
        boolean later = fragment(keys, bits & 0x1fff, (bits & 0x2000) != 0);
        if (header > 20 && header <= end - at) {
            keys.add("options=" + HexFormat.of().formatHex(octets, at + 20, at + header));
        }
        bound(keys, total, total);
        int sum = u16(segment, at + 10);
        transport(keys, at + header, u8(segment, at + 9), false, later, sum != sum(at, Math.min(header, octets.length - at)));
    }

    private void ipv6() {
        StringJoiner keys = new StringJoiner(",", "ipv6(", ")");
        keys.add("src=" + Ip.formatV6(u64(segment, at + 8), u64(segment, at + 16)));
        keys.add("dst=" + Ip.formatV6(u64(segment, at + 24), u64(segment, at + 32)));
        add(keys, "ttl", u8(segment, at + 7), 64);
        add(keys, "dscp", u16(segment, at) >> 6 & 63, 0);
        add(keys, "ecn", u16(segment, at) >> 4 & 3, 0);
        add(keys, "label", u32(segment, at) & 0xfffff, 0);
        int next = u8(segment, at + 6);
        int body = at + 40;
        boolean later = false;
        bound(keys, 40 + u16(segment, at + 4), u16(segment, at + 4));
        if (next == 44 && end - body >= 8) {
            int bits = u16(segment, body + 2);
            later = fragment(keys, bits >> 3, (bits & 1) != 0);
            add(keys, "id", u32(segment, body + 4), 0);
            next = u8(segment, body);
            body += 8;
        }
        transport(keys, body, next, true, later, false);
    }

    private static void add(StringJoiner keys, String key, long value, long preset) {
        if (value != preset) {
            keys.add(key + "=" + value);
        }
    }

    private static boolean fragment(StringJoiner keys, int offset, boolean more) {
        if (offset != 0) {
            keys.add("frag=later");
            add(keys, "offset", offset, 185);
        } else if (more) {
            keys.add("frag=first");
        }
        return offset != 0;
    }

    /** Ends the payload where the IP header says, or names the length that is not true. */
    private void bound(StringJoiner keys, int total, int shown) {
        if (total > end - at || total < 20) {
            keys.add("length=" + shown);
        } else {
            end = at + total;
        }
    }

    /** Closes the IP layer and reads what it carries. */
    private void transport(StringJoiner keys, int body, int protocol, boolean v6, boolean later, boolean wrongSum) {
        int ip = at;
        int checksum = wrongSum ? u16(segment, ip + 10) : -1;
        at = body;
        int next = protocol;
        StringJoiner extensions = new StringJoiner(" ");
        StringJoiner last = keys;
        while (v6 && !later && layers > 1 && (next == 0 || next == 43 || next == 51 || next == 60) && end - at >= 8) {
            int size = next == 51 ? (u8(segment, at + 1) + 2) * 4 : (u8(segment, at + 1) + 1) * 8;
            if (size > end - at) {
                break;
            }
            if (last != keys) {
                extensions.add(last.toString());
            }
            last = new StringJoiner(",", "ext(", ")").add("type=" + next).add("size=" + size);
            layers--;
            next = u8(segment, at);
            at += size;
        }
        int needed = next == 6 ? 20 : next == 17 ? 8 : next == (v6 ? 58 : 1) ? 4 : -1;
        boolean known = layers > 1 && !later && needed > 0 && end - at >= needed;
        if (!known && next != FrameText.PROTOCOL) {
            last.add("proto=" + next);
        }
        if (checksum >= 0) {
            keys.add("checksum=0x%04x".formatted(checksum));
        }
        text.add(keys.toString());
        if (last != keys) {
            extensions.add(last.toString());
            text.add(extensions.toString());
        }
        if (!known) {
            content();
        } else if (next == 6) {
            tcp(ip, v6);
        } else if (next == 17) {
            udp(ip, v6);
        } else {
            icmp(ip, v6);
        }
    }

    private void tcp(int ip, boolean v6) {
        int start = at;
        int header = (u8(segment, at + 12) >> 4) * 4;
        int flags = u16(segment, at + 12) & 0xfff;
        StringJoiner keys = new StringJoiner(",", "tcp(", ")").add("src=" + u16(segment, at)).add("dst=" + u16(segment, at + 2));
        keys.add("flags=" + (flags == 0 || flags > 0x1ff ? "0x%03x".formatted(flags) : letters(TCP_FLAGS, flags)));
        add(keys, "seq", u32(segment, at + 4), 0);
        add(keys, "ack", u32(segment, at + 8), 0);
        add(keys, "window", u16(segment, at + 14), 0xffff);
        add(keys, "urgent", u16(segment, at + 18), 0);
        if (header > 20 && header <= end - at) {
            keys.add("options=" + HexFormat.of().formatHex(octets, at + 20, at + header));
        }
        close(keys, ip, v6, start, 16, 6);
        at += Math.max(20, header);
        content();
    }

    private void udp(int ip, boolean v6) {
        StringJoiner keys = new StringJoiner(",", "udp(", ")").add("src=" + u16(segment, at)).add("dst=" + u16(segment, at + 2));
        add(keys, "length", u16(segment, at + 4), end - at);
        close(keys, ip, v6, at, 6, 17);
        at += 8;
        content();
    }

    static boolean isEcho(boolean v6, int type) {
        return v6 ? type == 128 || type == 129 : type == 8 || type == 0;
    }

    static boolean isNeighbour(boolean v6, int type) {
        return v6 && (type == 135 || type == 136);
    }

    private void icmp(int ip, boolean v6) {
        int start = at;
        int type = u8(segment, at);
        StringJoiner keys = new StringJoiner(",", v6 ? "icmpv6(" : "icmp(", ")").add("type=" + type).add("code=" + u8(segment, at + 1));
        at += 4;
        if (isEcho(v6, type) && end - at >= 4) {
            add(keys, "id", u16(segment, at), 1);
            add(keys, "seq", u16(segment, at + 2), 1);
            at += 4;
        } else if (isNeighbour(v6, type) && end - at >= 20) {
            keys.add("target=" + Ip.formatV6(u64(segment, at + 4), u64(segment, at + 12)));
            if (u8(segment, at) >> 5 != 0) {
                keys.add("flags=" + letters(ND_FLAGS, u8(segment, at) >> 5));
            }
            at += 20;
            if (end - at >= 8 && u16(segment, at) == (type == 135 ? 0x0101 : 0x0201)) {
                keys.add("lla=" + Mac.format(u48(segment, at + 2)));
                at += 8;
            }
        }
        close(keys, ip, v6, start, 2, v6 ? 58 : 1);
        content();
    }

    private static String letters(String alphabet, int bits) {
        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < alphabet.length(); i++) {
            if ((bits >> i & 1) != 0) {
                letters.append(alphabet.charAt(i));
            }
        }
        return letters.toString();
    }

    /** Adds the checksum when it is not the right one, and the layer to the text. */
    private void close(StringJoiner keys, int ip, boolean v6, int start, int where, int protocol) {
        long pseudo = protocol == 1 ? 0 : protocol + end - start;
        for (int i = ip + (v6 ? 8 : 12); protocol != 1 && i < ip + (v6 ? 40 : 20); i += 2) {
            pseudo += u16(segment, i);
        }
        int found = u16(segment, start + where);
        int right = fold(pseudo + total(start, end) - found);
        if (found != (protocol == 17 && right == 0 ? 0xffff : right)) {
            keys.add("checksum=0x%04x".formatted(found));
        }
        text.add(keys.toString());
    }

    /** The right checksum of an IPv4 header. */
    private int sum(int start, int size) {
        return fold(total(start, start + size) - u16(segment, start + 10));
    }

    private long total(int start, int stop) {
        long sum = 0;
        for (int i = start; i < stop; i++) {
            sum += (octets[i] & 0xffL) << ((i - start) % 2 == 0 ? 8 : 0);
        }
        return sum;
    }

    private static int fold(long total) {
        long sum = total;
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) ~sum & 0xffff;
    }
}

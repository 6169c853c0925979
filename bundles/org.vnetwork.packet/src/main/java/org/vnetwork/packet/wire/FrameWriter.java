package org.vnetwork.packet.wire;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.vnetwork.model.Refusal;

/** Builds the octets of described layers, from the last one inwards. */
final class FrameWriter {
    private static final Map<String, Integer> PROTOCOLS = Map.of("tcp", 6, "udp", 17, "icmp", 1, "icmpv6", 58);
    private static final List<String> LINK = List.of("eth", "vlan");
    private static final List<String> NETWORK = List.of("ipv4", "ipv6", "ext");
    private static final List<String> CONTENT = List.of("payload", "hex");
    private static final List<String> TRAILING = List.of("pad", "trailer", "cut");

    private final List<LayerText> layers;
    private byte[] octets = {};
    private MemorySegment segment;

    FrameWriter(List<LayerText> layers) {
        this.layers = layers;
    }

    byte[] build() {
        if (layers.isEmpty() || !layers.getFirst().name().equals("eth") && !(layers.size() == 1 && layers.getFirst().name().equals("hex"))) {
            throw Refusal.value("first layer", layers.isEmpty() ? "" : layers.getFirst().name(), "eth");
        }
        int trailing = layers.size();
        while (trailing > 0 && TRAILING.contains(layers.get(trailing - 1).name())) {
            trailing--;
        }
        for (int i = trailing - 1; i >= 0; i--) {
            checkOrder(i);
            build(i);
        }
        for (LayerText layer : layers.subList(trailing, layers.size())) {
            switch (layer.name()) {
                case "pad" -> octets = Arrays.copyOf(octets, octets.length + (int) layer.number("", 0, 0xffff));
                case "trailer" -> append(layer.octets(""));
                default -> octets = Arrays.copyOf(octets, (int) layer.number("", 0, octets.length));
            }
        }
        return octets;
    }

    private void checkOrder(int i) {
        if (i == 0) {
            return;
        }
        String name = layers.get(i).name();
        List<String> before = switch (name) {
            case "eth" -> List.of();
            case "vlan", "arp", "ipv4", "ipv6" -> LINK;
            case "icmp" -> List.of("ipv4");
            case "icmpv6", "ext" -> List.of("ipv6", "ext");
            case "tcp", "udp" -> NETWORK;
            case "payload", "hex" -> List.of("eth", "vlan", "ipv4", "ipv6", "ext", "tcp", "udp", "icmp", "icmpv6", "payload", "hex");
            default -> CONTENT;
        };
        String previous = layers.get(i - 1).name();
        if (TRAILING.contains(name) || !before.contains(previous)) {
            throw new Refusal(name + ": after " + previous + " (expected: "
                    + (TRAILING.contains(name) ? "last" : before.isEmpty() ? "first" : "after " + String.join(", ", before)) + ")");
        }
    }

    private void build(int i) {
        LayerText layer = layers.get(i);
        switch (layer.name()) {
            case "eth" -> ethernet(layer);
            case "vlan" -> tag(layer, i);
            case "arp" -> arp(layer);
            case "ipv4" -> ipv4(layer, i);
            case "ipv6" -> ipv6(layer, i);
            case "ext" -> extension(layer, i);
            case "tcp" -> tcp(layer, i);
            case "udp" -> udp(layer, i);
            case "icmp", "icmpv6" -> icmp(layer, i);
            case "payload" -> prepend(pattern((int) layer.number("", 0, 0xffff)));
            default -> prepend(layer.octets(""));
        }
    }

    static byte[] pattern(int size) {
        byte[] result = new byte[size];
        for (int i = 0; i < size; i++) {
            result[i] = (byte) i;
        }
        return result;
    }

    private void ethernet(LayerText layer) {
        prepend(new byte[14]);
        Octets.put48(segment, 0, layer.mac("dst", FrameText.DESTINATION));
        Octets.put48(segment, 6, layer.mac("src", FrameText.SOURCE));
        Octets.put16(segment, 12, etherType(0));
    }

    private void tag(LayerText layer, int i) {
        prepend(new byte[4]);
        Octets.put16(segment, 0, (int) (layer.number("pcp", 0, 7) << 13 | (layer.yes("dei") ? 0x1000 : 0) | layer.number("vid", 0, 4095)));
        Octets.put16(segment, 2, etherType(i));
    }

    /** The EtherType that the layer before {@code i + 1} names. */
    private int etherType(int i) {
        String next = i + 1 < layers.size() ? layers.get(i + 1).name() : "";
        if (next.equals("vlan")) {
            return layers.get(i + 1).yes("service") ? EtherType.SERVICE_TAG : EtherType.CUSTOMER_TAG;
        }
        int implied = switch (next) {
            case "arp" -> EtherType.ARP;
            case "ipv4" -> EtherType.IPV4;
            case "ipv6" -> EtherType.IPV6;
            default -> FrameText.ETHER_TYPE;
        };
        return (int) layers.getFirst().number("type", implied, 0xffff);
    }

    private int protocol(LayerText layer, int i) {
        LayerText next = i + 1 < layers.size() ? layers.get(i + 1) : new LayerText("", Map.of());
        long implied = next.name().equals("ext") ? next.number("type", 60, 255) : PROTOCOLS.getOrDefault(next.name(), FrameText.PROTOCOL);
        return (int) layer.number("proto", implied, 255);
    }

    private void arp(LayerText layer) {
        prepend(new byte[28]);
        Octets.put64(segment, 0, 0x0001_0800_0604_0000L | layer.number("op", 1, 0xffff));
        Octets.put48(segment, 8, layer.mac("sha", layers.getFirst().mac("src", FrameText.SOURCE)));
        Octets.put32(segment, 14, layer.v4("spa", 0x0a00_0001));
        Octets.put48(segment, 18, layer.mac("tha", 0));
        Octets.put32(segment, 24, layer.v4("tpa", 0x0a00_0002));
    }

    private void ipv4(LayerText layer, int i) {
        byte[] options = layer.octets("options");
        if (options.length % 4 != 0 || options.length > 40) {
            throw layer.refusal("options", "0 to 40 octets, a multiple of 4");
        }
        int header = 20 + options.length;
        prepend(options);
        prepend(new byte[20]);
        Octets.put8(segment, 0, 0x40 | header / 4);
        Octets.put8(segment, 1, (int) (layer.number("dscp", 0, 63) << 2 | layer.number("ecn", 0, 3)));
        Octets.put16(segment, 2, (int) layer.number("length", fits(layer, octets.length), 0xffff));
        Octets.put16(segment, 4, (int) layer.number("id", 0, 0xffff));
        String fragment = layer.oneOf("frag", "none", "none", "first", "later");
        int offset = fragment.equals("later") ? (int) layer.number("offset", 185, 0x1fff) : 0;
        Octets.put16(segment, 6, (layer.yes("df") ? 0x4000 : 0) | (fragment.equals("first") ? 0x2000 : 0) | offset);
        Octets.put8(segment, 8, (int) layer.number("ttl", 64, 255));
        Octets.put8(segment, 9, protocol(layer, i));
        Octets.put32(segment, 12, layer.v4("src", 0x0a00_0001));
        Octets.put32(segment, 16, layer.v4("dst", 0x0a00_0002));
        Octets.put16(segment, 10, (int) layer.number("checksum", checksum(0, header), 0xffff));
    }

    private void ipv6(LayerText layer, int i) {
        int next = protocol(layer, i);
        String fragment = layer.oneOf("frag", "none", "none", "first", "later");
        if (!fragment.equals("none")) {
            prepend(new byte[8]);
            Octets.put8(segment, 0, next);
            Octets.put16(segment, 2, fragment.equals("first") ? 1 : (int) layer.number("offset", 185, 0x1fff) << 3);
            Octets.put32(segment, 4, layer.number("id", 0, 0xffff_ffffL));
            next = 44;
        }
        int size = octets.length;
        prepend(new byte[40]);
        Octets.put32(segment, 0, 0x6000_0000L | layer.number("dscp", 0, 63) << 22 | layer.number("ecn", 0, 3) << 20 | layer.number("label", 0, 0xfffff));
        Octets.put16(segment, 4, (int) layer.number("length", fits(layer, size), 0xffff));
        Octets.put8(segment, 6, next);
        Octets.put8(segment, 7, (int) layer.number("ttl", 64, 255));
        long[][] addresses = addresses(layer);
        for (int half = 0; half < 4; half++) {
            Octets.put64(segment, 8 + 8L * half, addresses[half / 2][half % 2]);
        }
    }

    private static long[][] addresses(LayerText ip) {
        return new long[][] {ip.v6("src", 0x2001_0db8_0000_0000L, 1), ip.v6("dst", 0x2001_0db8_0000_0000L, 2)};
    }

    private static int fits(LayerText layer, int size) {
        if (size > 0xffff && !layer.has("length")) {
            throw Refusal.value(layer.name() + " length", size, "at most 65535; shorten the payload");
        }
        return size;
    }

    private void extension(LayerText layer, int i) {
        int type = Integer.parseInt(layer.oneOf("type", "60", "0", "43", "51", "60"));
        int size = (int) layer.number("size", 8, 2048);
        if (size < 8 || size % (type == 51 ? 4 : 8) != 0 || type == 51 && size > 1028) {
            throw layer.refusal("size", "8..2048, a multiple of 8 (type 51: 8..1028, of 4)");
        }
        int next = protocol(layer, i);
        prepend(new byte[size]);
        Octets.put8(segment, 0, next);
        Octets.put8(segment, 1, type == 51 ? size / 4 - 2 : size / 8 - 1);
        if ((type == 0 || type == 60) && size <= 256) {
            // One PadN option fills it (RFC 8200 section 4.2).
            Octets.put16(segment, 2, 0x0100 | size - 4);
        }
    }

    private void tcp(LayerText layer, int i) {
        byte[] options = layer.octets("options");
        if (options.length % 4 != 0 || options.length > 40) {
            throw layer.refusal("options", "0 to 40 octets, a multiple of 4");
        }
        prepend(options);
        prepend(new byte[20]);
        Octets.put16(segment, 0, (int) layer.number("src", 1000, 0xffff));
        Octets.put16(segment, 2, (int) layer.number("dst", 80, 0xffff));
        Octets.put32(segment, 4, layer.number("seq", 0, 0xffff_ffffL));
        Octets.put32(segment, 8, layer.number("ack", 0, 0xffff_ffffL));
        Octets.put16(segment, 12, (20 + options.length) / 4 << 12 | layer.letters("flags", FrameReader.TCP_FLAGS, "S", 0xfff));
        Octets.put16(segment, 14, (int) layer.number("window", 0xffff, 0xffff));
        Octets.put16(segment, 18, (int) layer.number("urgent", 0, 0xffff));
        Octets.put16(segment, 16, (int) layer.number("checksum", checksum(pseudoHeader(i, 6), octets.length), 0xffff));
    }

    private void udp(LayerText layer, int i) {
        prepend(new byte[8]);
        Octets.put16(segment, 0, (int) layer.number("src", 1000, 0xffff));
        Octets.put16(segment, 2, (int) layer.number("dst", 2000, 0xffff));
        Octets.put16(segment, 4, (int) layer.number("length", fits(layer, octets.length), 0xffff));
        int sum = checksum(pseudoHeader(i, 17), octets.length);
        // RFC 768: a computed 0 is sent as all ones, since 0 means none.
        Octets.put16(segment, 6, (int) layer.number("checksum", sum == 0 ? 0xffff : sum, 0xffff));
    }

    private void icmp(LayerText layer, int i) {
        boolean v6 = layer.name().equals("icmpv6");
        int type = (int) layer.number("type", v6 ? 128 : 8, 255);
        if (FrameReader.isNeighbour(v6, type)) {
            long[] target = layer.v6("target", 0x2001_0db8_0000_0000L, 2);
            if (layer.has("lla")) {
                prepend(new byte[8]);
                Octets.put16(segment, 0, type == 135 ? 0x0101 : 0x0201);
                Octets.put48(segment, 2, layer.mac("lla", 0));
            }
            prepend(new byte[20]);
            Octets.put32(segment, 0, (long) layer.letters("flags", FrameReader.ND_FLAGS, "", 7) << 29);
            Octets.put64(segment, 4, target[0]);
            Octets.put64(segment, 12, target[1]);
        } else if (FrameReader.isEcho(v6, type)) {
            prepend(new byte[4]);
            Octets.put16(segment, 0, (int) layer.number("id", 1, 0xffff));
            Octets.put16(segment, 2, (int) layer.number("seq", 1, 0xffff));
        }
        prepend(new byte[4]);
        Octets.put8(segment, 0, type);
        Octets.put8(segment, 1, (int) layer.number("code", 0, 255));
        Octets.put16(segment, 2, (int) layer.number("checksum", checksum(v6 ? pseudoHeader(i, 58) : 0, octets.length), 0xffff));
    }

    /** Sum of the pseudo header (RFC 9293 section 3.1, RFC 8200 section 8.1) of the IP layer below layer {@code i}. */
    private long pseudoHeader(int i, int protocol) {
        int below = i - 1;
        while (layers.get(below).name().equals("ext")) {
            below--;
        }
        LayerText ip = layers.get(below);
        long sum = protocol + octets.length;
        if (ip.name().equals("ipv4")) {
            long source = ip.v4("src", 0x0a00_0001);
            long destination = ip.v4("dst", 0x0a00_0002);
            return sum + (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff);
        }
        for (long[] address : addresses(ip)) {
            for (long half : address) {
                sum += (half >>> 48) + (half >>> 32 & 0xffff) + (half >>> 16 & 0xffff) + (half & 0xffff);
            }
        }
        return sum;
    }

    /** Internet checksum (RFC 1071) of the first octets and what was summed before. */
    private int checksum(long before, int size) {
        long sum = before;
        for (int at = 0; at < size; at++) {
            sum += (octets[at] & 0xffL) << (at % 2 == 0 ? 8 : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) ~sum & 0xffff;
    }

    private void prepend(byte[] header) {
        byte[] joined = Arrays.copyOf(header, header.length + octets.length);
        System.arraycopy(octets, 0, joined, header.length, octets.length);
        octets = joined;
        segment = MemorySegment.ofArray(octets);
    }

    private void append(byte[] more) {
        int size = octets.length;
        octets = Arrays.copyOf(octets, size + more.length);
        System.arraycopy(more, 0, octets, size, more.length);
    }
}

package org.vnetwork.packet.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.vnetwork.model.Ip;
import org.vnetwork.model.Mac;
import org.vnetwork.model.Refusal;

/**
 * One layer of the frame notation, read but not yet built: {@code ipv4(src=10.0.0.1,ttl=1)}.
 *
 * @param name of the layer
 * @param values by key; the one of {@code payload(18)} has the key ""
 */
record LayerText(String name, Map<String, String> values) {
    private static final Map<String, List<String>> KEYS = Map.ofEntries(
            Map.entry("eth", List.of("src", "dst", "type")),
            Map.entry("vlan", List.of("vid", "pcp", "dei", "service")),
            Map.entry("arp", List.of("op", "sha", "spa", "tha", "tpa")),
            Map.entry("ipv4", List.of("src", "dst", "ttl", "dscp", "ecn", "id", "df", "frag", "offset", "proto", "options", "length", "checksum")),
            Map.entry("ipv6", List.of("src", "dst", "ttl", "dscp", "ecn", "label", "id", "frag", "offset", "proto", "length")),
            Map.entry("ext", List.of("type", "size", "proto")),
            Map.entry("tcp", List.of("src", "dst", "flags", "seq", "ack", "window", "urgent", "options", "checksum")),
            Map.entry("udp", List.of("src", "dst", "length", "checksum")),
            Map.entry("icmp", List.of("type", "code", "id", "seq", "checksum")),
            Map.entry("icmpv6", List.of("type", "code", "id", "seq", "target", "flags", "lla", "checksum")),
            Map.entry("payload", List.of("")), Map.entry("hex", List.of("")),
            Map.entry("pad", List.of("")), Map.entry("trailer", List.of("")), Map.entry("cut", List.of("")));
    private static final Pattern LAYER = Pattern.compile("\\s*([A-Za-z0-9]+)(?:\\(([^()]*)\\))?(?=\\s|$)");

    /** Splits a line into its layers and checks their names and keys. */
    static List<LayerText> parse(String text) {
        List<LayerText> layers = new ArrayList<>();
        String line = text.strip();
        Matcher matcher = LAYER.matcher(line);
        int at = 0;
        while (at < line.length()) {
            if (!matcher.find(at) || matcher.start() != at) {
                throw Refusal.value("frame", line.substring(at).strip(), "layers as in eth(src=02:00:00:00:00:01) ipv4(dst=10.0.0.2)");
            }
            layers.add(layer(matcher.group(1), matcher.group(2) == null ? "" : matcher.group(2)));
            at = matcher.end();
        }
        return layers;
    }

    private static LayerText layer(String name, String arguments) {
        List<String> keys = KEYS.get(name);
        if (keys == null) {
            throw Refusal.value("layer", name, String.join(", ", KEYS.keySet().stream().sorted().toList()));
        }
        Map<String, String> values = new HashMap<>();
        if (keys.equals(List.of(""))) {
            values.put("", arguments.replaceAll("\\s", ""));
            return new LayerText(name, values);
        }
        for (String argument : arguments.isBlank() ? new String[0] : arguments.split(",", -1)) {
            int equals = argument.indexOf('=');
            String key = (equals < 0 ? argument : argument.substring(0, equals)).strip();
            if (equals < 0 || !keys.contains(key)) {
                throw Refusal.value(name + " key", key, String.join("=, ", keys) + "=");
            }
            if (values.put(key, argument.substring(equals + 1).strip()) != null) {
                throw Refusal.value(name + " " + key, "twice", "once");
            }
        }
        return new LayerText(name, values);
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /** A decimal or 0x number from 0 to {@code most}. */
    long number(String key, long preset, long most) {
        String text = values.get(key);
        if (text == null) {
            return preset;
        }
        try {
            long value = Long.decode(text.matches("0\\d+") ? text.replaceFirst("^0+(?=.)", "") : text);
            if (value >= 0 && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Falls through to the one refusal below.
        }
        throw refusal(key, "0.." + most);
    }

    boolean yes(String key) {
        return "true".equals(oneOf(key, "false", "true", "false"));
    }

    String oneOf(String key, String preset, String... words) {
        String text = values.getOrDefault(key, preset);
        if (!Arrays.asList(words).contains(text)) {
            throw refusal(key, String.join(", ", words));
        }
        return text;
    }

    long mac(String key, long preset) {
        try {
            return has(key) ? Mac.parse(values.get(key)) : preset;
        } catch (Refusal e) {
            throw refusal(key, "six octets as in 02:00:00:00:00:01");
        }
    }

    long v4(String key, long preset) {
        try {
            return has(key) ? Ip.parseV4(values.get(key)) : preset;
        } catch (Refusal e) {
            throw refusal(key, "four octets as in 10.0.0.1");
        }
    }

    long[] v6(String key, long... preset) {
        try {
            return has(key) ? Ip.parseV6(values.get(key)) : preset;
        } catch (Refusal e) {
            throw refusal(key, "an IPv6 address as in 2001:db8::1");
        }
    }

    byte[] octets(String key) {
        try {
            return HexFormat.of().parseHex(values.getOrDefault(key, ""));
        } catch (IllegalArgumentException e) {
            throw refusal(key, "hexadecimal octets as in 00ff10");
        }
    }

    /** Bits named by letters, lowest first, or a 0x number. */
    int letters(String key, String alphabet, String preset, int most) {
        String text = values.getOrDefault(key, preset);
        if (text.startsWith("0x")) {
            return (int) number(key, 0, most);
        }
        int bits = 0;
        for (char letter : text.toCharArray()) {
            int bit = alphabet.indexOf(letter);
            if (bit < 0) {
                throw refusal(key, "letters of " + alphabet + ", or a number as in 0x012");
            }
            bits |= 1 << bit;
        }
        return bits;
    }

    Refusal refusal(String key, String expected) {
        return Refusal.value(key.isEmpty() ? name : name + " " + key, values.get(key), expected);
    }
}

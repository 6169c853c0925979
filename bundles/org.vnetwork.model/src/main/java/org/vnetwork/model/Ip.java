package org.vnetwork.model;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** IP addresses as integers: IPv4 in the low 32 bits of a {@code long}, IPv6 in two of them, high half first. */
public final class Ip {
    private Ip() {
    }

    /**
     * Reads dotted IPv4 text.
     *
     * @throws Refusal for any other form
     */
    public static long parseV4(String text) {
        String[] octets = text.split("\\.", -1);
        long address = 0;
        for (String octet : octets) {
            if (octets.length != 4 || octet.isEmpty() || octet.length() > 3 || !octet.chars().allMatch(Character::isDigit) || Integer.parseInt(octet) > 255) {
                throw Refusal.value("IPv4 address", text, "four octets as in 10.0.0.1");
            }
            address = address << 8 | Integer.parseInt(octet);
        }
        return address;
    }

    /**
     * Reads IPv6 text (RFC 4291 section 2.2) into {high, low}.
     *
     * @throws Refusal for any other form
     */
    public static long[] parseV6(String text) {
        try {
            // NB: a name without a colon would be looked up in DNS, so it is refused before it gets there.
            byte[] bytes = text.contains(":") && !text.contains("%") ? InetAddress.getByName(text).getAddress() : new byte[0];
            if (bytes.length == 16) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                return new long[] {buffer.getLong(), buffer.getLong()};
            }
        } catch (UnknownHostException e) {
            // Falls through to the one refusal below.
        }
        throw Refusal.value("IPv6 address", text, "text as in 2001:db8::1");
    }

    /** Dotted text of the low 32 bits. */
    public static String formatV4(long address) {
        return (address >> 24 & 0xff) + "." + (address >> 16 & 0xff) + "." + (address >> 8 & 0xff) + "." + (address & 0xff);
    }

    /** Shortest text of an IPv6 address (RFC 5952). */
    public static String formatV6(long high, long low) {
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (int) ((i < 4 ? high : low) >>> 48 - 16 * (i % 4)) & 0xffff;
        }
        int start = -1;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int run = 0;
            while (i + run < 8 && groups[i + run] == 0) {
                run++;
            }
            if (run > length) {
                start = i;
                length = run;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}

package org.vnetwork.model;

/** MAC addresses as {@code long}: 48 bits, the first octet most significant (IEEE 802-2014 clause 8). */
public final class Mac {
    /** FF-FF-FF-FF-FF-FF. */
    public static final long BROADCAST = 0xffff_ffff_ffffL;
    private static final long GROUP_BIT = 0x0100_0000_0000L;

    private Mac() {
    }

    /** Whether the I/G bit is set: a multicast or the broadcast address. */
    public static boolean isGroup(long mac) {
        return (mac & GROUP_BIT) != 0;
    }

    /** Whether it is one of 01-80-C2-00-00-00 to -0F, which a bridge never forwards (IEEE 802.1Q-2022 table 8-1). */
    public static boolean isReservedGroup(long mac) {
        return (mac & ~0xfL) == 0x0180_c200_0000L;
    }

    /**
     * Reads six hexadecimal octets separated by {@code :} or {@code -}.
     *
     * @throws Refusal for any other form
     */
    public static long parse(String text) {
        String[] octets = text.split("[:-]", -1);
        if (octets.length != 6) {
            throw malformed(text);
        }
        long mac = 0;
        for (String octet : octets) {
            if (octet.isEmpty() || octet.length() > 2 || !octet.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
                throw malformed(text);
            }
            mac = mac << 8 | Integer.parseInt(octet, 16);
        }
        return mac;
    }

    /** Lower-case octets separated by colons. */
    public static String format(long mac) {
        StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            text.append(Character.forDigit((int) (mac >> shift + 4) & 0xf, 16)).append(Character.forDigit((int) (mac >> shift) & 0xf, 16));
            if (shift > 0) {
                text.append(':');
            }
        }
        return text.toString();
    }

    private static Refusal malformed(String text) {
        return Refusal.value("MAC address", text, "six octets as in 02:00:00:00:00:01");
    }
}

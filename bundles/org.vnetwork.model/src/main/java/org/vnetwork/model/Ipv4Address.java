package org.vnetwork.model;

/**
 * An IPv4 address in a key or row; tables show and take it as {@code 10.0.0.1}.
 *
 * @param value the low 32 bits, as {@link Ip} and packets have it
 */
public record Ipv4Address(long value) implements Comparable<Ipv4Address> {
    public Ipv4Address {
        if (value >>> 32 != 0) {
            throw Refusal.value("IPv4 address", "0x" + Long.toHexString(value), "32 bits");
        }
    }

    /**
     * Reads dotted text.
     *
     * @throws Refusal for any other form
     */
    public static Ipv4Address parse(String text) {
        return new Ipv4Address(Ip.parseV4(text));
    }

    @Override
    public int compareTo(Ipv4Address other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Ip.formatV4(value);
    }
}

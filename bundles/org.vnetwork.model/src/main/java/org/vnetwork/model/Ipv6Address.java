package org.vnetwork.model;

/**
 * An IPv6 address in a key or row; tables show and take it as {@code 2001:db8::1}.
 *
 * @param high the first 64 bits, as {@link Ip} and packets have them
 * @param low the last 64 bits
 */
public record Ipv6Address(long high, long low) implements Comparable<Ipv6Address> {
    /**
     * Reads the text of RFC 4291 section 2.2.
     *
     * @throws Refusal for any other form
     */
    public static Ipv6Address parse(String text) {
        long[] halves = Ip.parseV6(text);
        return new Ipv6Address(halves[0], halves[1]);
    }

    @Override
    public int compareTo(Ipv6Address other) {
        int order = Long.compareUnsigned(high, other.high);
        return order != 0 ? order : Long.compareUnsigned(low, other.low);
    }

    @Override
    public String toString() {
        return Ip.formatV6(high, low);
    }
}

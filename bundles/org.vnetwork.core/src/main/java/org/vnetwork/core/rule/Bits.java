package org.vnetwork.core.rule;

import org.vnetwork.table.Match;

/**
 * 128 bits, ordered as an unsigned number; narrower fields use the low half.
 */
record Bits(long high, long low) implements Comparable<Bits> {
    static Bits value(Match.Part part) {
        return new Bits(part.valueHigh() & part.maskHigh(), part.value() & part.mask());
    }

    static Bits mask(Match.Part part) {
        return new Bits(part.maskHigh(), part.mask());
    }

    Bits and(Bits other) {
        return new Bits(high & other.high, low & other.low);
    }

    /** Leading bits that both have in common, 0..128. */
    int commonPrefix(Bits other) {
        return high != other.high ? Long.numberOfLeadingZeros(high ^ other.high) : 64 + Long.numberOfLeadingZeros(low ^ other.low);
    }

    /** The first {@code count} bits set, 0..128. */
    static Bits prefix(int count) {
        return new Bits(leading(Math.min(count, 64)), leading(Math.max(count - 64, 0)));
    }

    private static long leading(int count) {
        return count == 0 ? 0 : -1L << 64 - count;
    }

    @Override
    public int compareTo(Bits other) {
        int order = Long.compareUnsigned(high, other.high);
        return order != 0 ? order : Long.compareUnsigned(low, other.low);
    }
}

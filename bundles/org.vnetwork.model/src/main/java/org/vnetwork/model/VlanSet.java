package org.vnetwork.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A set of VLANs, kept as ranges: as small for all VLANs as for one.
 *
 * @param ranges ascending; two never overlap or touch
 */
public record VlanSet(List<Range> ranges) {
    /** The largest VLAN id; 0 and 4095 are reserved (IEEE 802.1Q-2022 table 9-2). */
    public static final int LAST = 4094;
    /** No VLAN. */
    public static final VlanSet NONE = new VlanSet(List.of());
    /** 1..4094. */
    public static final VlanSet ALL = new VlanSet(List.of(new Range(1, LAST)));
    private static final String ALL_TEXT = "all";

    /**
     * VLANs that follow each other.
     *
     * @param first 1..4094
     * @param last first..4094
     */
    public record Range(int first, int last) {
        public Range {
            check(first);
            check(last);
            if (first > last) {
                throw Refusal.value("vlan", first + "-" + last, "low-high");
            }
        }

        @Override
        public String toString() {
            return switch (last - first) {
                case 0 -> String.valueOf(first);
                case 1 -> first + "," + last;
                default -> first + "-" + last;
            };
        }
    }

    /** Puts the ranges in order and joins those that overlap or touch. */
    public VlanSet {
        List<Range> joined = new ArrayList<>();
        for (Range range : ranges.stream().sorted(Comparator.comparingInt(Range::first)).toList()) {
            Range before = joined.isEmpty() ? null : joined.getLast();
            if (before != null && range.first() <= before.last() + 1) {
                joined.set(joined.size() - 1, new Range(before.first(), Math.max(before.last(), range.last())));
            } else {
                joined.add(range);
            }
        }
        ranges = List.copyOf(joined);
    }

    /** A set of single VLANs, in any order; one may be there twice. */
    public static VlanSet of(Collection<Integer> vlans) {
        return new VlanSet(vlans.stream().map(v -> new Range(v, v)).toList());
    }

    /**
     * Reads {@code 10,20-30} or {@code all}.
     *
     * @throws Refusal that names the part which is wrong
     */
    public static VlanSet parse(String text) {
        if (text.strip().equals(ALL_TEXT)) {
            return ALL;
        }
        List<Range> ranges = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            ranges.add(range(part.strip()));
        }
        return new VlanSet(ranges);
    }

    private static Range range(String part) {
        if (part.matches("[0-9]{1,9}")) {
            int vlan = Integer.parseInt(part);
            return new Range(vlan, vlan);
        }
        if (part.matches("[0-9]{1,9}-[0-9]{1,9}")) {
            int dash = part.indexOf('-');
            return new Range(Integer.parseInt(part.substring(0, dash)), Integer.parseInt(part.substring(dash + 1)));
        }
        throw Refusal.value("vlan", part, part.indexOf('-', 1) > 0 ? "low-high" : "1..4094, low-high, or all alone");
    }

    /** The VLAN id itself; refused outside 1..4094. */
    static int check(int vlan) {
        if (vlan < 1 || vlan > LAST) {
            throw Refusal.value("vlan", vlan, "1.." + LAST);
        }
        return vlan;
    }

    /** Whether a VLAN is in the set. */
    public boolean contains(int vlan) {
        int low = 0;
        int high = ranges.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Range range = ranges.get(middle);
            if (vlan < range.first()) {
                high = middle - 1;
            } else if (vlan > range.last()) {
                low = middle + 1;
            } else {
                return true;
            }
        }
        return false;
    }

    /** The set with one VLAN more. */
    public VlanSet with(int vlan) {
        List<Range> more = new ArrayList<>(ranges);
        more.add(new Range(vlan, vlan));
        return new VlanSet(more);
    }

    /** Whether no VLAN is in it. */
    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** The VLANs, ascending. */
    public IntStream stream() {
        return ranges.stream().flatMapToInt(r -> IntStream.rangeClosed(r.first(), r.last()));
    }

    /** As {@link #parse} reads it; empty for no VLAN. */
    @Override
    public String toString() {
        return equals(ALL) ? ALL_TEXT : ranges.stream().map(Range::toString).collect(Collectors.joining(","));
    }
}

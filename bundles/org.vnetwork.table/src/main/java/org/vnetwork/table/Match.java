package org.vnetwork.table;

import java.util.List;
import org.vnetwork.packet.Field;

/**
 * What a rule asks of a packet: every part must hold; no parts match every packet.
 *
 * @param parts compared in order, so that the wide ones should come first
 */
public record Match(List<Part> parts) {
    /** Matches every packet. */
    public static final Match ANY = new Match(List.of());

    public Match {
        parts = List.copyOf(parts);
    }

    /**
     * A comparison of the bits of one field under a mask; for fields up to 64 bits the high halves are 0.
     */
    public record Part(Field field, long valueHigh, long value, long maskHigh, long mask) {
    }

    /** This match and a field that equals a value (low 64 bits). */
    public Match and(Field field, long value) {
        return and(field, value, field.bits());
    }

    /** This match and a field that equals a value under a mask (low 64 bits). */
    public Match and(Field field, long value, long mask) {
        List<Part> more = new java.util.ArrayList<>(parts);
        more.add(new Part(field, 0, value & mask, 0, mask));
        return new Match(more);
    }
}

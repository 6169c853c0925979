package org.vnetwork.packet;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A frame during one decision; whatever is read is recorded.
 *
 * <p>The bits read become the match mask of the flow that the decision is installed as. An accessor also records the parse
 * path that leads to its field: a TCP port records EtherType, protocol and fragment bits. A field that an earlier action of
 * this decision set reads as set and records nothing, a part of an inner tag until that tag is taken off. A field that the frame does not have reads as 0.
 *
 * <p>Given to a plugin for one call, on the switch's loop; not to be kept.
 */
@ProviderType
public interface Packet {
    /** Id of the port that the frame came in by. */
    int ingress();

    /** The VLAN that the port stage classified the frame to, 1..4094. */
    int vlan();

    /** Reads a field: its value, or the low 64 bits of it. */
    long get(Field field);

    /** Reads the high 64 bits of a 128-bit field; 0 for narrower ones. */
    long high(Field field);

    /** Whether the field's bits under {@code mask} equal those of {@code value}; records only these bits (low 64 bits). */
    boolean matches(Field field, long value, long mask);

    /** As {@link #matches(Field, long, long)} for all 128 bits. */
    boolean matches(Field field, long valueHigh, long valueLow, long maskHigh, long maskLow);

    /** Whether the frame has this part, well-formed. */
    boolean has(Layer layer);

    /** Hashes fields to 32 well-mixed bits, the same on every run; records the fields. */
    int hash(int seed, Field... fields);

    /** The whole frame, tags included, read-only, as received; makes the flow an inspect flow, since no driver matches content. */
    MemorySegment frame();

    /** Has every further frame of this flow decided here too. */
    void uncacheable();

    /** Destination MAC. */
    default long destination() {
        return get(Field.ETH_DST);
    }

    /** Source MAC. */
    default long source() {
        return get(Field.ETH_SRC);
    }

    /** EtherType after tags. */
    default int etherType() {
        return (int) get(Field.ETHER_TYPE);
    }
}

package org.vnetwork.datapath;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.FlowKey;

/**
 * What a driver's flow table can match, do and hold.
 *
 * @param matchable key bits that a mask may have
 * @param settable fields that a decision may set, neither more nor fewer than those that {@code Actions.set} accepts: some become a {@code SetField}, parts of tags a {@code PopTag} and
 *        a {@code PushTag}
 * @param features kinds of action beyond those that every driver has
 * @param flows most flows at one time; ids are 0 to one less
 * @param masksPerPort most different masks of flows of one ingress port
 */
public record Capabilities(long[] matchable, Set<Field> settable, Set<Feature> features, int flows, int masksPerPort) {
    /** Fields that a driver of this version can set, when it can set them all. The VLAN's own id is not among them: the port stages put it on. */
    public static final Set<Field> SETTABLE = Collections.unmodifiableSet(EnumSet.of(Field.ETH_SRC, Field.ETH_DST, Field.VLAN_PCP, Field.VLAN_DEI, Field.INNER_VID, Field.INNER_PCP,
            Field.INNER_DEI, Field.DSCP, Field.IP_SRC, Field.IP_DST, Field.L4_SRC, Field.L4_DST));
    /** All that a driver may have beyond outputs, drops and fields. */
    public static final Set<Feature> FEATURES = Collections.unmodifiableSet(EnumSet.allOf(Feature.class));

    /** Something that a flow's actions may need. */
    public enum Feature {
        /** {@code PushTag} and {@code PopTag} of 0x88a8. */
        SERVICE_TAGS,
        /** {@code Meter}. */
        METER,
        /** {@code Count}. */
        COUNT
    }

    /** Of a driver that can do all. */
    public static Capabilities all(int flows, int masksPerPort) {
        return new Capabilities(wholeKey(), SETTABLE, FEATURES, flows, masksPerPort);
    }

    /** The bits of every field that has a place in the key. */
    public static long[] wholeKey() {
        long[] mask = new long[FlowKey.WORDS];
        for (Field field : Field.values()) {
            if (field.inKey()) {
                FlowKey.add(mask, field);
            }
        }
        return mask;
    }
}

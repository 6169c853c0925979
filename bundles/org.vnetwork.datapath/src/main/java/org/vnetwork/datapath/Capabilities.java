package org.vnetwork.datapath;

import java.util.Set;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.FlowKey;

/**
 * What a driver's flow table can match, set and hold.
 *
 * @param matchable key bits that a mask may have
 * @param settable fields that {@code SetField} may name
 * @param flows most flows at one time; ids are 0 to one less
 * @param masksPerPort most different masks of flows of one ingress port
 */
public record Capabilities(long[] matchable, Set<Field> settable, int flows, int masksPerPort) {
    /** Fields that every driver of this version sets. */
    public static final Set<Field> SETTABLE = Set.of(Field.ETH_SRC, Field.ETH_DST, Field.VLAN_PCP, Field.VLAN_VID, Field.DSCP);

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

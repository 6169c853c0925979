package org.vnetwork.core.port;

import java.util.List;
import org.vnetwork.model.PortId;
import org.vnetwork.model.PortVlan;
import org.vnetwork.table.DataType;

/**
 * The ports that carry a VLAN, and how its frames leave by them: all that a flood needs to know of ports without filters.
 *
 * <p>It is kept beside {@link PortRow} so that a flood to a thousand ports reads one row, and so that a port that comes concerns the floods of its own VLANs alone.
 *
 * @param alike ports without filters; those of one element have their frames leave alike
 * @param filtered ports with filters, ascending; their rows say the rest
 */
@DataType("member/1")
public record Members(List<Alike> alike, List<PortId> filtered) {
    /** No port. */
    static final Members NONE = new Members(List.of(), List.of());

    /**
     * Ports by which the VLAN's frames leave alike.
     *
     * @param vlan what each port is, as far as this VLAN is concerned
     * @param ports ascending
     */
    public record Alike(PortVlan vlan, List<PortId> ports) {
    }

    boolean isEmpty() {
        return alike.isEmpty() && filtered.isEmpty();
    }
}

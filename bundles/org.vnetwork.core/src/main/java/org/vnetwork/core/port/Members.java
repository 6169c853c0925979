package org.vnetwork.core.port;

import java.util.List;
import org.vnetwork.model.PortId;
import org.vnetwork.table.DataType;

/**
 * The ports that carry a VLAN, ascending; kept beside {@link PortRow} so that a flood depends on its own VLAN alone.
 */
@DataType("member/1")
public record Members(List<PortId> ports) {
}

package org.vnetwork.core.port;

import java.util.List;
import org.vnetwork.model.PortVlan;
import org.vnetwork.table.DataType;

/**
 * Attributes of a port, by PortId; decisions depend on them as on any row.
 *
 * @param name of the port
 * @param vlan membership
 * @param filters by slot
 */
@DataType("port/1")
public record PortRow(String name, PortVlan vlan, List<PortFilter> filters) {
}

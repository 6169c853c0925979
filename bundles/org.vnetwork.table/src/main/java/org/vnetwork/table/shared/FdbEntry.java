package org.vnetwork.table.shared;

import org.vnetwork.model.PortId;
import org.vnetwork.table.DataType;

/**
 * Where a station is: a row of the filtering database, data type {@code fdb/1} (IEEE 802.1Q-2022 clause 8.8).
 *
 * @param port the port behind which it was seen or placed
 * @param fixed true for an entry that an administrator placed: it does not move or age
 */
@DataType("fdb/1")
public record FdbEntry(PortId port, boolean fixed) {
}

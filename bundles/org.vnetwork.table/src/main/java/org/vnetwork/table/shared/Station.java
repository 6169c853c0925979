package org.vnetwork.table.shared;

import org.vnetwork.model.Mac;
import org.vnetwork.model.PortVlan;
import org.vnetwork.model.Refusal;

/**
 * A MAC address in a VLAN: the key of {@link FdbEntry} rows.
 *
 * @param vlan 1..4094
 * @param mac 48 bits, the first octet most significant
 */
public record Station(int vlan, long mac) {
    public Station {
        PortVlan.check(vlan);
        if (mac >>> 48 != 0) {
            throw Refusal.value("MAC address", Long.toHexString(mac), "48 bits");
        }
    }

    @Override
    public String toString() {
        return "vlan " + vlan + " " + Mac.format(mac);
    }
}

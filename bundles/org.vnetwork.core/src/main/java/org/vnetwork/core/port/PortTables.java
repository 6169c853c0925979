package org.vnetwork.core.port;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.vnetwork.core.row.Tables;
import org.vnetwork.model.PortId;
import org.vnetwork.model.PortVlan;
import org.vnetwork.model.VlanSet;
import org.vnetwork.table.Table;

/** Writes the port rows and keeps the member rows in step. Loop thread only. */
public final class PortTables {
    private final Table<PortId, PortRow> ports;
    private final Table<Vlan, Members> members;

    /** Tables of one switch. */
    public PortTables(Tables tables) {
        ports = tables.view(PortId.class, PortRow.class);
        members = tables.view(Vlan.class, Members.class);
        Tables.behind(ports).setAdministered();
        Tables.behind(members).setAdministered();
    }

    /** The row of a port, or null. */
    public PortRow get(int port) {
        return port < 1 || port >= PortId.LIMIT ? null : ports.get(new PortId(port));
    }

    /** Whether there is such a port and frames of the VLAN may leave by it, as an output or as a mirrored copy. */
    public boolean carries(int port, int vlan) {
        PortRow row = get(port);
        return row != null && (row.vlan().mirror() || row.vlan().carries(vlan));
    }

    /** The ports that carry a VLAN, ascending. */
    public List<PortId> members(int vlan) {
        Members row = members.get(new Vlan(vlan));
        return row == null ? List.of() : row.ports();
    }

    /** Puts a port's row. */
    public void put(PortId port, PortRow row) {
        PortRow before = ports.get(port);
        ports.put(port, row);
        update(port, before == null ? VlanSet.NONE : vlans(before.vlan()), vlans(row.vlan()));
    }

    /** Removes a port's row. */
    public void remove(PortId port) {
        PortRow before = ports.get(port);
        if (before != null) {
            ports.remove(port);
            update(port, vlans(before.vlan()), VlanSet.NONE);
        }
    }

    private static VlanSet vlans(PortVlan vlan) {
        return vlan.trunk() ? vlan.allowed() : VlanSet.of(List.of(vlan.untagged()));
    }

    private void update(PortId port, VlanSet before, VlanSet after) {
        before.stream().filter(left -> !after.contains(left)).forEach(left -> leave(port, left));
        after.stream().filter(joined -> !before.contains(joined)).forEach(joined -> join(port, joined));
    }

    private void leave(PortId port, int vlan) {
        List<PortId> others = new ArrayList<>(members(vlan));
        others.remove(port);
        if (others.isEmpty()) {
            members.remove(new Vlan(vlan));
        } else {
            members.put(new Vlan(vlan), new Members(List.copyOf(others)));
        }
    }

    private void join(PortId port, int vlan) {
        List<PortId> all = new ArrayList<>(members(vlan));
        int place = Collections.binarySearch(all, port);
        if (place < 0) {
            all.add(-place - 1, port);
            members.put(new Vlan(vlan), new Members(List.copyOf(all)));
        }
    }
}

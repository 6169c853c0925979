package org.vnetwork.core.port;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.vnetwork.core.row.Tables;
import org.vnetwork.model.PortId;
import org.vnetwork.model.PortVlan;
import org.vnetwork.model.VlanSet;
import org.vnetwork.table.Table;
import org.vnetwork.table.shared.PortLink;

/** Writes the port rows and keeps the member rows in step. Loop thread only. */
public final class PortTables {
    private final Table<PortId, PortRow> ports;
    private final Table<Vlan, Members> members;
    private final Table<Slot, FilterRow> filters;
    private final Table<PortId, PortLink> links;

    /** Tables of one switch. */
    public PortTables(Tables tables) {
        ports = tables.view(PortId.class, PortRow.class);
        members = tables.view(Vlan.class, Members.class);
        filters = tables.view(Slot.class, FilterRow.class);
        links = tables.view(PortId.class, PortLink.class);
        Tables.behind(filters).setConfigured();
        Tables.behind(ports).setConfigured();
        Tables.behind(members).setConfigured();
        Tables.behind(links).setConfigured();
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

    /** The filter at work in a slot, or null. */
    public FilterRow filter(int port, int slot) {
        return filters.get(new Slot(new PortId(port), slot));
    }

    /** Says which filter is at work in a slot; nothing when it is known already. */
    public void present(int port, int slot, FilterRow filter) {
        filters.put(new Slot(new PortId(port), slot), filter);
    }

    /** Says that no filter is at work in a slot. */
    public void absent(int port, int slot) {
        filters.remove(new Slot(new PortId(port), slot));
    }

    /** Puts a port's row. */
    public void put(PortId port, PortRow row) {
        PortRow before = ports.get(port);
        ports.put(port, row);
        update(port, before == null ? VlanSet.NONE : vlans(before.vlan()), vlans(row.vlan()));
    }

    /** A port's filters are others now, by the same names. */
    public void mayDeny(PortId port) {
        Tables.behind(ports).mayDeny(port);
    }

    /** Whether the row of a port's link says that it is up. */
    public boolean isUp(PortId port) {
        PortLink link = links.get(port);
        return link != null && link.up();
    }

    /** Puts the row of a port's link. */
    public void putLink(PortId port, boolean up) {
        links.put(port, new PortLink(up));
    }

    /** Removes a port's rows. */
    public void remove(PortId port) {
        links.remove(port);
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

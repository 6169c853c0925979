package org.vnetwork.core.port;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
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
    private final Tables tables;

    /** Tables of one switch. */
    public PortTables(Tables tables) {
        this.tables = tables;
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

    /** The ports that carry a VLAN. */
    public Members members(int vlan) {
        Members row = members.get(new Vlan(vlan));
        return row == null ? Members.NONE : row;
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
        update(port, before, row);
    }

    /** A port's filters are others now, by the same names. */
    public void mayDeny(PortId port) {
        tables.mayDeny(ports, port);
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
            update(port, before, null);
        }
    }

    private static VlanSet vlans(PortRow row) {
        return row == null ? VlanSet.NONE : row.vlan().trunk() ? row.vlan().allowed() : VlanSet.of(List.of(row.vlan().untagged()));
    }

    /** Brings the member rows in step with a port's row; null: there is none. */
    private void update(PortId port, PortRow before, PortRow after) {
        VlanSet now = vlans(after);
        vlans(before).stream().filter(vlan -> !now.contains(vlan)).forEach(vlan -> put(vlan, without(port, vlan)));
        now.stream().filter(vlan -> before == null || !before.vlan().carries(vlan) || before.filters().isEmpty() != after.filters().isEmpty() || !leaving(before, vlan).equals(leaving(after, vlan)))
                .forEach(vlan -> put(vlan, with(port, after, vlan)));
    }

    private void put(int vlan, Members row) {
        if (row.isEmpty()) {
            members.remove(new Vlan(vlan));
        } else {
            members.put(new Vlan(vlan), row);
        }
    }

    /** What a port is as far as one VLAN is concerned: ports that are equal in this have its frames leave alike. */
    private static PortVlan leaving(PortRow row, int vlan) {
        if (!row.vlan().trunk()) {
            return PortVlan.access(vlan);
        }
        PortVlan alone = PortVlan.trunk(VlanSet.of(List.of(vlan)), row.vlan().untagged() == vlan ? vlan : 0);
        return row.vlan().service() ? alone.withServiceTags() : alone;
    }

    private Members without(PortId port, int vlan) {
        Members row = members(vlan);
        List<Members.Alike> alike = row.alike().stream().map(a -> new Members.Alike(a.vlan(), without(port, a.ports()))).filter(a -> !a.ports().isEmpty()).toList();
        return new Members(alike, without(port, row.filtered()));
    }

    private Members with(PortId port, PortRow row, int vlan) {
        Members others = without(port, vlan);
        if (!row.filters().isEmpty()) {
            return new Members(others.alike(), with(port, others.filtered()));
        }
        PortVlan leaving = leaving(row, vlan);
        List<Members.Alike> alike = new ArrayList<>();
        List<PortId> same = List.of();
        for (Members.Alike other : others.alike()) {
            if (other.vlan().equals(leaving)) {
                same = other.ports();
            } else {
                alike.add(other);
            }
        }
        alike.add(new Members.Alike(leaving, with(port, same)));
        alike.sort(Comparator.comparing(a -> a.ports().getFirst().value()));
        return new Members(List.copyOf(alike), others.filtered());
    }

    /** Ascending ports without one. */
    public static List<PortId> without(PortId port, List<PortId> ports) {
        int place = Collections.binarySearch(ports, port);
        if (place < 0) {
            return ports;
        }
        List<PortId> others = new ArrayList<>(ports);
        others.remove(place);
        return Collections.unmodifiableList(others);
    }

    private static List<PortId> with(PortId port, List<PortId> ports) {
        List<PortId> all = new ArrayList<>(ports);
        all.add(-Collections.binarySearch(ports, port) - 1, port);
        return Collections.unmodifiableList(all);
    }
}

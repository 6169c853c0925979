package org.vnetwork.control;

import java.util.List;
import org.vnetwork.model.Name;
import org.vnetwork.model.PortId;
import org.vnetwork.model.PortVlan;
import org.vnetwork.model.Refusal;

/**
 * Configuration of one port.
 *
 * @param id as in {@link PortId}; kept for the port's life
 * @param name unique in its switch
 * @param attachment kind of attachment: {@code netdev}, {@code tap}, {@code sim}
 * @param device the device's name; the port's own name for {@code sim}
 * @param vlan membership and tagging
 * @param filters by ascending slot, slots unique
 */
public record PortDocument(int id, String name, String attachment, String device, PortVlan vlan, List<FilterDocument> filters) {
    /** Slots of a port are 1 to this. */
    public static final int SLOTS = 16;

    public PortDocument {
        new PortId(id);
        Name.check("port", name);
        if (device == null || device.isEmpty() || device.length() > 31 || device.chars().anyMatch(c -> c <= ' ' || c == '/')) {
            throw Refusal.value(attachment, device == null ? "" : device, "the name of a network device, at most 15 characters");
        }
        filters = filters.stream().sorted(java.util.Comparator.comparingInt(FilterDocument::slot)).toList();
        Unique.check("slot of port " + name, filters.stream().map(f -> String.valueOf(f.slot())).toList());
    }

    /** This port in other VLANs. */
    public PortDocument withVlan(PortVlan other) {
        return new PortDocument(id, name, attachment, device, other, filters);
    }

    /** This port with other filters. */
    public PortDocument withFilters(List<FilterDocument> others) {
        return new PortDocument(id, name, attachment, device, vlan, others);
    }
}

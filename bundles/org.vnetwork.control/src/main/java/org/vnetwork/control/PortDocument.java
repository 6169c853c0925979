package org.vnetwork.control;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.vnetwork.model.Name;
import org.vnetwork.model.PortId;
import org.vnetwork.model.PortVlan;
import org.vnetwork.model.Refusal;

/**
 * Configuration of one port.
 *
 * @param id as in {@link PortId}; kept for the port's life
 * @param name unique in its switch
 * @param attachment kind of attachment: {@code netdev}, {@code tap}, {@code sim}, {@code dgram}, {@code stream}, {@code stream-to}
 * @param device the device's name; the port's own name for {@code sim}; for a socket its addresses, with a blank between two
 * @param vlan membership and tagging
 * @param filters by ascending slot, slots unique
 */
public record PortDocument(int id, String name, String attachment, String device, PortVlan vlan, List<FilterDocument> filters) {
    /** Slots of a port are 1 to this. */
    public static final int SLOTS = 16;
    private static final Set<String> DEVICES = Set.of("netdev", "tap", "sim");
    private static final Pattern ADDRESS = Pattern.compile("[^\\s\\p{Cntrl}]+");
    private static final Pattern TWO_ADDRESSES = Pattern.compile(ADDRESS + " " + ADDRESS);

    public PortDocument {
        new PortId(id);
        Name.check("port", name);
        checkDevice(attachment, device == null ? "" : device);
        filters = filters.stream().sorted(java.util.Comparator.comparingInt(FilterDocument::slot)).toList();
        Unique.check("slot of port " + name, filters.stream().map(f -> String.valueOf(f.slot())).toList());
    }

    /** Whether ports of a kind are devices; others are sockets. */
    static boolean isDevice(String attachment) {
        return DEVICES.contains(attachment);
    }

    /** What an address may be the driver knows. */
    private static void checkDevice(String attachment, String device) {
        if (isDevice(attachment)) {
            if (device.isEmpty() || device.length() > 31 || device.chars().anyMatch(c -> c <= ' ' || c == '/')) {
                throw Refusal.value(attachment, device, "the name of a network device, at most 15 characters");
            }
        } else if (device.length() > 255 || !(attachment.equals("dgram") ? TWO_ADDRESSES : ADDRESS).matcher(device).matches()) {
            throw Refusal.value(attachment, device, (attachment.equals("dgram") ? "two addresses" : "an address") + " without blanks, at most 255 characters");
        }
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

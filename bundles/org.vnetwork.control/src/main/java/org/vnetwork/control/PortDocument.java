package org.vnetwork.control;

import java.util.List;
import java.util.Map;
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
 * @param attachment kind of attachment: {@code netdev}, {@code tap}, {@code sim}, {@code dgram}, {@code stream}, {@code stream-to},
 *     {@code udp-multicast}, {@code vxlan}
 * @param device the device's name; the port's own name for {@code sim}; for a socket its addresses, with a blank between two; {@code GROUP:PORT [local ADDRESS]};
 *     {@code REMOTE vni N [local ADDRESS]}
 * @param vlan membership and tagging
 * @param filters by ascending slot, slots unique
 * @param options of the device
 */
public record PortDocument(int id, String name, String attachment, String device, PortVlan vlan, List<FilterDocument> filters, DeviceOptions options) {
    /** Slots of a port are 1 to this. */
    public static final int SLOTS = 16;
    private static final Set<String> DEVICES = Set.of("netdev", "tap", "sim");
    private static final Pattern ADDRESS = Pattern.compile("[^\\s\\p{Cntrl}]+");
    private static final Map<String, Pattern> FORMS = Map.of("dgram", Pattern.compile(ADDRESS + " " + ADDRESS), "udp-multicast", Pattern.compile(ADDRESS + "( local " + ADDRESS + ")?"),
            "vxlan", Pattern.compile(ADDRESS + " vni " + ADDRESS + "( local " + ADDRESS + ")?"));
    private static final int LAST_VNI = (1 << 24) - 1;

    public PortDocument {
        new PortId(id);
        Name.check("port", name);
        checkDevice(attachment, device == null ? "" : device);
        filters = filters.stream().sorted(java.util.Comparator.comparingInt(FilterDocument::slot)).toList();
        Unique.check("slot of port " + name, filters.stream().map(f -> String.valueOf(f.slot())).toList());
        options.check(attachment);
    }

    /** A port whose device is used as usual. */
    public PortDocument(int id, String name, String attachment, String device, PortVlan vlan, List<FilterDocument> filters) {
        this(id, name, attachment, device, vlan, filters, DeviceOptions.PRESET);
    }

    /** Whether ports of a kind are devices; others are sockets. */
    static boolean isDevice(String attachment) {
        return DEVICES.contains(attachment);
    }

    /** What an address may be the driver knows. */
    private static void checkDevice(String attachment, String device) {
        if (isDevice(attachment)) {
            if (device.isEmpty() || device.length() > 31 || device.chars().anyMatch(c -> c == ' ' || c == '/' || Character.isISOControl(c))) {
                throw Refusal.value(attachment, device, "the name of a network device, at most 15 characters");
            }
        } else if (device.length() > 255 || !FORMS.getOrDefault(attachment, ADDRESS).matcher(device).matches()) {
            throw Refusal.value(attachment, device, (attachment.equals("dgram") ? "two addresses" : "an address") + " without blanks, at most 255 characters");
        }
        if (attachment.equals("vxlan")) {
            checkVni(device.split(" ")[2]);
        }
    }

    private static void checkVni(String vni) {
        if (!vni.matches("\\d{1,8}") || Integer.parseInt(vni) > LAST_VNI) {
            throw Refusal.value("vni", vni, "0.." + LAST_VNI);
        }
    }

    /** This port in other VLANs. */
    public PortDocument withVlan(PortVlan other) {
        return new PortDocument(id, name, attachment, device, other, filters, options);
    }

    /** This port with other filters. */
    public PortDocument withFilters(List<FilterDocument> others) {
        return new PortDocument(id, name, attachment, device, vlan, others, options);
    }

    /** This port with its device used otherwise. */
    public PortDocument withOptions(DeviceOptions others) {
        return new PortDocument(id, name, attachment, device, vlan, filters, others);
    }
}

package org.vnetwork.core.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.PluginDocument;
import org.vnetwork.core.gate.Guest;
import org.vnetwork.core.port.FilterRow;
import org.vnetwork.core.port.PortTables;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.model.PortId;
import org.vnetwork.model.Refusal;

/** The filters at work at the ports of one switch, by port and slot. Loop thread only, but for {@link #open}. */
final class ActiveFilters {
    private final ActivePlugins plugins;
    private final PortTables ports;
    private final Map<Integer, Map<Integer, Opened<PacketFilter>>> filters = new HashMap<>();
    /** By port and slot; read by any thread. */
    private final Map<List<Integer>, CutOff> cutOff = new ConcurrentHashMap<>();

    ActiveFilters(ActivePlugins plugins, PortTables ports) {
        this.plugins = plugins;
        this.ports = ports;
    }

    /**
     * Filters that were opened for a port and are not at work yet.
     *
     * @param bySlot those that opened
     * @param refused why the first one did not that did not open; null when all did
     */
    record Prepared(Map<Integer, Opened<PacketFilter>> bySlot, Refusal refused) {
        /** Lets go of those that were not put to work; any thread but the loop's. */
        void discard() {
            bySlot.values().stream().filter(opened -> opened.context().isStaged()).forEach(Opened::discard);
        }
    }

    Opened<PacketFilter> get(int port, int slot) {
        return filters.getOrDefault(port, Map.of()).get(slot);
    }

    /** All filters at work. */
    Stream<Guest> guests() {
        return filters.values().stream().flatMap(slots -> slots.values().stream()).map(Opened::guest);
    }

    /** One of the filters at work of a role, or null. */
    Guest guest(String role) {
        return guests().filter(guest -> guest.role().equals(role)).findFirst().orElse(null);
    }

    /** The wanted filters of a port that must be opened: those that are installed, not at work, and not cut off. */
    List<FilterDocument> missing(int port, List<FilterDocument> wanted, Function<PluginDocument, Plugin<PacketFilter>> installed) {
        List<FilterDocument> missing = new ArrayList<>();
        for (FilterDocument want : wanted) {
            Plugin<PacketFilter> plugin = installed.apply(want.filter());
            Opened<PacketFilter> there = get(port, want.slot());
            CutOff kept = cutOff.get(List.of(port, want.slot()));
            boolean barred = kept != null && kept.plugin() == plugin;
            if (plugin != null && !barred && (there == null || there.plugin() != plugin)) {
                missing.add(want);
            }
        }
        return missing;
    }

    /** Opens filters, each on a thread of its own; the first that does not open is in the answer. Any thread but the loop's. */
    Prepared open(List<FilterDocument> missing, Function<PluginDocument, Plugin<PacketFilter>> installed) {
        Map<Integer, Opened<PacketFilter>> bySlot = new HashMap<>();
        Refusal refused = null;
        for (FilterDocument want : missing) {
            Plugin<PacketFilter> plugin = installed.apply(want.filter());
            try {
                Opened<PacketFilter> opened = plugin == null ? null : plugins.openFilter(want.filter().name(), plugin);
                if (opened != null) {
                    bySlot.put(want.slot(), opened);
                }
            } catch (Throwable e) {
                refused = new Refusal("filter: " + want.filter() + " did not open (" + (e instanceof Refusal ? e.getMessage() : e) + ")", e);
            }
        }
        return new Prepared(bySlot, refused);
    }

    /** Puts the prepared filters of a port to work beside those that are wanted and at work; the others are closed afterwards, and filters that are not installed stay away. */
    void use(int port, List<FilterDocument> wanted, Prepared prepared, Function<PluginDocument, Plugin<PacketFilter>> installed) {
        Map<Integer, Opened<PacketFilter>> before = filters.getOrDefault(port, Map.of());
        Map<Integer, Opened<PacketFilter>> next = new HashMap<>();
        for (FilterDocument want : wanted) {
            Opened<PacketFilter> there = before.get(want.slot());
            Opened<PacketFilter> fresh = prepared.bySlot().get(want.slot());
            boolean stays = there != null && there.plugin() == installed.apply(want.filter());
            if (fresh != null || stays) {
                next.put(want.slot(), fresh != null ? fresh : there);
            }
        }
        List<Opened<PacketFilter>> begun = new ArrayList<>();
        try {
            for (Opened<PacketFilter> opened : prepared.bySlot().values()) {
                opened.begin();
                begun.add(opened);
            }
        } catch (Throwable e) {
            begun.forEach(plugins::leave);
            throw e;
        }
        exchange(port, next);
    }

    /** Closes all filters of a port afterwards. */
    void leave(int port) {
        exchange(port, Map.of());
        pardon(port);
    }

    private void exchange(int port, Map<Integer, Opened<PacketFilter>> next) {
        Map<Integer, Opened<PacketFilter>> before = filters.getOrDefault(port, Map.of());
        if (next.isEmpty()) {
            filters.remove(port);
        } else {
            filters.put(port, next);
        }
        next.forEach((slot, opened) -> ports.present(port, slot, new FilterRow(opened.plugin().name(), opened.plugin().bundle(), opened.plugin().version().toString())));
        before.keySet().stream().filter(slot -> !next.containsKey(slot)).forEach(slot -> ports.absent(port, slot));
        if (before.entrySet().stream().anyMatch(was -> next.getOrDefault(was.getKey(), was.getValue()) != was.getValue())) {
            // Another bundle of the same name and version says the same in its row.
            ports.mayDeny(new PortId(port));
        }
        before.values().stream().filter(opened -> !next.containsValue(opened)).forEach(plugins::leave);
    }

    /** Takes a filter out of its slot for a reason; false when it stands in none. */
    boolean cutOff(Guest guest, String why) {
        for (Map.Entry<Integer, Map<Integer, Opened<PacketFilter>>> port : filters.entrySet()) {
            for (Map.Entry<Integer, Opened<PacketFilter>> slot : port.getValue().entrySet()) {
                if (slot.getValue().guest() == guest) {
                    Map<Integer, Opened<PacketFilter>> next = new HashMap<>(port.getValue());
                    Opened<PacketFilter> gone = next.remove(slot.getKey());
                    cutOff.put(List.of(port.getKey(), slot.getKey()), new CutOff(gone.plugin(), why));
                    replaceWithout(port.getKey(), next, slot.getKey());
                    gone.end();
                    return true;
                }
            }
        }
        return false;
    }

    private void replaceWithout(int port, Map<Integer, Opened<PacketFilter>> next, int slot) {
        if (next.isEmpty()) {
            filters.remove(port);
        } else {
            filters.put(port, next);
        }
        ports.absent(port, slot);
    }

    /** Gives cut-off filters of a port another chance. */
    void pardon(int port) {
        cutOff.keySet().removeIf(place -> place.getFirst() == port);
    }

    /** Why the filter of a slot is kept away, or null. Any thread. */
    CutOff cutOff(int port, int slot) {
        return cutOff.get(List.of(port, slot));
    }

    /** What a view says behind the name of a filter: nothing when it is at work. */
    String state(int port, FilterDocument slot, Function<PluginDocument, Plugin<PacketFilter>> installed) {
        if (get(port, slot.slot()) != null) {
            return "";
        }
        CutOff kept = cutOff(port, slot.slot());
        return kept != null ? " (" + kept.state() + ")" : installed.apply(slot.filter()) == null ? " (not installed)" : " (did not open)";
    }

    /** The filters at work, by port and slot. */
    Map<List<Integer>, Plugin<PacketFilter>> plugins() {
        Map<List<Integer>, Plugin<PacketFilter>> all = new HashMap<>();
        filters.forEach((port, slots) -> slots.forEach((slot, opened) -> all.put(List.of(port, slot), opened.plugin())));
        return all;
    }

    /** Has all closed. */
    void leaveAll() {
        filters.values().forEach(slots -> slots.values().forEach(plugins::leave));
        filters.clear();
    }
}

package org.vnetwork.core.host;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.HostDocument;
import org.vnetwork.control.PluginDocument;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.control.TrialDocument;

/**
 * Where a configuration names an engine or a filter: a switch, or a slot of one of its ports.
 *
 * @param switchName of the switch
 * @param port empty for the engine of the switch
 * @param slot of the port; 0 for an engine
 */
record Place(String switchName, String port, int slot) {
    /** What a place holds, and what comes back unless that is confirmed. */
    record Holds(PluginDocument plugin, Optional<TrialDocument> trial) {
    }

    private static Place of(SwitchDocument s) {
        return new Place(s.name(), "", 0);
    }

    boolean isEngine() {
        return port.isEmpty();
    }

    /** {@code engine} or {@code filter}. */
    String kind() {
        return isEngine() ? "engine" : "filter";
    }

    /** What events about it are about. */
    String subject() {
        return isEngine() ? "switch " + switchName : "port " + port + " of switch " + switchName;
    }

    /** A configuration in which each place holds what a function makes of what it held. */
    static HostDocument map(HostDocument document, BiFunction<Place, Holds, Holds> change) {
        return new HostDocument(document.switches().stream().map(s -> {
            Holds engine = change.apply(of(s), new Holds(s.engine(), s.trial()));
            return s.withEngine(engine.plugin(), engine.trial()).withPorts(s.ports().stream().map(p -> map(s, p, change)).toList());
        }).toList());
    }

    private static PortDocument map(SwitchDocument s, PortDocument p, BiFunction<Place, Holds, Holds> change) {
        return p.filters().isEmpty() ? p : p.withFilters(p.filters().stream().map(f -> map(new Place(s.name(), p.name(), f.slot()), f, change)).toList());
    }

    private static FilterDocument map(Place place, FilterDocument f, BiFunction<Place, Holds, Holds> change) {
        Holds filter = change.apply(place, new Holds(f.filter(), f.trial()));
        return f.withFilter(filter.plugin(), filter.trial());
    }

    /** What each place of a configuration holds. */
    static Map<Place, Holds> all(HostDocument document) {
        Map<Place, Holds> all = new LinkedHashMap<>();
        map(document, (place, holds) -> {
            all.put(place, holds);
            return holds;
        });
        return all;
    }

    /** Those that hold a plugin, of a kind. */
    static List<Place> of(HostDocument document, String kind, PluginDocument plugin) {
        return all(document).entrySet().stream().filter(e -> e.getKey().kind().equals(kind) && e.getValue().plugin().equals(plugin)).map(Map.Entry::getKey).toList();
    }

    /** As lists show it: {@code sw1}, {@code sw1/web1}. */
    String user() {
        return isEngine() ? switchName : switchName + "/" + port;
    }
}

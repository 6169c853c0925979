package org.vnetwork.core.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.vnetwork.control.HostDocument;
import org.vnetwork.control.PluginDocument;
import org.vnetwork.control.PluginView;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.core.run.Plugin;
import org.vnetwork.core.run.VirtualSwitch;
import org.vnetwork.engine.ForwardingEngine;

/** What there is to see of the engines and filters that are installed, or that the configuration names. Any thread. */
final class PluginViews {
    private final Switches switches;
    private final HostDocument document;

    PluginViews(Switches switches, HostDocument document) {
        this.switches = switches;
        this.document = document;
    }

    List<PluginView> engines() {
        return views("engine", switches.installed().engines().all());
    }

    List<PluginView> filters() {
        return views("filter", switches.installed().filters().all());
    }

    private List<PluginView> views(String kind, List<? extends Plugin<?>> installed) {
        List<PluginView> views = new ArrayList<>();
        for (Plugin<?> plugin : installed) {
            List<String> users = users(kind, plugin.document(), plugin);
            boolean waits = Trials.in(document).stream().anyMatch(t -> t.place().kind().equals(kind) && t.tried().equals(plugin.document()));
            views.add(new PluginView(plugin.name(), plugin.version().toString(), plugin.bundle(),
                    state(waits, users), users));
        }
        List<PluginDocument> there = installed.stream().map(Plugin::document).toList();
        Place.all(document).entrySet().stream().filter(e -> e.getKey().kind().equals(kind)).map(e -> e.getValue().plugin()).distinct().filter(p -> !there.contains(p))
                .map(p -> new PluginView(p.name(), p.version(), p.feature(), PluginView.NOT_INSTALLED, users(kind, p, null))).forEach(views::add);
        views.addAll(switches.installed().refused().views(kind));
        return views;
    }

    private static String state(boolean waits, List<String> users) {
        if (waits) {
            return PluginView.CONFIRMING;
        }
        boolean cutOff = !users.isEmpty() && users.stream().allMatch(user -> user.endsWith(" (cut off)"));
        return cutOff ? PluginView.CUT_OFF : users.isEmpty() ? PluginView.STANDBY : PluginView.IN_USE;
    }

    /** Whether what a place is to have was cut off there. */
    private boolean cutOff(Place place) {
        return switches.find(place.switchName()).map(VirtualSwitch::cutOffs).flatMap(cutOffs -> place.isEngine() ? cutOffs.engine()
                : document.find(place.switchName()).map(s -> s.portsByName().get(place.port())).flatMap(port -> cutOffs.filter(port.id(), place.slot()))).isPresent();
    }

    /** Switches and ports that are to have a plugin, and switches where it decides in the place of another one. */
    private List<String> users(String kind, PluginDocument named, Plugin<?> plugin) {
        List<String> users = new ArrayList<>();
        for (Map.Entry<Place, Place.Holds> each : Place.all(document).entrySet()) {
            Place place = each.getKey();
            boolean decides = place.isEngine() && plugin != null && plugin == switches.find(place.switchName()).map(VirtualSwitch::engine).orElse(null);
            if (place.kind().equals(kind) && (decides || each.getValue().plugin().equals(named)) && !users.contains(place.user()) && !users.contains(place.user() + " (cut off)")) {
                users.add(place.user() + (each.getValue().plugin().equals(named) && cutOff(place) ? " (cut off)" : ""));
            }
        }
        return users;
    }

    /** What a list of switches says of an engine: which one decides, and why it is not the configured one, or not for good yet. */
    static String engine(VirtualSwitch home, SwitchDocument document) {
        Plugin<ForwardingEngine> used = home.engine();
        String why = home.cutOffs().engine().orElse("not installed");
        if (used == null) {
            return document.engine() + " (" + why + ", fails closed)";
        }
        if (!used.document().equals(document.engine())) {
            return used.document() + " (" + document.engine() + (why.equals("not installed") ? " is " : " ") + why + ", fails open)";
        }
        return used.document() + (document.trial().isPresent() ? " (confirming)" : "");
    }
}

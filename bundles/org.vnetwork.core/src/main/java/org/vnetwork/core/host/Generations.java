package org.vnetwork.core.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.vnetwork.control.HostDocument;
import org.vnetwork.control.PluginDocument;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.control.TrialDocument;
import org.vnetwork.core.run.VirtualSwitch;
import org.vnetwork.model.Refusal;

/** Which generation of an engine or a filter each place of a configuration has. It changes by a command, or when the one that it has is gone for good; never because another one came. */
final class Generations {
    private final Switches switches;

    Generations(Switches switches) {
        this.switches = switches;
    }

    private Offers<?> offers(Place place) {
        return place.isEngine() ? switches.installed().engines() : switches.installed().filters();
    }

    /**
     * What an edit made, with the newest generation where it left open which.
     *
     * @throws Refusal when one is not installed, or a place has it already
     */
    HostDocument bound(HostDocument before, HostDocument after) {
        Map<Place, Place.Holds> held = Place.all(before);
        return Place.map(after, (place, holds) -> {
            Place.Holds was = held.get(place);
            if (holds.plugin().isBound() || holds.equals(was)) {
                return holds;
            }
            PluginDocument bound = offers(place).bind(holds.plugin());
            if (was != null && was.plugin().equals(bound)) {
                if (isCutOff(place, before)) {
                    return was;
                }
                throw Refusal.value(place.kind(), bound + " is in use", "another name or version", place.kind() + ":list shows them");
            }
            return new Place.Holds(bound, holds.trial());
        });
    }

    /** Whether what a place has was cut off there. */
    private boolean isCutOff(Place place, HostDocument document) {
        return switches.find(place.switchName()).flatMap(home -> place.isEngine() ? home.cutOffs().engine()
                : document.find(place.switchName()).map(s -> s.portsByName().get(place.port())).flatMap(port -> home.cutOffs().filter(port.id(), place.slot()))).isPresent();
    }

    /** Gives what an edit named again another chance, where that was cut off; a line each. */
    List<String> triedAgain(HostDocument before, HostDocument edited) {
        Map<Place, Place.Holds> held = Place.all(before);
        List<String> lines = new ArrayList<>();
        Place.all(edited).forEach((place, holds) -> {
            Place.Holds was = held.get(place);
            if (was != null && !holds.plugin().isBound() && was.plugin().equals(offers(place).bind(holds.plugin())) && isCutOff(place, before)) {
                SwitchDocument document = before.find(place.switchName()).orElseThrow();
                VirtualSwitch home = switches.need(place.switchName());
                if (place.isEngine()) {
                    home.cutOffs().pardonEngine();
                    switches.engines().use(home, document);
                } else {
                    home.setPort(document.portsByName().get(place.port()));
                }
                lines.add(place.kind() + " " + was.plugin() + " was cut off, and decides again");
            }
        });
        return lines;
    }

    /** The configuration with a generation for each place that has none, or whose own has gone for good, where one can be had now; each is told. */
    HostDocument followed(HostDocument document) {
        return Place.map(document, (place, holds) -> new Place.Holds(followed(place, holds.plugin()),
                holds.trial().map(trial -> new TrialDocument(followed(place, trial.base()), trial.until()))));
    }

    private PluginDocument followed(Place place, PluginDocument plugin) {
        Optional<PluginDocument> successor = offers(place).successor(plugin);
        successor.filter(next -> plugin.isBound()).ifPresent(next -> switches.events().add(place.subject(),
                place.kind() + " " + plugin + " is not installed any more: " + next + " of the same bundle takes its place"));
        return successor.orElse(plugin);
    }

    /** Whether what a place is to have can be had. */
    boolean isThere(Place place, PluginDocument plugin) {
        return offers(place).find(plugin) != null;
    }
}

package org.vnetwork.core.host;

import java.util.Map;
import java.util.Optional;
import org.vnetwork.control.HostDocument;
import org.vnetwork.control.PluginDocument;
import org.vnetwork.control.TrialDocument;
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
                throw Refusal.value(place.kind(), bound + " is in use", "another name or version", place.kind() + ":list shows them");
            }
            return new Place.Holds(bound, holds.trial());
        });
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

package org.vnetwork.core.host;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;
import org.vnetwork.control.PluginView;
import org.vnetwork.model.Refusal;

/** Engines and filters that are installed and cannot be used, each with the reason. Any thread. */
final class RefusedPlugins {
    private final Map<ServiceReference<?>, Refused> refused = new LinkedHashMap<>();
    private final List<String> untold = new ArrayList<>();
    private Consumer<String> teller = untold::add;

    private record Refused(String kind, PluginView view, String why) {
    }

    /** Has a plugin told and shown that cannot be used; once for each reason. */
    synchronized void refuse(String kind, String name, ServiceReference<?> reference, Bundle from, String why) {
        String bundle = from.getSymbolicName();
        Refused before = refused.put(reference, new Refused(kind, new PluginView(name, from.getVersion().toString(), bundle, "refused: " + why, List.of()), why));
        if (before == null || !before.why.equals(why)) {
            teller.accept(kind + " " + name + " of bundle " + bundle + " is refused: " + why);
        }
    }

    synchronized void forget(ServiceReference<?> reference) {
        refused.remove(reference);
    }

    /** Has what is refused from now on told, and what was refused before. */
    synchronized void tell(Consumer<String> listener) {
        untold.forEach(listener);
        untold.clear();
        teller = listener;
    }

    /** Those of a kind. */
    synchronized List<PluginView> views(String kind) {
        return refused.values().stream().filter(r -> r.kind.equals(kind)).map(Refused::view).toList();
    }

    /** Throws when there is one of this kind and name. */
    synchronized void check(String kind, String name) {
        refused.values().stream().filter(r -> r.kind.equals(kind) && r.view.name().equals(name)).findFirst().ifPresent(r -> {
            throw new Refusal(kind + ": " + name + " of bundle " + r.view.bundle() + " is refused: " + r.why);
        });
    }
}

package org.vnetwork.core.host;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.vnetwork.control.PluginView;
import org.vnetwork.model.Refusal;

/** Engines and filters that are installed and cannot be used, each with the reason. Any thread. */
final class RefusedPlugins {
    private static final String WHY = "its component makes one instance for all (expected: scope = ServiceScope.PROTOTYPE in @Component, since each switch and port has its own)";

    private final Map<ServiceReference<?>, Refused> refused = new LinkedHashMap<>();
    private final List<String> untold = new ArrayList<>();
    private Consumer<String> teller = untold::add;

    private record Refused(String kind, PluginView view) {
    }

    /** Whether a plugin can be used; one that cannot is told and shown. */
    synchronized boolean admit(String kind, String name, ServiceReference<?> reference) {
        if (Constants.SCOPE_PROTOTYPE.equals(reference.getProperty(Constants.SERVICE_SCOPE))) {
            return true;
        }
        String bundle = reference.getBundle().getSymbolicName();
        refused.put(reference, new Refused(kind, new PluginView(name, bundle, reference.getBundle().getVersion().toString(), "refused: " + WHY, List.of())));
        teller.accept(kind + " " + name + " of bundle " + bundle + " is refused: " + WHY);
        return false;
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
    void check(String kind, String name) {
        views(kind).stream().filter(view -> view.name().equals(name)).findFirst().ifPresent(view -> {
            throw new Refusal(kind + ": " + name + " of bundle " + view.bundle() + " is refused: " + WHY);
        });
    }
}

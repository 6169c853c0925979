package org.vnetwork.core.host;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;
import org.vnetwork.control.PluginDocument;
import org.vnetwork.core.run.Plugin;
import org.vnetwork.model.Refusal;

/**
 * The engines that are installed now, or the filters: all versions side by side, each a plugin of its own. Any thread.
 *
 * <p>A name belongs to one feature: to the one that came first, at the start of the host to that of the lowest bundle id. It keeps the name while a bundle of it is installed.
 *
 * @param <T> {@code ForwardingEngine} or {@code PacketFilter}
 */
final class Offers<T> {
    private static final String ONE_INSTANCE = "its component makes one instance for all (expected: scope = ServiceScope.PROTOTYPE in @Component, since each switch and port has its own)";

    private final String kind;
    private final String property;
    private final BundleContext context;
    private final ComponentFailures failures;
    private final RefusedPlugins refused;
    /** Services that can be used, by the name that each wants, in the order in which they came. */
    private final Map<ServiceReference<T>, String> contenders = new LinkedHashMap<>();
    private final Map<String, String> owners = new HashMap<>();
    private final Map<ServiceReference<T>, ServicePlugin<T>> plugins = new LinkedHashMap<>();
    /** When each generation was there last, on the clock of arrivals. */
    private final Map<PluginDocument, Long> departures = new HashMap<>();
    private long clock;
    private boolean started;

    /**
     * None yet.
     *
     * @param kind {@code engine} or {@code filter}
     * @param property of a service, with its name
     */
    Offers(String kind, String property, BundleContext context, ComponentFailures failures, RefusedPlugins refused) {
        this.kind = kind;
        this.property = property;
        this.context = context;
        this.failures = failures;
        this.refused = refused;
    }

    /** Says that the services of the start are here: from now on a name belongs to the feature that comes first. */
    synchronized void started() {
        started = true;
    }

    synchronized void add(ServiceReference<T> reference) {
        Bundle bundle = reference.getBundle();
        if (bundle == null) {
            // It has gone again meanwhile.
            return;
        }
        Object given = reference.getProperty(property);
        String name = given == null ? bundle.getSymbolicName() : given.toString();
        if (!Constants.SCOPE_PROTOTYPE.equals(reference.getProperty(Constants.SERVICE_SCOPE))) {
            refused.refuse(kind, name, reference, bundle, ONE_INSTANCE);
        } else if (!PluginDocument.isName(name)) {
            refused.refuse(kind, name, reference, bundle, "its name has another form (expected: " + PluginDocument.FORM + ")");
        } else {
            contenders.put(reference, name);
            share(name);
        }
    }

    synchronized void remove(ServiceReference<T> reference) {
        refused.forget(reference);
        drop(reference);
        String name = contenders.remove(reference);
        if (name != null) {
            share(name);
        }
    }

    private void drop(ServiceReference<T> reference) {
        ServicePlugin<T> gone = plugins.remove(reference);
        if (gone != null) {
            departures.put(gone.document(), ++clock);
        }
    }

    /** A bundle was removed: nobody waits for what it had, and its names are free. */
    synchronized void uninstalled(String feature, String version) {
        departures.replaceAll((gone, when) -> gone.feature().equals(feature) && gone.version().equals(version) ? ++clock : when);
        List.copyOf(owners.keySet()).forEach(this::share);
    }

    /** Has the services of one feature offer a name, and refuses those of others. */
    private void share(String name) {
        String owner = owner(name);
        if (owner == null) {
            owners.remove(name);
            return;
        }
        owners.put(name, owner);
        List<Bundle> offering = new ArrayList<>();
        contenders.entrySet().stream().filter(e -> e.getValue().equals(name)).map(Map.Entry::getKey).forEach(reference -> {
            Bundle bundle = reference.getBundle();
            if (bundle == null) {
                return;
            }
            if (!bundle.getSymbolicName().equals(owner)) {
                drop(reference);
                refused.refuse(kind, name, reference, bundle, "the name is taken by bundle " + owner + " (expected: a name that no other bundle has)");
            } else if (offering.contains(bundle)) {
                refused.refuse(kind, name, reference, bundle, "its bundle offers another " + kind + " of this name (expected: a name for each)");
            } else {
                offering.add(bundle);
                refused.forget(reference);
                plugins.computeIfAbsent(reference, r -> ServicePlugin.of(name, ++clock, r, bundle, context, failures));
            }
        });
    }

    private String owner(String name) {
        String owner = owners.get(name);
        List<Bundle> bundles = contenders.entrySet().stream().filter(e -> e.getValue().equals(name)).map(e -> e.getKey().getBundle()).filter(b -> b != null).toList();
        boolean keeps = started && owner != null && (bundles.stream().anyMatch(b -> b.getSymbolicName().equals(owner)) || isInstalled(owner, null));
        return keeps ? owner : bundles.stream().min(Comparator.comparingLong(Bundle::getBundleId)).map(Bundle::getSymbolicName).orElse(null);
    }

    /** Whether a bundle of a feature is installed, running or not; of this version, unless that is null. */
    private boolean isInstalled(String feature, String version) {
        return Arrays.stream(context.getBundles()).anyMatch(b -> feature.equals(b.getSymbolicName()) && (version == null || version.equals(b.getVersion().toString())));
    }

    /** By name, the newest version of each first. */
    synchronized List<Plugin<T>> all() {
        List<Plugin<T>> list = new ArrayList<>(plugins.values());
        list.sort(Comparator.comparing((Plugin<T> p) -> p.name()).thenComparing(p -> p.version(), Comparator.reverseOrder()));
        return list;
    }

    /** The plugin that a document means; null when it is not installed, or the document leaves open which. */
    Plugin<T> find(PluginDocument wanted) {
        return all().stream().filter(p -> p.document().equals(wanted)).findFirst().orElse(null);
    }

    /** As {@link #find}, but refused with those that are installed. */
    Plugin<T> need(PluginDocument wanted) {
        Plugin<T> found = find(wanted);
        if (found == null) {
            throw missing(wanted);
        }
        return found;
    }

    /**
     * The generation that a command means: the newest version of a name, or the one that it names.
     *
     * @throws Refusal when it is not installed, with those that are
     */
    PluginDocument bind(PluginDocument typed) {
        return candidates(typed).max(Comparator.comparing(Plugin::version)).map(Plugin::document).orElseThrow(() -> missing(typed));
    }

    private Stream<Plugin<T>> candidates(PluginDocument typed) {
        return all().stream().filter(p -> p.name().equals(typed.name()) && (typed.feature().isEmpty() || p.bundle().equals(typed.feature()))
                && (typed.version().isEmpty() || isVersion(typed.version(), p.version())));
    }

    private static boolean isVersion(String typed, Version version) {
        try {
            return Version.parseVersion(typed).equals(version);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private Refusal missing(PluginDocument wanted) {
        List<String> versions = all().stream().filter(p -> p.name().equals(wanted.name())).map(p -> p.document().toString()).toList();
        if (versions.isEmpty()) {
            refused.check(kind, wanted.name());
        }
        List<String> names = all().stream().map(Plugin::name).distinct().toList();
        return Refusal.value(kind, wanted, Switches.names(versions.isEmpty() ? names : versions), kind + ":list shows them");
    }

    /**
     * What takes the place of a generation that is not there any more; empty while there is none, or the one is only stopped. That is the version of the same feature which came after it
     * went: its bundle was updated, or removed and another installed; at the start of the host any version that is installed. Versions that were beside it stay aside.
     */
    synchronized Optional<PluginDocument> successor(PluginDocument gone) {
        if (!gone.isBound()) {
            return candidates(gone).max(Comparator.comparing(Plugin::version)).map(Plugin::document);
        }
        if (find(gone) != null || isInstalled(gone.feature(), gone.version())) {
            return Optional.empty();
        }
        long since = departures.getOrDefault(gone, 0L);
        return plugins.values().stream().filter(p -> p.name().equals(gone.name()) && p.bundle().equals(gone.feature()) && p.arrival() > since)
                .max(Comparator.comparing(ServicePlugin::version)).map(ServicePlugin::document);
    }
}

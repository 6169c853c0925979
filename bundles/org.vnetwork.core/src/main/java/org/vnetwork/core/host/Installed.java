package org.vnetwork.core.host;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.vnetwork.core.run.Plugin;
import org.vnetwork.datapath.DatapathDriver;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.PacketFilter;

/** The engines, filters and drivers that are installed now. Any thread. */
@Component(service = Installed.class)
public final class Installed {
    private static final String BUILT_IN = "org.vnetwork.engine.learning";

    private final RefusedPlugins refused = new RefusedPlugins();
    private final Offers<ForwardingEngine> engines;
    private final Offers<PacketFilter> filters;
    private final List<DatapathDriver> drivers = new CopyOnWriteArrayList<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final BundleContext context;
    // NB: synchronous, so that a bundle is known to be gone before the next one is installed.
    private final SynchronousBundleListener removals = event -> {
        if (event.getType() == BundleEvent.UNINSTALLED) {
            uninstalled(event.getBundle().getSymbolicName(), event.getBundle().getVersion().toString());
        }
    };

    /** Takes instances on behalf of this bundle. */
    @Activate
    public Installed(BundleContext context, @Reference ComponentFailures failures) {
        this.context = context;
        engines = new Offers<>("engine", "vnetwork.engine.name", context, failures, refused);
        filters = new Offers<>("filter", "vnetwork.filter.name", context, failures, refused);
        context.addBundleListener(removals);
    }

    @Deactivate
    void close() {
        context.removeBundleListener(removals);
    }

    private void uninstalled(String feature, String version) {
        if (feature != null) {
            engines.uninstalled(feature, version);
            filters.uninstalled(feature, version);
            changed();
        }
    }

    /** Says that what is there at the start has been taken in. */
    void started() {
        engines.started();
        filters.started();
    }

    /** Those that were installed and cannot be used. */
    RefusedPlugins refused() {
        return refused;
    }

    @Reference(service = ForwardingEngine.class, cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addEngine(ServiceReference<ForwardingEngine> reference) {
        engines.add(reference);
        changed();
    }

    void removeEngine(ServiceReference<ForwardingEngine> reference) {
        engines.remove(reference);
        changed();
    }

    @Reference(service = PacketFilter.class, cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addFilter(ServiceReference<PacketFilter> reference) {
        filters.add(reference);
        changed();
    }

    void removeFilter(ServiceReference<PacketFilter> reference) {
        filters.remove(reference);
        changed();
    }

    @Reference(service = DatapathDriver.class, cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addDriver(DatapathDriver driver) {
        drivers.add(driver);
        changed();
    }

    void removeDriver(DatapathDriver driver) {
        drivers.remove(driver);
        changed();
    }

    /** Has all who listen look again at what they use. */
    void changed() {
        listeners.forEach(Runnable::run);
    }

    /** Calls a listener after each change, on the thread that made it; it must not wait for anything. */
    void listen(Runnable listener) {
        listeners.add(listener);
    }

    void unlisten(Runnable listener) {
        listeners.remove(listener);
    }

    Offers<ForwardingEngine> engines() {
        return engines;
    }

    Offers<PacketFilter> filters() {
        return filters;
    }

    List<DatapathDriver> drivers() {
        return drivers.stream().sorted(Comparator.comparingInt(DatapathDriver::preference).reversed().thenComparing(DatapathDriver::name)).toList();
    }

    /** The newest version of the engine that comes with the platform, or null; known by its bundle, as others may have its name. */
    Plugin<ForwardingEngine> builtIn() {
        return engines.all().stream().filter(Installed::isBuiltIn).max(Comparator.comparing(Plugin::version)).orElse(null);
    }

    static boolean isBuiltIn(Plugin<?> plugin) {
        return plugin.bundle().equals(BUILT_IN);
    }
}

package org.vnetwork.core.host;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceObjects;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.vnetwork.core.run.Plugin;
import org.vnetwork.datapath.DatapathDriver;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.model.Refusal;

/**
 * The engines, filters and drivers that are installed now.
 *
 * <p>Of several versions of one name the newest is given out; a switch keeps the one that it has until it is told to swap. Any
 * thread.
 */
@Component(service = Installed.class)
public final class Installed {
    private static final String BUILT_IN = "org.vnetwork.engine.learning";
    private static final String ENGINE_NAME = "vnetwork.engine.name";
    private static final String FILTER_NAME = "vnetwork.filter.name";

    private final List<ServicePlugin<ForwardingEngine>> engines = new CopyOnWriteArrayList<>();
    private final List<ServicePlugin<PacketFilter>> filters = new CopyOnWriteArrayList<>();
    private final List<DatapathDriver> drivers = new CopyOnWriteArrayList<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** A plugin that comes as a prototype-scope service. */
    private record ServicePlugin<T>(String name, ServiceReference<T> reference, ServiceObjects<T> objects, ComponentFailures failures) implements Plugin<T> {
        @Override
        public String bundle() {
            return reference.getBundle() == null ? "(gone)" : reference.getBundle().getSymbolicName();
        }

        @Override
        public Version version() {
            return reference.getBundle() == null ? Version.emptyVersion : reference.getBundle().getVersion();
        }

        @Override
        public T acquire() {
            T instance = objects == null ? null : objects.getService();
            if (instance == null && reference.getBundle() != null) {
                throw new Refusal("bundle " + bundle() + " could not make it: " + failures.of(reference));
            }
            return instance;
        }

        @Override
        public void release(T instance) {
            try {
                objects.ungetService(instance);
            } catch (IllegalStateException | IllegalArgumentException e) {
                // The bundle went first and took its instances with it.
            }
        }
    }

    private final BundleContext context;
    private final ComponentFailures failures;
    private final RefusedPlugins refused = new RefusedPlugins();

    /** Takes instances on behalf of this bundle. */
    @Activate
    public Installed(BundleContext context, @Reference ComponentFailures failures) {
        this.context = context;
        this.failures = failures;
    }

    private <T> ServicePlugin<T> plugin(ServiceReference<T> reference, String property) {
        return new ServicePlugin<>(name(reference, property), reference, context.getServiceObjects(reference), failures);
    }

    private static String name(ServiceReference<?> reference, String property) {
        Object name = reference.getProperty(property);
        return name == null ? reference.getBundle().getSymbolicName() : name.toString();
    }

    /** Those that were installed and cannot be used. */
    RefusedPlugins refused() {
        return refused;
    }

    @Reference(service = ForwardingEngine.class, cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addEngine(ServiceReference<ForwardingEngine> reference) {
        if (refused.admit("engine", name(reference, ENGINE_NAME), reference)) {
            engines.add(plugin(reference, ENGINE_NAME));
            changed();
        }
    }

    void removeEngine(ServiceReference<ForwardingEngine> reference) {
        refused.forget(reference);
        engines.removeIf(p -> p.reference().equals(reference));
        changed();
    }

    @Reference(service = PacketFilter.class, cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addFilter(ServiceReference<PacketFilter> reference) {
        if (refused.admit("filter", name(reference, FILTER_NAME), reference)) {
            filters.add(plugin(reference, FILTER_NAME));
            changed();
        }
    }

    void removeFilter(ServiceReference<PacketFilter> reference) {
        refused.forget(reference);
        filters.removeIf(p -> p.reference().equals(reference));
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

    private void changed() {
        listeners.forEach(Runnable::run);
    }

    /** Calls a listener after each change, on the thread that made it; it must not wait for anything. */
    void listen(Runnable listener) {
        listeners.add(listener);
    }

    void unlisten(Runnable listener) {
        listeners.remove(listener);
    }

    List<Plugin<ForwardingEngine>> engines() {
        return sorted(engines);
    }

    List<Plugin<PacketFilter>> filters() {
        return sorted(filters);
    }

    List<DatapathDriver> drivers() {
        return drivers.stream().sorted(Comparator.comparingInt(DatapathDriver::preference).reversed().thenComparing(DatapathDriver::name)).toList();
    }

    /** The newest engine of a name, or null. */
    Plugin<ForwardingEngine> engine(String name) {
        return newest(engines, name);
    }

    /** The newest version of the engine that comes with the platform, or null; known by its bundle, as others may have its name. */
    Plugin<ForwardingEngine> builtIn() {
        return engines.stream().filter(p -> p.bundle().equals(BUILT_IN)).max(Comparator.comparing(ServicePlugin::version)).orElse(null);
    }

    /** The newest filter of a name, or null. */
    Plugin<PacketFilter> filter(String name) {
        return newest(filters, name);
    }

    private static <T> List<Plugin<T>> sorted(List<ServicePlugin<T>> plugins) {
        List<Plugin<T>> list = new ArrayList<>(plugins);
        list.sort(Comparator.comparing((Plugin<T> p) -> p.name()).thenComparing(p -> p.version(), Comparator.reverseOrder()));
        return list;
    }

    private static <T> Plugin<T> newest(List<ServicePlugin<T>> plugins, String name) {
        return plugins.stream().filter(p -> p.name().equals(name)).max(Comparator.comparing(ServicePlugin::version)).orElse(null);
    }
}

package org.vnetwork.core.host;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.framework.ServiceObjects;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.vnetwork.control.Edits;
import org.vnetwork.core.run.VirtualSwitch;
import org.vnetwork.datapath.sim.SimDriver;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.engine.learning.LearningEngine;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.model.PortVlan;

/** A host's configuration and switches on simulated datapaths, with engines and filters as services that a test brings and takes away. */
final class TestHost implements AutoCloseable {
    static final String BUILT_IN = "org.vnetwork.engine.learning";

    final Installed installed;
    final Switches switches;
    final ConfigurationService configuration;
    /** What the component runtime says of components that it could not make. */
    final List<ComponentConfigurationDTO> failures = new ArrayList<>();
    /** The scope of services that come from now on. */
    String scope = "prototype";
    private final Map<String, ServiceReference<?>> services = new HashMap<>();
    private final Map<ServiceReference<?>, Supplier<?>> makers = new HashMap<>();
    private final Map<String, Bundle> bundles = new LinkedHashMap<>();
    private BundleListener removals;
    private long bundleIds;

    TestHost(Path folder) {
        this(folder, host -> { });
    }

    /** {@code installedBefore}: installs what is there when the host starts, besides the learning engine. */
    TestHost(Path folder, Consumer<TestHost> installedBefore) {
        this(folder, installedBefore, 5000);
    }

    /** As the other; {@code retryMillis}: time between tries of what could not be started. */
    TestHost(Path folder, Consumer<TestHost> installedBefore, long retryMillis) {
        BundleContext context = proxy(BundleContext.class, (self, method, arguments) -> switch (method.getName()) {
            case "getProperty" -> arguments[0].equals("vnet.data.dir") ? folder.toString() : arguments[0].equals("vnet.run.dir") ? folder.resolve("run").toString() : null;
            case "getServiceObjects" -> objects((ServiceReference<?>) arguments[0]);
            case "getBundles" -> bundles.values().toArray(Bundle[]::new);
            case "addBundleListener" -> {
                removals = (BundleListener) arguments[0];
                yield null;
            }
            default -> throw new UnsupportedOperationException(method.getName());
        });
        installed = new Installed(context, new ComponentFailures(proxy(ServiceComponentRuntime.class, (self, method, arguments) -> switch (method.getName()) {
            case "getComponentDescriptionDTOs" -> List.of(new ComponentDescriptionDTO());
            default -> failures;
        })));
        installed.addDriver(new SimDriver());
        installedBefore.accept(this);
        engine("learning", BUILT_IN, LearningEngine::new);
        switches = new Switches(context, installed);
        configuration = new ConfigurationService(switches, retryMillis);
    }

    private ServiceObjects<?> objects(ServiceReference<?> reference) {
        return proxy(ServiceObjects.class, (self, method, arguments) -> switch (method.getName()) {
            case "getService" -> services.containsValue(reference) ? makers.get(reference).get() : null;
            case "equals" -> self == arguments[0];
            case "hashCode" -> reference.hashCode();
            default -> null;
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(TestHost.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @SuppressWarnings("unchecked")
    private <T> ServiceReference<T> reference(String typed, String symbolicName, Supplier<T> maker) {
        String scope = this.scope;
        String name = typed.replaceFirst("@.*", "");
        Version version = new Version(typed.contains("@") ? typed.replaceFirst(".*@", "") : "1.0.0");
        Bundle bundle = bundles.computeIfAbsent(symbolicName + " " + version, key -> bundle(symbolicName, version));
        ServiceReference<T> reference = proxy(ServiceReference.class, (self, method, arguments) -> switch (method.getName()) {
            case "getProperty" -> arguments[0].equals("service.scope") ? scope : arguments[0].equals("service.id") ? (Object) 1L : name;
            case "getBundle" -> services.containsKey(typed) ? bundle : null;
            case "equals" -> self == arguments[0];
            case "hashCode" -> name.hashCode();
            default -> name;
        });
        services.put(typed, reference);
        makers.put(reference, maker);
        return reference;
    }

    private Bundle bundle(String symbolicName, Version version) {
        long id = ++bundleIds;
        return proxy(Bundle.class, (self, method, arguments) -> switch (method.getName()) {
            case "getVersion" -> version;
            case "getBundleId" -> id;
            case "equals" -> self == arguments[0];
            case "hashCode" -> (int) id;
            default -> symbolicName;
        });
    }

    /** Has a bundle installed, without services yet; the order is that of bundle ids. */
    void bundle(String symbolicName) {
        Version version = new Version(1, 0, 1);
        bundles.put(symbolicName + " " + version, bundle(symbolicName, version));
    }

    /** Removes a bundle whose services have gone; {@code flood@2.0.0} is of the feature {@code test.flood}. */
    void uninstall(String typed) {
        Bundle gone = bundles.remove("test." + typed.replace('@', ' '));
        removals.bundleChanged(new BundleEvent(BundleEvent.UNINSTALLED, gone));
    }

    /** Brings an engine: of version 1.0.0, or the one behind an {@code @}. */
    void engine(String name, Supplier<ForwardingEngine> maker) {
        engine(name, "test." + name.replaceFirst("@.*", ""), maker);
    }

    void engine(String name, String symbolicName, Supplier<ForwardingEngine> maker) {
        installed.addEngine(reference(name, symbolicName, maker));
    }

    void filter(String name, Supplier<PacketFilter> maker) {
        installed.addFilter(reference(name, "test." + name.replaceFirst("@.*", ""), maker));
    }

    @SuppressWarnings("unchecked")
    void withoutFilter(String name) {
        installed.removeFilter((ServiceReference<PacketFilter>) services.remove(name));
    }

    @SuppressWarnings("unchecked")
    void withoutEngine(String name) {
        installed.removeEngine((ServiceReference<ForwardingEngine>) services.remove(name));
    }

    TestHost sw(String name) {
        configuration.apply(Edits.createSwitch(name, "learning", "sim"));
        return this;
    }

    TestHost port(String home, String name) {
        configuration.apply(Edits.addPort(home, name, "sim", name, PortVlan.access(10)));
        return this;
    }

    VirtualSwitch home(String name) {
        return switches.need(name);
    }

    /** All that is seen of every switch, but for counters of time and use. */
    String everything() {
        StringBuilder text = new StringBuilder(configuration.current().toString());
        for (VirtualSwitch home : switches.all()) {
            text.append('\n').append(home.name()).append(' ').append(home.engine().name()).append(' ').append(home.documents());
            home.views().tables().forEach(t -> text.append(' ').append(t.type()).append(home.views().rows(t.type()).stream().map(r -> r.key() + "=" + r.row()).sorted().toList()));
            text.append(home.views().flows().stream().map(f -> f.match() + " " + f.actions()).sorted().toList());
        }
        return text.toString();
    }

    List<String> events() {
        return switches.events().all().stream().map(e -> e.subject() + ": " + e.text()).toList();
    }

    @Override
    public void close() {
        configuration.close();
        switches.close();
    }
}

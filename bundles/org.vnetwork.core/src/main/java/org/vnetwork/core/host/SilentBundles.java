package org.vnetwork.core.host;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.PacketFilter;

/** Tells of a bundle that was started, is written against the engine or filter API, and offers neither: its component is missing. Any thread. */
@Component(service = {}, immediate = true)
public final class SilentBundles implements BundleListener {
    private static final Set<String> PACKAGES = Set.of(ForwardingEngine.class.getPackageName(), PacketFilter.class.getPackageName());
    private static final Set<String> SERVICES = Set.of(ForwardingEngine.class.getName(), PacketFilter.class.getName());
    private static final String COMPONENTS = "Service-Component";

    private final BundleContext context;
    private final Switches switches;

    /** Looks at the bundles that run, and at those that come. */
    @Activate
    public SilentBundles(BundleContext context, @Reference Switches switches) {
        this.context = context;
        this.switches = switches;
        context.addBundleListener(this);
        for (Bundle bundle : context.getBundles()) {
            look(bundle);
        }
    }

    @Deactivate
    void close() {
        context.removeBundleListener(this);
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        if (event.getType() == BundleEvent.STARTED) {
            look(event.getBundle());
        }
    }

    private void look(Bundle bundle) {
        boolean active = bundle.getState() == Bundle.ACTIVE;
        if (active && uses(bundle) && bundle.getHeaders().get(COMPONENTS) == null && !offers(bundle)) {
            switches.events().add("bundle " + bundle.getSymbolicName(), "is written against engines or filters and offers none: it has no header " + COMPONENTS
                    + " (expected: a class with @Component(service = ForwardingEngine.class, scope = ServiceScope.PROTOTYPE), and a build by bnd); a library need not");
        }
    }

    private static boolean uses(Bundle bundle) {
        BundleWiring wiring = bundle.adapt(BundleWiring.class);
        List<BundleWire> wires = wiring == null ? null : wiring.getRequiredWires(PackageNamespace.PACKAGE_NAMESPACE);
        return wires != null && wires.stream().anyMatch(wire -> PACKAGES.contains(wire.getCapability().getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE)));
    }

    private static boolean offers(Bundle bundle) {
        ServiceReference<?>[] services = bundle.getRegisteredServices();
        return services != null && Arrays.stream(services).flatMap(s -> Arrays.stream((String[]) s.getProperty(Constants.OBJECTCLASS))).anyMatch(SERVICES::contains);
    }
}

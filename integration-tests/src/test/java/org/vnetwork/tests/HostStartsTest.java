package org.vnetwork.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.vnetwork.tests.framework.InFramework;

/** The product's run list starts as a whole. */
@InFramework
public class HostStartsTest {
    /** No bundle of the run list waits for a package or failed to start. */
    @Test
    public void allBundlesAreActive(BundleContext context) {
        List<String> others = Stream.of(context.getBundles())
                .filter(bundle -> bundle.getState() != Bundle.ACTIVE)
                .filter(bundle -> !(isFragment(bundle) && bundle.getState() == Bundle.RESOLVED))
                .map(bundle -> bundle.getSymbolicName() + " in state " + bundle.getState())
                .toList();
        assertEquals(List.of(), others);
    }

    /** No component waits for a mandatory reference or configuration, and none failed. */
    @Test
    public void allComponentsAreSatisfied(BundleContext context) {
        ServiceComponentRuntime components = context.getService(context.getServiceReference(ServiceComponentRuntime.class));
        List<String> waiting = components.getComponentDescriptionDTOs().stream()
                .filter(component -> component.defaultEnabled)
                .flatMap(component -> components.getComponentConfigurationDTOs(component).stream())
                .filter(configuration -> configuration.state != ComponentConfigurationDTO.ACTIVE
                        && configuration.state != ComponentConfigurationDTO.SATISFIED)
                .map(HostStartsTest::describe)
                .toList();
        assertEquals(List.of(), waiting);
    }

    private static boolean isFragment(Bundle bundle) {
        return bundle.getHeaders().get(Constants.FRAGMENT_HOST) != null;
    }

    private static String describe(ComponentConfigurationDTO configuration) {
        List<String> references = Stream.of(configuration.unsatisfiedReferences)
                .map(reference -> reference.name + " (" + reference.target + ")")
                .toList();
        return configuration.description.name + " in state " + configuration.state + ", waits for " + references
                + (configuration.failure == null ? "" : ", failed: " + configuration.failure);
    }
}

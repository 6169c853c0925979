package org.vnetwork.core.host;

import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceObjects;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;
import org.vnetwork.core.run.Plugin;
import org.vnetwork.model.Refusal;

/**
 * A plugin that comes as a prototype-scope service. Any thread.
 *
 * <p>It says what its bundle was when the service came: an update in place changes the bundle, and brings another plugin.
 *
 * @param name as commands take it
 * @param bundle symbolic name
 * @param version of the bundle
 * @param arrival number that those which come later have a higher one of
 */
record ServicePlugin<T>(String name, String bundle, Version version, long arrival, ServiceReference<T> reference, ServiceObjects<T> objects, ComponentFailures failures)
        implements Plugin<T> {
    static <T> ServicePlugin<T> of(String name, long arrival, ServiceReference<T> reference, Bundle bundle, BundleContext context, ComponentFailures failures) {
        return new ServicePlugin<>(name, bundle.getSymbolicName(), bundle.getVersion(), arrival, reference, context.getServiceObjects(reference), failures);
    }

    @Override
    public T acquire() {
        T instance = objects == null ? null : objects.getService();
        if (instance == null && reference.getBundle() != null) {
            throw new Refusal("bundle " + bundle + " could not make it: " + failures.of(reference));
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

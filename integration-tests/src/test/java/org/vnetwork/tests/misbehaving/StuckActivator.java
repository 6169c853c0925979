package org.vnetwork.tests.misbehaving;

import java.util.concurrent.locks.LockSupport;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Never ends starting its bundle. */
public final class StuckActivator implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        while (true) {
            LockSupport.park();
        }
    }

    @Override
    public void stop(BundleContext context) {
        // It never comes to this.
    }
}

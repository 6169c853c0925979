package org.vnetwork.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The OSGi framework of one host and the bundles in it. */
final class Host {
    private static final long STOP_MILLIS = 30_000;
    private static final long START_MILLIS = 10_000;
    private static final Logger LOG = LoggerFactory.getLogger(Host.class);
    private final Framework framework;
    private final List<String> hanging = new ArrayList<>();

    /** A host that is not started yet. */
    Host(Settings settings, Path storage) throws StartFailure {
        FrameworkFactory factory = ServiceLoader.load(FrameworkFactory.class).findFirst()
                .orElseThrow(() -> new StartFailure("lib: holds no OSGi framework (build the product with ./vnet build)"));
        framework = factory.newFramework(frameworkProperties(settings, storage));
    }

    /** Installs all bundles, then starts them in the order of the list; the first that fails ends the start, one that hangs is left behind. */
    void start(RunList list) throws StartFailure {
        try {
            framework.init();
            LogBridge.install(framework.getBundleContext());
            framework.start();
        } catch (BundleException e) {
            throw new StartFailure("framework: " + oneLine(e), e);
        }
        List<Bundle> bundles = install(framework.getBundleContext(), list);
        framework.adapt(FrameworkWiring.class).resolveBundles(bundles);
        for (Bundle bundle : bundles) {
            start(bundle);
        }
    }

    private static Map<String, String> frameworkProperties(Settings settings, Path storage) {
        Map<String, String> properties = new HashMap<>(settings.properties());
        properties.put(Constants.FRAMEWORK_STORAGE, storage.toString());
        properties.put(Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
        // SLF4J on the class path needs no service loader weaving (SpiFly) and logs from the first line on.
        properties.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, Slf4jPackages.EXPORTS);
        properties.put("osgi.compatibility.bootdelegation", "false");
        // What felix:log shows; Equinox keeps nothing unless told to.
        properties.put("equinox.log.history.max", "200");
        // A bundle that hangs while it starts holds up who stops it, and the component runtime, for so long; preset are 30 s and 60 s.
        properties.put("osgi.module.lock.timeout", "5");
        properties.put("ds.stop.timeout.milliseconds", "5000");
        return properties;
    }

    private static List<Bundle> install(BundleContext context, RunList list) throws StartFailure {
        List<Bundle> bundles = new ArrayList<>();
        for (Path jar : list.bundles()) {
            try {
                bundles.add(context.installBundle("reference:" + jar.toUri()));
            } catch (BundleException e) {
                throw new StartFailure("bundle " + jar.getFileName() + " cannot be installed: " + oneLine(e), e);
            }
        }
        return bundles;
    }

    /** Bundles that were left behind, a line each. */
    List<String> hanging() {
        return List.copyOf(hanging);
    }

    private void start(Bundle bundle) throws StartFailure {
        boolean fragment = (bundle.adapt(BundleRevision.class).getTypes() & BundleRevision.TYPE_FRAGMENT) != 0;
        if (fragment) {
            return;
        }
        try {
            new BundleStart(bundle).await(START_MILLIS).ifPresent(line -> {
                LOG.error("{}", line);
                hanging.add(line);
            });
        } catch (BundleException e) {
            throw new StartFailure("bundle " + bundle.getSymbolicName() + " " + bundle.getVersion() + " cannot start: " + oneLine(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartFailure("bundle " + bundle.getSymbolicName() + " " + bundle.getVersion() + " cannot start: the host is ending", e);
        }
    }

    /** The innermost message, on one line: what the resolver or the activator said. */
    private static String oneLine(Throwable failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        String message = innermost.getMessage() == null ? innermost.getClass().getSimpleName() : innermost.getMessage();
        return message.strip().replaceAll("\\s*\\R\\s*", "; ");
    }

    /** Returns when the framework has stopped, whoever stopped it. */
    void awaitStop() throws InterruptedException {
        framework.waitForStop(0);
    }

    /** Stops all bundles; false when they did not stop in time. */
    boolean stop() {
        try {
            framework.stop();
            return framework.waitForStop(STOP_MILLIS).getType() != org.osgi.framework.FrameworkEvent.WAIT_TIMEDOUT;
        } catch (BundleException | InterruptedException e) {
            return false;
        }
    }
}

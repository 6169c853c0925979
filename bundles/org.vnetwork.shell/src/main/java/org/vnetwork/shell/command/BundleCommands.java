package org.vnetwork.shell.command;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.FrameworkWiring;
import org.vnetwork.model.Refusal;

/**
 * Commands that install, start and change bundles, in the place of Gogo's: those end with success when they failed, and install a file again without
 * reading it.
 */
@Scope("felix")
public final class BundleCommands {
    private static final String BUNDLES = "ids or symbolic names, as felix:lb shows them";
    private static final String URL = "address of a jar, as in file:/tmp/plugin.jar, or its path";
    private static final long REFRESH_SECONDS = 30;
    private static final long STEP_SECONDS = 10;
    private final BundleContext context;

    /** Commands on the bundles of a framework. */
    public BundleCommands(BundleContext context) {
        this.context = context;
    }

    /** felix:install. */
    @Does(value = "Installs a bundle and prints its id; felix:start starts it.", example = "felix:install file:/tmp/plugin.jar")
    public String install(@Argument(value = Kind.URL, help = URL) String url) {
        return "Bundle ID: " + installed("felix:install", url).getBundleId();
    }

    /** felix:start. */
    @Does(value = "Starts bundles. A jar that is not installed yet is installed first.", example = "felix:start file:/tmp/plugin.jar")
    public void start(@Argument(value = Kind.BUNDLE, help = BUNDLES + "; or " + URL) List<String> bundles,
            @Option(value = "transient", help = "only until the host ends or restarts") boolean transiently,
            @Option(value = "policy", help = "as the bundle's Bundle-ActivationPolicy says") boolean policy) {
        int options = (transiently ? Bundle.START_TRANSIENT : 0) | (policy ? Bundle.START_ACTIVATION_POLICY : 0);
        for (String word : bundles) {
            Bundle bundle = isUrl(word) ? installed("felix:start", word) : BundleNames.find(context, word);
            run("felix:start", bundle, "start", () -> bundle.start(options));
        }
    }

    /** felix:stop. */
    @Does(value = "Stops bundles. Bundle 0 is the host itself.", example = "felix:stop com.acme.isolate")
    public void stop(@Argument(value = Kind.BUNDLE, help = BUNDLES) List<String> bundles,
            @Option(value = "transient", help = "only until the host ends or restarts") boolean transiently) {
        each("felix:stop", bundles, "stop", bundle -> bundle.stop(transiently ? Bundle.STOP_TRANSIENT : 0));
    }

    /** felix:update. */
    @Does(value = "Takes the new code of a bundle, and starts it again when it was active.", example = "felix:update com.acme.isolate")
    public String update(@Argument(value = Kind.BUNDLE, help = "id or symbolic name, as felix:lb shows it") String bundle,
            @Argument(value = Kind.URL, help = "where the new code is; where the bundle came from unless given") Optional<String> url) {
        Bundle changed = BundleNames.find(context, bundle);
        run("felix:update", changed, "be updated", () -> {
            if (url.isEmpty()) {
                changed.update();
                return;
            }
            try (java.io.InputStream code = URI.create(location(url.get())).toURL().openStream()) {
                changed.update(code);
            } catch (IOException | IllegalArgumentException e) {
                throw new BundleException(url.get() + " cannot be read: " + e.getMessage(), e);
            }
        });
        boolean pending = wiring().getRemovalPendingBundles().contains(changed);
        return pending ? "others still use the old code of its packages; felix:refresh " + changed.getBundleId() + " gives them the new one" : "";
    }

    /** felix:uninstall. */
    @Does(value = "Removes bundles. Engines and filters in them go; what takes their place is in host:events.", example = "felix:uninstall com.acme.isolate")
    public void uninstall(@Argument(value = Kind.BUNDLE, help = BUNDLES) List<String> bundles) {
        each("felix:uninstall", bundles, "be removed", Bundle::uninstall);
    }

    /** felix:resolve. */
    @Does(value = "Finds the packages that bundles import, or says which are missing.", example = "felix:resolve com.acme.isolate")
    public void resolve(@Argument(value = Kind.BUNDLE, help = BUNDLES) List<String> bundles) {
        List<Bundle> all = find(bundles);
        if (!wiring().resolveBundles(all)) {
            String open = all.stream().filter(b -> (b.getState() & (Bundle.INSTALLED | Bundle.UNINSTALLED)) != 0).map(BundleCommands::name).collect(Collectors.joining(", "));
            throw new Refusal("felix:resolve: bundle " + open + " cannot be resolved; felix:start says what it lacks");
        }
    }

    /** felix:refresh. */
    @Does(value = "Has bundles, and all that use their packages, use the code of now. They stop and start again.", example = "felix:refresh com.acme.isolate")
    public void refresh(@Argument(value = Kind.BUNDLE, help = BUNDLES) List<String> bundles) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        wiring().refreshBundles(find(bundles), event -> done.countDown());
        if (!done.await(REFRESH_SECONDS, TimeUnit.SECONDS)) {
            throw new Refusal("felix:refresh: not done after " + REFRESH_SECONDS + " s (expected: less); it goes on, felix:lb shows the states");
        }
    }

    private FrameworkWiring wiring() {
        return context.getBundle(0).adapt(FrameworkWiring.class);
    }

    private List<Bundle> find(List<String> words) {
        return words.stream().map(word -> BundleNames.find(context, word)).toList();
    }

    private void each(String command, List<String> words, String what, Step step) {
        // All are found first: a word that names none changes nothing.
        for (Bundle bundle : find(words)) {
            run(command, bundle, what, () -> step.on(bundle));
        }
    }

    /** Installs a jar whose code no bundle has yet. */
    private Bundle installed(String command, String url) {
        String location = location(url);
        Optional<Bundle> old = Arrays.stream(context.getBundles()).filter(b -> file(b.getLocation()).equals(file(location))).findFirst();
        if (old.isPresent()) {
            long id = old.get().getBundleId();
            throw new Refusal(command + ": " + url + " is already installed as bundle " + id + "; felix:update " + id + " takes the new code, felix:start " + id + " starts it");
        }
        try {
            return context.installBundle(location);
        } catch (BundleException e) {
            throw new Refusal(command + ": " + url + " cannot be installed: " + reason(e), e);
        }
    }

    private static boolean isUrl(String word) {
        return word.contains(":") || word.contains("/");
    }

    private static String location(String url) {
        return url.matches("[a-z]{2,}:.*") ? url : Path.of(url).toAbsolutePath().toUri().toString();
    }

    /** The same text for each way to write the address of one file. */
    private static String file(String location) {
        String address = location.replaceFirst("^(reference:|initial@)+", "");
        return address.startsWith("file:") ? Path.of(address.replaceFirst("^file:(//(?=/))?", "")).toAbsolutePath().normalize().toString() : address;
    }

    private static void run(String command, Bundle bundle, String what, Action action) {
        try {
            Bounded.run(() -> {
                action.run();
                return null;
            }, STEP_SECONDS);
        } catch (BundleException e) {
            throw new Refusal(command + ": bundle " + name(bundle) + " cannot " + what + ": " + reason(e), e);
        }
    }

    private static String name(Bundle bundle) {
        return bundle.getBundleId() + " " + bundle.getSymbolicName();
    }

    /** What the resolver, the file system or the bundle itself said. */
    private static String reason(Throwable failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        boolean told = innermost instanceof BundleException || innermost instanceof Refusal;
        return told ? innermost.getMessage() : innermost.getClass().getSimpleName() + (innermost.getMessage() == null ? "" : ": " + innermost.getMessage());
    }

    private interface Action {
        void run() throws BundleException;
    }

    private interface Step {
        void on(Bundle bundle) throws BundleException;
    }
}

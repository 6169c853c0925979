package org.vnetwork.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/** Bundles come, change and go by the console, in a framework of the test's own. */
class BundleCommandsTest {
    @TempDir
    Path folder;
    private Framework framework;
    private BundleContext context;
    private TestConsole console;

    /** Commands of another bundle that take bundles, as Gogo's own do. */
    public static final class Others {
        public String headers(Bundle... of) {
            return "headers of " + Arrays.toString(Arrays.stream(of).mapToLong(Bundle::getBundleId).toArray());
        }

        public String which(Bundle of, String type) {
            return type + " of " + of.getBundleId();
        }

        public File[] ls() {
            return new File[] {new File("/one"), new File("/two")};
        }
    }

    @BeforeEach
    void start() throws Exception {
        framework = ServiceLoader.load(FrameworkFactory.class).findFirst().orElseThrow().newFramework(Map.of(Constants.FRAMEWORK_STORAGE, folder.resolve("storage").toString()));
        framework.start();
        context = framework.getBundleContext();
        console = new TestConsole(context);
        Others others = new Others();
        for (String function : new String[] {"headers", "which", "ls"}) {
            ((org.apache.felix.gogo.runtime.CommandProcessorImpl) console.processor).addCommand("felix", others, function);
        }
    }

    @AfterEach
    void stop() throws Exception {
        console.close();
        framework.stop();
        framework.waitForStop(10_000);
    }

    private Path jar(String version, String header, String value) throws IOException {
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.putValue("Manifest-Version", "1.0");
        headers.putValue("Bundle-ManifestVersion", "2");
        headers.putValue("Bundle-SymbolicName", "com.acme.isolate");
        headers.putValue("Bundle-Version", version);
        headers.putValue(header, value);
        Path file = folder.resolve("isolate.jar");
        try (OutputStream out = Files.newOutputStream(file)) {
            new JarOutputStream(out, manifest).close();
        }
        return file;
    }

    private Path jar(String version) throws IOException {
        return jar(version, "Bundle-Name", "Isolate");
    }

    private String succeeds(String command) {
        String printed = console.run(command);
        assertTrue(console.succeeded(), printed);
        return printed;
    }

    private String fails(String command) {
        String printed = console.run(command);
        assertFalse(console.succeeded(), printed);
        assertEquals(1, printed.lines().count(), printed);
        return printed.strip();
    }

    @Test
    void aBundleIsNamedByItsIdOrItsSymbolicName() throws IOException {
        succeeds("felix:install " + jar("1.0.0").toUri());
        Bundle bundle = context.getBundle(1);
        succeeds("felix:start 1");
        assertEquals(Bundle.ACTIVE, bundle.getState());
        succeeds("felix:stop com.acme.isolate");
        assertEquals(Bundle.RESOLVED, bundle.getState());
        succeeds("felix:resolve 1; felix:refresh 1");
        assertEquals("headers of [1, 0]\n", succeeds("felix:headers 1 0"));
        assertEquals("java.lang.String of 1\n", succeeds("felix:which com.acme.isolate java.lang.String"));
        succeeds("felix:uninstall 1");
        assertEquals(Bundle.UNINSTALLED, bundle.getState());
        assertEquals("bundle: 1 (expected: an id or symbolic name); felix:lb -s shows them", fails("felix:stop 0 1"));
        assertEquals(Bundle.ACTIVE, framework.getState());
    }

    @Test
    void theSameJarIsNotInstalledTwiceAndUpdateTakesItsNewCode() throws IOException {
        Path jar = jar("1.0.0");
        assertEquals("Bundle ID: 1\n", succeeds("felix:install " + jar.toUri()));
        jar("2.0.0");
        for (String url : new String[] {jar.toUri().toString(), jar.toString(), "file:" + jar, "reference:file:" + jar}) {
            assertEquals("felix:install: " + url + " is already installed as bundle 1; felix:update 1 takes the new code, felix:start 1 starts it", fails("felix:install " + url));
        }
        assertTrue(fails("felix:start " + jar.toUri()).startsWith("felix:start: "));
        assertEquals("1.0.0", context.getBundle(1).getVersion().toString());
        succeeds("felix:update 1");
        assertEquals("2.0.0", context.getBundle(1).getVersion().toString());
        succeeds("felix:uninstall 1");
        succeeds("felix:start " + jar);
        assertEquals(Bundle.ACTIVE, context.getBundle(2).getState());
    }

    @Test
    void whatFailsFailsInOneLine() throws IOException {
        assertEquals("felix:install: file:/nowhere/x.jar cannot be installed: FileNotFoundException: /nowhere/x.jar (No such file or directory)", fails("felix:install file:/nowhere/x.jar"));
        succeeds("felix:install " + jar("1.0.0", "Import-Package", "com.acme.nowhere"));
        String refused = fails("felix:start 1");
        assertTrue(refused.startsWith("felix:start: bundle 1 com.acme.isolate cannot start: ") && refused.contains("com.acme.nowhere"), refused);
        assertEquals("felix:resolve: bundle 1 com.acme.isolate cannot be resolved; felix:start says what it lacks", fails("felix:resolve 1"));
        jar("1.0.1", "Bundle-Activator", "com.acme.Missing");
        succeeds("felix:update 1");
        assertTrue(fails("felix:start com.acme.isolate").contains("com.acme.Missing"));
        Files.delete(folder.resolve("isolate.jar"));
        assertTrue(fails("felix:update 1").startsWith("felix:update: bundle 1 com.acme.isolate cannot be updated: FileNotFoundException"));
        assertTrue(fails("felix:start").startsWith("felix:start: BUNDLE is missing"));
    }

    @Test
    void wordsThatNoMethodOfAnotherBundleTakesAreToldWithWhatIsExpected() {
        assertEquals("felix:which: 9 x (expected: felix:which BUNDLE TEXT); felix:help felix:which says more", fails("felix:which 9 x"));
        assertEquals("felix:headers: nope (expected: felix:headers BUNDLE..); felix:help felix:headers says more", fails("felix:headers nope"));
    }

    @Test
    void resultsOfOtherBundlesPrintAsText() {
        String printed = succeeds("felix:ls");
        assertTrue(printed.contains("/one") && printed.contains("/two") && printed.endsWith("\n"), printed);
    }
}

package org.vnetwork.tests.framework;

import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.systemPackages;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Assertions;
import org.junit.platform.commons.JUnitException;
import org.opentest4j.AssertionFailedError;
import org.ops4j.pax.exam.Option;
import org.slf4j.Logger;
import org.vnetwork.tests.Product;

/** The framework of a host as the launcher starts it, without a terminal and on sim ports, plus JUnit for the test itself. */
final class HostOptions {
    private HostOptions() {
    }

    static Option[] all() throws IOException {
        Path folder = Files.createTempDirectory("vnet");
        List<Option> options = new ArrayList<>();
        options.add(property("vnet.name", "test"));
        options.add(property("vnet.home", Product.HOME.toString()));
        options.add(property("vnet.run.dir", Files.createDirectory(folder.resolve("run")).toString()));
        options.add(property("vnet.data.dir", Files.createDirectory(folder.resolve("data")).toString()));
        options.add(property("vnet.datapath", "sim"));
        options.add(property("vnet.daemon", "true"));
        options.add(property("osgi.compatibility.bootdelegation", "false"));
        // NB: Pax Exam's own bundles import SLF4J 1.7, which 2.0 is compatible with; its own logging bundle would shadow the product's.
        for (String version : List.of("1.7.36", Logger.class.getPackage().getImplementationVersion())) {
            String attribute = ";version=\"" + version + "\"";
            options.add(systemPackages("org.slf4j" + attribute, "org.slf4j.event" + attribute, "org.slf4j.helpers" + attribute, "org.slf4j.spi" + attribute));
        }
        for (Path jar : Product.runList()) {
            // Pax Exam starts what it is not told to leave, and a fragment cannot be.
            options.add(bundle("reference:" + jar.toUri()).start(!isFragment(jar)));
        }
        for (Class<?> junit : List.of(Assertions.class, JUnitException.class, AssertionFailedError.class)) {
            options.add(bundle("reference:" + location(junit)));
        }
        return options.toArray(Option[]::new);
    }

    private static boolean isFragment(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.getManifest().getMainAttributes().getValue("Fragment-Host") != null;
        }
    }

    private static Option property(String key, String value) {
        return frameworkProperty(key).value(value);
    }

    private static URI location(Class<?> type) {
        return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString())).toUri();
    }
}

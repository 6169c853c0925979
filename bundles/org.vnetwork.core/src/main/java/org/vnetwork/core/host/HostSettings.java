package org.vnetwork.core.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.osgi.framework.BundleContext;

/**
 * What the launcher said about this host, as framework properties.
 *
 * @param name property {@code vnet.name}
 * @param runFolder property {@code vnet.run.dir}: sockets, journals; empty after a reboot
 * @param dataFolder property {@code vnet.data.dir}: the configuration
 * @param datapath property {@code vnet.datapath}: a driver's name, or {@code auto}
 * @param boot property {@code vnet.boot}: tells this boot of the machine from others
 */
record HostSettings(String name, Path runFolder, Path dataFolder, String datapath, String boot) {
    static HostSettings of(BundleContext context) {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"), "vnetwork");
        return new HostSettings(property(context, "vnet.name", "default"), Path.of(property(context, "vnet.run.dir", temporary.resolve("run").toString())),
                Path.of(property(context, "vnet.data.dir", temporary.resolve("data").toString())), property(context, "vnet.datapath", "auto"),
                property(context, "vnet.boot", "unknown"));
    }

    /**
     * Whether the host is taken down for good: only then does what forwards in the kernel go with the process. Whoever takes it down writes {@code remove} into the file {@code down} of the
     * run folder: {@code ./vnet down} and the console that ends.
     */
    boolean isTakenDown() {
        try {
            return Files.readString(runFolder.resolve("down")).strip().equals("remove");
        } catch (IOException e) {
            return false;
        }
    }

    private static String property(BundleContext context, String name, String otherwise) {
        String value = context.getProperty(name);
        return value == null || value.isBlank() ? otherwise : value;
    }
}

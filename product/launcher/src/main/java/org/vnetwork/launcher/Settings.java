package org.vnetwork.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.TreeMap;
import java.util.Map;

/**
 * What the start script said, as system properties that begin with {@code vnet.}.
 *
 * @param name the host's name on this machine
 * @param home the product folder, which holds {@code run.list}, {@code bundles} and {@code lib}
 * @param runFolder pid file, console socket, log
 * @param dataFolder the configuration and all that survives a restart
 * @param datapath {@code ebpf}, {@code sim} or {@code auto}
 * @param daemon whether there is no terminal
 * @param rehearsal whether to stop as soon as all bundles have started
 */
record Settings(String name, Path home, Path runFolder, Path dataFolder, String datapath, boolean daemon, boolean rehearsal) {

    static Settings of(Properties properties) throws StartFailure {
        String datapath = properties.getProperty("vnet.datapath", "auto");
        if (!datapath.matches("ebpf|user|sim|auto")) {
            throw new StartFailure("datapath: " + datapath + " (expected: ebpf, user, sim or auto)");
        }
        String name = properties.getProperty("vnet.name", "default");
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")) {
            throw new StartFailure("name: " + name + " (expected: up to 32 letters, digits, '.', '_' or '-')");
        }
        return new Settings(name, folder(properties, "vnet.home"), folder(properties, "vnet.run.dir"),
                folder(properties, "vnet.data.dir"), datapath, Boolean.parseBoolean(properties.getProperty("vnet.daemon")),
                Boolean.parseBoolean(properties.getProperty("vnet.rehearsal")));
    }

    private static Path folder(Properties properties, String key) throws StartFailure {
        String value = properties.getProperty(key);
        if (value == null || value.isBlank()) {
            throw new StartFailure(key + ": not set (start the host with ./vnet up)");
        }
        return Path.of(value).toAbsolutePath().normalize();
    }

    /** What bundles can read with {@code BundleContext.getProperty}. */
    Map<String, String> properties() {
        Map<String, String> all = new TreeMap<>();
        all.put("vnet.name", name);
        all.put("vnet.home", home.toString());
        all.put("vnet.run.dir", runFolder.toString());
        all.put("vnet.boot", boot());
        all.put("vnet.data.dir", dataFolder.toString());
        all.put("vnet.datapath", datapath);
        all.put("vnet.daemon", Boolean.toString(daemon));
        return all;
    }

    /** What tells this boot of the machine from others. */
    private static String boot() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}

package org.vnetwork.datapath.ebpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.vnetwork.datapath.DatapathException;

/**
 * What keeps programs attached when the process dies: {@code /sys/fs/bpf/vnetwork/HOST/SWITCH/link-IFINDEX}.
 *
 * <p>What an earlier process left is set aside as {@code SWITCH~before} and goes when the new ones take over.
 */
final class Pins implements AutoCloseable {
    private static final Path ROOT = Path.of("/sys/fs/bpf");
    private static final String LINK = "link-";

    private final Path host;
    private final Path folder;
    private final Path before;

    Pins(String hostName, String switchName) throws DatapathException {
        // NB: a bpf file system refuses names with dots; neither substitute can stand in a name that people give.
        host = ROOT.resolve("vnetwork").resolve(hostName.replace('.', ':'));
        folder = host.resolve(switchName.replace('.', ':'));
        before = host.resolve(folder.getFileName() + "~before");
        try {
            mount();
            if (Files.exists(folder)) {
                remove(before);
                Files.move(folder, before);
            }
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new DatapathException("pins: " + folder + " cannot be made (" + e + "); root and a bpf file system at " + ROOT + " are needed", e);
        }
    }

    private static void mount() throws DatapathException, IOException {
        boolean mounted = Files.readAllLines(Path.of("/proc/mounts")).stream().anyMatch(l -> l.contains(" " + ROOT + " bpf "));
        if (!mounted && Libc.mount("bpf", ROOT.toString(), "bpf") < 0) {
            throw new DatapathException(ROOT + ": no bpf file system, and mounting one failed: " + Libc.error());
        }
    }

    /** Pins a link; from now on it outlives the process. */
    void keep(int link, int ifindex) throws DatapathException {
        String path = folder.resolve(LINK + ifindex).toString();
        if (Bpf.pin(link, path) < 0) {
            throw new DatapathException("pin " + path + ": " + Libc.error());
        }
    }

    /** Whether an earlier process left a link at this device. */
    boolean hasBefore(int ifindex) {
        return Files.exists(before.resolve(LINK + ifindex));
    }

    /** Devices at which an earlier process left a link. */
    List<Integer> before() {
        if (!Files.exists(before)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(before)) {
            return entries.map(path -> Integer.valueOf(path.getFileName().toString().substring(LINK.length()))).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Lets go of what an earlier process left at this device, and of its folder with the last one. */
    void dropBefore(int ifindex) {
        delete(before.resolve(LINK + ifindex));
        delete(before);
    }

    /** Lets go of all that an earlier process left. */
    void dropBefore() {
        remove(before);
    }

    void drop(int ifindex) {
        delete(folder.resolve(LINK + ifindex));
    }

    private static void remove(Path folder) {
        if (Files.exists(folder)) {
            try (Stream<Path> entries = Files.list(folder)) {
                List<Path> all = entries.toList();
                all.forEach(Pins::delete);
            } catch (IOException e) {
                // What is left is found at the next start.
            }
            delete(folder);
        }
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // A folder that is not empty, or a pin that is gone.
        }
    }

    @Override
    public void close() {
        remove(before);
        remove(folder);
        delete(host);
        delete(host.getParent());
    }
}

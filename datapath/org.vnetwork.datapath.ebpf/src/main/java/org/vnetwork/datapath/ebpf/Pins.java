package org.vnetwork.datapath.ebpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.vnetwork.datapath.DatapathException;

/**
 * What keeps programs attached when the process dies: {@code /sys/fs/bpf/vnetwork/HOST/SWITCH/link-IFINDEX}, beside {@link PinnedMaps}.
 *
 * <p>What an earlier process left goes on here when its maps are taken over; otherwise it is set aside as {@code SWITCH~before} and goes when the new
 * programs take over.
 */
final class Pins implements AutoCloseable {
    private static final Path ROOT = Path.of("/sys/fs/bpf");
    private static final String LINK = "link-";
    private static final int NOTE = -1;
    /** Looks that are skipped at most while the folder's time stands still, which tells little within one tick of the kernel's clock. */
    private static final int SKIPPED = 10;
    /** Changes that are noted. */
    static final String MADE = "made";
    static final String QUIET = "quiet";
    static final String FILTERS = "filters";
    static final String PROMISCUOUS = "promiscuous";
    private static final List<String> WHAT = List.of("link", MADE, QUIET, PROMISCUOUS, FILTERS);

    private final GracePeriods graces;
    private final Path host;
    private final Path folder;
    private final Path before;
    /** What is to be here: descriptors by name of what is pinned, {@link #NOTE} for notes. */
    private final Map<String, Integer> kept = new LinkedHashMap<>();
    private FileTime looked;
    private int unlooked;

    /** @param adopts whether the maps in the folder are those of this process already */
    Pins(GracePeriods graces, String hostName, String switchName, boolean adopts) throws DatapathException {
        this.graces = graces;
        folder = folder(hostName, switchName);
        host = folder.getParent();
        before = host.resolve(folder.getFileName() + "~before");
        try {
            mount();
            if (adopts) {
                remove(before);
            } else if (Files.exists(folder)) {
                remove(before);
                Files.move(folder, before);
            }
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new DatapathException("pins: " + folder + " cannot be made (" + e + "); root and a bpf file system at " + ROOT + " are needed", e);
        }
    }

    /** Where the pins of a switch are. */
    static Path folder(String hostName, String switchName) {
        // NB: a bpf file system refuses names with dots; neither substitute can stand in a name that people give.
        return ROOT.resolve("vnetwork").resolve(hostName.replace('.', ':')).resolve(switchName.replace('.', ':'));
    }

    Path folder() {
        return folder;
    }

    private static void mount() throws DatapathException, IOException {
        boolean mounted = Files.readAllLines(Path.of("/proc/mounts")).stream().anyMatch(l -> l.contains(" " + ROOT + " bpf "));
        if (!mounted && Libc.mount("bpf", ROOT.toString(), "bpf") < 0) {
            throw new DatapathException(ROOT + ": no bpf file system, and mounting one failed: " + Libc.error());
        }
    }

    /**
     * Has a device run a program, by the link that an earlier process left here or by one of its own, which is pinned and so outlives this process.
     *
     * @return the link's descriptor
     */
    int carry(int program, int ifindex, int type) throws DatapathException {
        Path path = folder.resolve(LINK + ifindex);
        if (Files.exists(path)) {
            int left = Bpf.open(path.toString());
            if (left >= 0 && Bpf.updateLink(left, program) == 0) {
                keep(LINK + ifindex, left);
                return left;
            }
            // Its device is gone, and another one got its number.
            Libc.close(left);
            delete(path);
        }
        int link = graces.shortly(() -> Bpf.attach(program, ifindex, type));
        if (link < 0) {
            int errno = Libc.errno();
            throw new DatapathException("the program cannot be attached: " + Libc.error(errno) + (errno == Libc.EINVAL ? "; tcx needs Linux 6.6 or newer" : ""));
        }
        if (Bpf.pin(link, path.toString()) < 0) {
            DatapathException failure = new DatapathException("pin " + path + ": " + Libc.error());
            Libc.close(link);
            throw failure;
        }
        keep(LINK + ifindex, link);
        return link;
    }

    /** Has what is pinned under a name stay there: {@link #missing} tells when it is not. */
    void keep(String name, int descriptor) {
        kept.put(name, descriptor);
    }

    /** What somebody removed from here, as far as can be told without looking at every name each time. */
    List<String> missing() {
        FileTime changed = null;
        try {
            changed = Files.getLastModifiedTime(folder);
        } catch (IOException e) {
            // The folder is gone, and all with it.
        }
        if (changed != null && changed.equals(looked) && ++unlooked < SKIPPED) {
            return List.of();
        }
        looked = changed;
        unlooked = 0;
        Set<String> there = new HashSet<>(names(folder));
        return kept.keySet().stream().filter(name -> !there.contains(name)).toList();
    }

    /** Pins what is missing again; null, or why it cannot be. */
    String mend(List<String> missing) {
        looked = null;
        try {
            mount();
            Files.createDirectories(folder);
            for (String name : missing) {
                Path path = folder.resolve(name);
                int descriptor = kept.get(name);
                if (descriptor == NOTE) {
                    Files.createDirectories(path);
                } else if (Bpf.pin(descriptor, path.toString()) < 0) {
                    return "pin " + path + ": " + Libc.error();
                }
            }
            return null;
        } catch (IOException | DatapathException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Takes the program whose link is pinned here off its device, now. */
    void detach(int ifindex) {
        int link = Bpf.open(folder.resolve(LINK + ifindex).toString());
        if (link >= 0) {
            end(link);
            Libc.close(link);
        }
    }

    /** Takes a program off its device by its link, now; the link stays open. */
    void end(int link) {
        graces.shortly(() -> Bpf.detach(link));
    }

    /** Whether this process or an earlier one left a link at this device. */
    boolean has(int ifindex) {
        return Files.exists(folder.resolve(LINK + ifindex)) || Files.exists(before.resolve(LINK + ifindex));
    }

    /** Notes what was changed at a device, for whoever puts it back, in this process or the next. */
    void note(int ifindex, String what) {
        try {
            // A bpf file system holds pins and folders, nothing else.
            Files.createDirectories(folder.resolve(what + "-" + ifindex));
            keep(what + "-" + ifindex, NOTE);
        } catch (IOException e) {
            // Then only this process puts it back.
        }
    }

    /** Whether this process or an earlier one noted that it changed this. */
    boolean noted(int ifindex, String what) {
        return Files.exists(folder.resolve(what + "-" + ifindex)) || Files.exists(before.resolve(what + "-" + ifindex));
    }

    /** Devices with a pinned link. */
    List<Integer> links() {
        return links(folder);
    }

    /** Devices at which an earlier process left a link that was set aside. */
    List<Integer> before() {
        return links(before);
    }

    private static List<Integer> links(Path of) {
        return names(of).stream().filter(name -> name.startsWith(LINK)).map(name -> Integer.valueOf(name.substring(LINK.length()))).toList();
    }

    private static List<String> names(Path of) {
        if (!Files.exists(of)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(of)) {
            return entries.map(path -> path.getFileName().toString()).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Lets go of what was set aside for this device, and of its folder with the last one. */
    void dropBefore(int ifindex) {
        drop(before, ifindex);
        delete(before);
    }

    /** Lets go of all that was set aside. */
    void dropBefore() {
        remove(before);
    }

    void drop(int ifindex) {
        WHAT.forEach(what -> kept.remove(what + "-" + ifindex));
        drop(folder, ifindex);
    }

    private static void drop(Path folder, int ifindex) {
        for (String what : WHAT) {
            delete(folder.resolve(what + "-" + ifindex));
        }
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

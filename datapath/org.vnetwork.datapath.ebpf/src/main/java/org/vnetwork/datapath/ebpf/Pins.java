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
    static final String LINK = "link-";
    /** Looks that are skipped at most while the folder's time stands still, which tells little within one tick of the kernel's clock. */
    private static final int SKIPPED = 10;
    /** Changes that are noted. */
    static final String MADE = "made";
    static final String QUIET = "quiet";
    static final String FILTERS = "filters";
    static final String PROMISCUOUS = "promiscuous";
    /** Which device it is, as {@link DeviceNote}. */
    static final String DEVICE = "device";
    static final List<String> WHAT = List.of("link", MADE, QUIET, PROMISCUOUS, FILTERS, DEVICE);

    private final GracePeriods graces;
    private final Path host;
    private final Path folder;
    private final Path before;
    private final NetworkSpace space;
    /** What is to be here, by name: how it is put there again. */
    private final Map<String, Kept> kept = new LinkedHashMap<>();
    private FileTime looked;
    private int unlooked;

    /** Puts what is kept at its path; fails when it is there. */
    private interface Kept {
        void put(Path path) throws IOException;
    }

    /** @param adopts whether the maps in the folder are those of this process already */
    Pins(GracePeriods graces, String hostName, String switchName, boolean adopts) throws DatapathException {
        this.graces = graces;
        BpfFileSystem.find().mount();
        folder = folder(hostName, switchName);
        host = folder.getParent();
        before = before(hostName, switchName);
        try {
            space = NetworkSpace.current();
            if (adopts) {
                remove(before);
            } else if (Files.exists(folder)) {
                remove(before);
                Files.move(folder, before);
            }
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new DatapathException("pins: " + BpfFileSystem.shown(folder) + " cannot be made (" + e + "); root and a bpf file system at /sys/fs/bpf are needed", e);
        }
    }

    /** Where the pins of a host are. */
    static Path folder(String hostName) {
        // NB: a bpf file system refuses names with dots; neither substitute can stand in a name that people give.
        return BpfFileSystem.find().root().resolve("vnetwork").resolve(hostName.replace('.', ':'));
    }

    /** Where the pins of a switch are. */
    static Path folder(String hostName, String switchName) {
        return folder(hostName).resolve(switchName.replace('.', ':'));
    }

    /** Where what an earlier process left is set aside. */
    static Path before(String hostName, String switchName) {
        return folder(hostName).resolve(switchName.replace('.', ':') + "~before");
    }

    Path folder() {
        return folder;
    }

    /**
     * Has a device run a program, by the link that an earlier process left here or by one of its own, which is pinned and so outlives this process.
     *
     * @return the link's descriptor
     */
    int carry(int program, int ifindex, String name, int type) throws DatapathException {
        Path path = folder.resolve(LINK + ifindex);
        try {
            DeviceNote note = new DeviceNote(space, name);
            note.write(folder.resolve(DEVICE + "-" + ifindex));
            kept.put(DEVICE + "-" + ifindex, note::write);
        } catch (IOException e) {
            throw new DatapathException("note beside " + BpfFileSystem.shown(path) + ": " + e, e);
        }
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
        try {
            pin(link, path);
        } catch (IOException e) {
            Libc.close(link);
            throw new DatapathException(e.getMessage(), e);
        }
        keep(LINK + ifindex, link);
        return link;
    }

    /** Has what is pinned under a name stay there: {@link #missing} tells when it is not. */
    void keep(String name, int descriptor) {
        kept.put(name, path -> pin(descriptor, path));
    }

    private static void pin(int descriptor, Path path) throws IOException {
        if (Bpf.pin(descriptor, path.toString()) < 0) {
            throw new IOException("pin " + BpfFileSystem.shown(path) + ": " + Libc.error());
        }
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
            BpfFileSystem.find().mount();
            Files.createDirectories(folder);
            for (String name : missing) {
                kept.get(name).put(folder.resolve(name));
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
            // A bpf file system holds no files with text.
            Files.createDirectories(folder.resolve(what + "-" + ifindex));
            kept.put(what + "-" + ifindex, Files::createDirectories);
        } catch (IOException e) {
            // Then only this process puts it back.
        }
    }

    /** Whether this process or an earlier one noted that it changed this. */
    boolean noted(int ifindex, String what) {
        return Files.exists(folder.resolve(what + "-" + ifindex)) || Files.exists(before.resolve(what + "-" + ifindex));
    }

    /** Whether this device is a tap that was made for its port. Somebody who gave it another name has taken it over. */
    boolean isMadeTap(Link device) {
        return isMadeTap(folder, device) || isMadeTap(before, device);
    }

    private static boolean isMadeTap(Path folder, Link device) {
        DeviceNote note = DeviceNote.read(folder.resolve(DEVICE + "-" + device.ifindex()));
        return Files.exists(folder.resolve(MADE + "-" + device.ifindex())) && (note == null || note.name().equals(device.name()));
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

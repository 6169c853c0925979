package org.vnetwork.datapath.ebpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A device that pins of a process are about.
 *
 * @param number the ifindex that it had, in the namespace of that process
 * @param note which device that was; null in what an earlier version left
 */
record PinnedDevice(Path folder, int number, DeviceNote note) {
    private static final Pattern NAME = Pattern.compile("[a-z]+-([0-9]{1,10})");

    /** How the device stands to the calling thread's network namespace. */
    enum Standing {
        /** It is here. */
        HERE,
        /** It is nowhere any more, or nothing of this host is left at it. */
        GONE,
        /** Nothing says that the device that has the number here is the one. */
        ANOTHER,
        /** The pinned program still runs at it, in another namespace. */
        ELSEWHERE
    }

    /** @param device the device, when it is here or another one has its number; else null */
    record Seen(Standing standing, Link device) {
    }

    /** All that the pins of a switch are about. */
    static List<PinnedDevice> in(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(path -> NAME.matcher(path.getFileName().toString())).filter(Matcher::matches).map(m -> Integer.parseInt(m.group(1))).distinct().sorted()
                    .map(number -> new PinnedDevice(folder, number, DeviceNote.read(folder.resolve(Pins.DEVICE + "-" + number)))).toList();
        }
    }

    boolean noted(String what) {
        return Files.exists(folder.resolve(what + "-" + number), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Looks for the device in the calling thread's namespace.
     *
     * <p>A program that its pinned link still has at a device proves that it is the one, whatever it is called now. Without, all must match: number, name and namespace.
     */
    Seen look(Links links, NetworkSpace here) {
        int link = Bpf.open(folder.resolve(Pins.LINK + number).toString());
        try {
            int at = link < 0 ? 0 : Bpf.device(link);
            if (at != 0) {
                return Bpf.isAttached(link, at, Bpf.type(link)) ? new Seen(Standing.HERE, links.byIndex(at)) : new Seen(Standing.ELSEWHERE, null);
            }
        } finally {
            if (link >= 0) {
                Libc.close(link);
            }
        }
        if (note != null && !note.space().equals(here)) {
            return new Seen(Standing.GONE, null);
        }
        Link device = links.byIndex(number);
        if (device == null) {
            return new Seen(Standing.GONE, null);
        }
        return new Seen(note != null && note.name().equals(device.name()) ? Standing.HERE : Standing.ANOTHER, device);
    }

    /** Whether the pinned program still runs at a device, here or elsewhere. */
    boolean isAlive() {
        int link = Bpf.open(folder.resolve(Pins.LINK + number).toString());
        if (link < 0) {
            return false;
        }
        boolean alive = Bpf.device(link) != 0;
        Libc.close(link);
        return alive;
    }

    /** Takes the program off the device, wherever it is, and removes its pins. */
    void remove() throws IOException {
        int link = Bpf.open(folder.resolve(Pins.LINK + number).toString());
        if (link >= 0) {
            Bpf.detach(link);
            Libc.close(link);
        }
        for (String what : Pins.WHAT) {
            Files.deleteIfExists(folder.resolve(what + "-" + number));
        }
    }

    /** For the administrator. */
    @Override
    public String toString() {
        return note == null ? "the device that had number " + number : note.name() + " (number " + number + " in " + note.space() + ")";
    }
}

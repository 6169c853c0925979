package org.vnetwork.datapath.ebpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.vnetwork.datapath.DatapathException;

/**
 * What a host that does not run left in the kernel: {@code ./vnet down} has it removed by {@link #main}.
 *
 * <p>Each device is looked for in the network namespace that it is in, wherever this is run. What is not certainly the host's is left alone and named, and each removal is looked at.
 */
public final class Leavings {
    private final Path host;
    private final List<String> problems = new ArrayList<>();

    private record Found(PinnedDevice pinned, Link device) {
    }

    private Leavings(Path host) {
        this.host = host;
    }

    /**
     * Removes all that a host left; ends with 1 when something could not be removed or another process has it, and says what, a line each.
     *
     * @param arguments the host's name
     */
    public static void main(String[] arguments) {
        List<String> problems = remove(arguments[0]);
        problems.forEach(problem -> System.err.println("down: host \"" + arguments[0] + "\": " + problem));
        System.exit(problems.isEmpty() ? 0 : 1);
    }

    /** What could not be removed. */
    static List<String> remove(String host) {
        Leavings leavings = new Leavings(Pins.folder(host));
        try {
            leavings.remove();
        } catch (IOException | DatapathException e) {
            leavings.problems.add("not all of " + BpfFileSystem.shown(leavings.host) + " is removed: " + e.getMessage());
        }
        return leavings.problems;
    }

    private void remove() throws IOException, DatapathException {
        List<PinnedDevice> missing = new ArrayList<>();
        for (Path folder : folders(host)) {
            missing.addAll(PinnedDevice.in(folder));
        }
        Map<Path, List<Found>> found = find(missing);
        List<String> open = found.values().stream().flatMap(List::stream).map(Found::device).filter(d -> EbpfDriver.isTap(d.name()) && d.hasCarrier()).map(Link::name).toList();
        if (!open.isEmpty()) {
            problems.add("another process has " + String.join(", ", open) + " open; nothing is removed");
            return;
        }
        for (Map.Entry<Path, List<Found>> each : found.entrySet()) {
            NetworkSpace.in(each.getKey(), () -> putBack(each.getValue()));
        }
        for (PinnedDevice left : missing) {
            problems.add(left + " is left alone: its program still runs, and its network namespace cannot be found from here");
        }
        for (Path folder : folders(host)) {
            if (missing.stream().noneMatch(left -> left.folder().equals(folder))) {
                delete(folder);
            }
        }
        if (missing.isEmpty()) {
            Files.deleteIfExists(host);
        }
    }

    private static List<Path> folders(Path host) throws IOException {
        if (!Files.isDirectory(host)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(host)) {
            return folders.toList();
        }
    }

    /** Where the devices are; takes those out of the list of which is known what to do. */
    private Map<Path, List<Found>> find(List<PinnedDevice> missing) throws IOException {
        Map<Path, List<Found>> found = new LinkedHashMap<>();
        for (Path file : NetworkSpace.all().values()) {
            if (missing.isEmpty()) {
                break;
            }
            try {
                found.put(file, NetworkSpace.in(file, () -> look(missing)));
            } catch (IOException e) {
                // A process that ended meanwhile, or a namespace that this user may not enter; what is in there stays missing.
            }
        }
        // No program is left at these, and their namespace is not there.
        missing.removeIf(device -> !device.isAlive());
        return found;
    }

    private List<Found> look(List<PinnedDevice> missing) throws IOException, DatapathException {
        List<Found> found = new ArrayList<>();
        NetworkSpace here = NetworkSpace.current();
        try (Links links = new Links()) {
            for (PinnedDevice device : List.copyOf(missing)) {
                PinnedDevice.Seen seen = device.look(links, here);
                boolean known = switch (seen.standing()) {
                    case HERE -> seen.device() != null && found.add(new Found(device, seen.device()));
                    case ANOTHER -> device.note() != null && problems.add(seen.device().name() + " is left alone: it has number " + device.number() + " now, which was that of " + device);
                    case GONE -> device.note() != null && device.note().space().equals(here);
                    case ELSEWHERE -> false;
                };
                if (known) {
                    missing.remove(device);
                }
            }
        }
        return found;
    }

    private Void putBack(List<Found> devices) throws IOException, DatapathException {
        try (Links links = new Links(); TrafficControl control = new TrafficControl()) {
            for (Found found : devices) {
                putBack(found.pinned, found.device, links, control);
                found.pinned.remove();
            }
        }
        return null;
    }

    private void putBack(PinnedDevice pinned, Link device, Links links, TrafficControl control) {
        boolean renamed = pinned.note() != null && !pinned.note().name().equals(device.name());
        if (pinned.noted(Pins.MADE) && renamed) {
            problems.add("the tap " + device.name() + " is left, since it was made as " + pinned.note().name() + " (ip link delete dev " + device.name() + ")");
        } else if (pinned.noted(Pins.MADE) || EbpfDriver.isTap(device.name())) {
            links.delete(device.ifindex());
            if (links.byIndex(device.ifindex()) != null) {
                problems.add("the tap " + device.name() + " is still there (ip link delete dev " + device.name() + ")");
            }
            return;
        }
        problems.addAll(DeviceChanges.putBack(links, device, pinned::noted));
        if (pinned.noted(Pins.FILTERS) && !control.filters(device.ifindex()).ours().isEmpty() && !control.unhook(device.ifindex())) {
            problems.add(device.name() + " still has the switch's filters (tc filter del dev " + device.name() + " ingress)");
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry : entries.toList()) {
                Files.deleteIfExists(entry);
            }
        }
        Files.deleteIfExists(folder);
    }

    /**
     * Has what an earlier process left at devices that are gone be forgotten, before a switch is opened.
     *
     * @throws DatapathException when its devices are in another network namespace; nothing is changed then
     */
    static void settle(String host, String switchName, Links links) throws DatapathException {
        try {
            NetworkSpace here = NetworkSpace.current();
            List<PinnedDevice> ended = new ArrayList<>();
            for (Path folder : new Path[] {Pins.folder(host, switchName), Pins.before(host, switchName)}) {
                for (PinnedDevice device : PinnedDevice.in(folder)) {
                    PinnedDevice.Standing standing = device.look(links, here).standing();
                    if (standing == PinnedDevice.Standing.ELSEWHERE) {
                        throw new DatapathException("switch " + switchName + ": an earlier process left it at work in another network namespace, at " + device + ", this is " + here
                                + "; start the host there, or have ./vnet down remove it");
                    }
                    if (standing != PinnedDevice.Standing.HERE) {
                        ended.add(device);
                    }
                }
            }
            for (PinnedDevice device : ended) {
                device.remove();
            }
        } catch (IOException e) {
            throw new DatapathException("pins: " + BpfFileSystem.shown(Pins.folder(host, switchName)) + " cannot be read (" + e + ")", e);
        }
    }
}

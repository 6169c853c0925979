package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.vnetwork.datapath.ebpf.EbpfDriver;

/** Namespaces and cables of one test; closing it takes them away. Names are those of this process alone. */
public final class Lab implements Closeable {
    /** What all names that tests of this process make begin with. */
    public static final String PREFIX = "kt" + Long.toString(ProcessHandle.current().pid(), 36);
    private static final Path PINS = Path.of("/sys/fs/bpf/vnetwork");

    /** Never used again: a test that could not clean up spoils no other. */
    private static final AtomicInteger SPACES = new AtomicInteger();

    private final Deque<Closeable> made = new ArrayDeque<>();

    /** Skips the test where the driver cannot work, and says why. */
    public static void needed() {
        Optional<String> why = new EbpfDriver().unavailable();
        assumeTrue(why.isEmpty(), () -> "the eBPF driver cannot be tested here: " + why.orElseThrow());
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/ip")) || Files.isExecutable(Path.of("/sbin/ip")) || Files.isExecutable(Path.of("/usr/bin/ip")),
                "ip is missing: apt-get install iproute2");
    }

    /** A name for a device, a host or a namespace, at most 15 characters. */
    public static String name(String suffix) {
        return PREFIX + suffix;
    }

    /** A namespace. */
    public Space space() throws IOException {
        Space space = new Space(name("-" + SPACES.incrementAndGet()));
        made.push(space);
        return space;
    }

    /**
     * A veth pair, both ends up.
     *
     * @param end suffix of the name in the namespace; the end that stays here has an {@code h} more
     * @param settings of the end in the namespace, for example {@code address 02:00:00:00:00:01}; empty for none
     * @return the name of the end that stays here
     */
    public String cable(Space space, String end, String settings) throws IOException {
        String here = name(end + "h");
        String there = name(end);
        remove(here);
        Command.run(("ip link add " + here + " type veth peer name " + there + " " + settings + " netns " + space.name()).replace("  ", " ").split(" "));
        made.push(() -> remove(here));
        Files.writeString(Path.of("/proc/sys/net/ipv6/conf", here, "disable_ipv6"), "1");
        Command.run("ip", "link", "set", here, "up");
        space.ip("link set " + there + " up");
        return here;
    }

    /** Something else to be closed, before what was made earlier. */
    public <T extends Closeable> T keep(T resource) {
        made.push(resource);
        return resource;
    }

    /** Removes a device, if it is there. */
    public static void remove(String device) throws IOException {
        if (exists(device)) {
            Command.run("ip", "link", "delete", device);
        }
    }

    /** Whether there is a device of this name here. */
    public static boolean exists(String device) {
        return Files.exists(Path.of("/sys/class/net", device));
    }

    /** The device that frames of a switch come up by. */
    public static String upcallTap(String host, String name) {
        CRC32 crc = new CRC32();
        crc.update((host + "/" + name).getBytes(StandardCharsets.UTF_8));
        return "vnup-" + Long.toHexString(crc.getValue());
    }

    /** A counter of the kernel's interface statistics. */
    public static long statistic(String device, String counter) throws IOException {
        return Long.parseLong(Files.readString(Path.of("/sys/class/net", device, "statistics", counter)).strip());
    }

    /** All devices, pins of this process's hosts and programs at devices: what a driver could leave behind. */
    public static List<String> traces() throws IOException {
        List<String> traces = new ArrayList<>();
        try (Stream<Path> devices = Files.list(Path.of("/sys/class/net"))) {
            devices.map(Path::getFileName).map(Path::toString).filter(d -> d.startsWith(PREFIX)).forEach(traces::add);
        }
        if (Files.exists(PINS)) {
            try (Stream<Path> pins = Files.walk(PINS)) {
                pins.map(Path::toString).filter(p -> p.contains("/" + PREFIX)).forEach(traces::add);
            }
        }
        traces.sort(null);
        return traces;
    }

    @Override
    public void close() throws IOException {
        IOException first = null;
        while (!made.isEmpty()) {
            try {
                made.pop().close();
            } catch (IOException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }
}

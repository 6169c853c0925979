package org.vnetwork.datapath.ebpf;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.osgi.service.component.annotations.Component;
import org.vnetwork.datapath.Capabilities;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.DatapathDriver;
import org.vnetwork.datapath.DatapathException;

/** Switches in the Linux kernel; needs root and Linux 6.6. */
@Component(service = DatapathDriver.class)
public final class EbpfDriver implements DatapathDriver {
    /** What the names of taps begin with that misses come up by. */
    static final String MISS_PREFIX = "vnup-";
    /** What the names of taps begin with that frames of inspect flows come up by. */
    static final String INSPECT_PREFIX = "vnin-";
    private static final String OBJECT = "/vnet.bpf.o";
    private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+).*", Pattern.DOTALL);

    private final GracePeriods graces = new GracePeriods();

    @Override
    public String name() {
        return "ebpf";
    }

    @Override
    public int preference() {
        return 100;
    }

    @Override
    public Optional<String> unavailable() {
        Matcher release = RELEASE.matcher(System.getProperty("os.version", ""));
        if (!System.getProperty("os.name").equals("Linux") || !release.matches()) {
            return Optional.of("it needs Linux");
        }
        int major = Integer.parseInt(release.group(1));
        if (major < 6 || major == 6 && Integer.parseInt(release.group(2)) < 6) {
            return Optional.of("kernel " + release.group(1) + "." + release.group(2) + " has no tcx; it needs Linux 6.6 or newer");
        }
        if (!Libc.isRoot()) {
            return Optional.of("it needs root; start it with sudo");
        }
        if (EbpfDriver.class.getResource(OBJECT) == null) {
            return Optional.of("this build has no eBPF object; apt-get install clang libbpf-dev, then ./vnet build");
        }
        if (!Files.exists(Path.of("/dev/net/tun"))) {
            return Optional.of("/dev/net/tun is missing; modprobe tun");
        }
        return Optional.ofNullable(BpfObject.missing());
    }

    @Override
    public Optional<String> caution() {
        return BpfFileSystem.find().outlives() ? Optional.empty()
                : Optional.of("its flows end with the last process of this namespace of mounts, since the /sys/fs/bpf of process 1 cannot be reached");
    }

    @Override
    public Set<String> attachments() {
        return Set.of("netdev", "tap");
    }

    @Override
    public Capabilities capabilities() {
        return EbpfDatapath.CAPABILITIES;
    }

    @Override
    public Datapath open(String host, String switchName, Path runFolder) throws DatapathException {
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            Links links = push(opened, new Links());
            Leavings.settle(host, switchName, links);
            BpfObject object = push(opened, BpfObject.open(elf()));
            FlowMaps.size(object, EbpfDatapath.FLOWS);
            boolean adopts = PinnedMaps.reuse(object, Pins.folder(host, switchName));
            object.load();
            // The first step that another process would notice, and the one that fails when it has the switch.
            UpcallTap misses = tap(tapName(host, switchName), links, adopts, opened);
            UpcallTap inspected = tap(inspectTapName(host, switchName), links, adopts, opened);
            Pins pins = push(opened, new Pins(graces, host, switchName, adopts));
            PacketSocket socket = push(opened, new PacketSocket());
            KernelMaps maps = push(opened, new KernelMaps(object));
            FlowMaps flowMaps = push(opened, new FlowMaps(object, EbpfDatapath.FLOWS));
            if (!adopts) {
                PinnedMaps.pin(object, pins.folder());
            }
            PinnedMaps.keep(object, pins);
            return new EbpfDatapath(object, maps, flowMaps, links, pins, new UpChannels(links, misses, inspected), socket, adopts);
        } catch (Throwable e) {
            closeAll(opened);
            throw e;
        }
    }

    private static UpcallTap tap(String name, Links links, boolean adopts, Deque<AutoCloseable> opened) throws DatapathException {
        UpcallTap tap = push(opened, new UpcallTap(name, links, adopts));
        opened.push(tap::remove);
        return tap;
    }

    private static <T extends AutoCloseable> T push(Deque<AutoCloseable> opened, T resource) {
        opened.push(resource);
        return resource;
    }

    private static void closeAll(Deque<AutoCloseable> opened) {
        // The tap is closed after what uses it; its device goes by netlink, so the socket to it goes last.
        for (AutoCloseable resource : opened) {
            try {
                resource.close();
            } catch (Exception e) {
                // The first failure is the one to tell.
            }
        }
    }

    /** Whether a device of this name is a tap by which frames come up to a switch. */
    static boolean isTap(String device) {
        return device.startsWith(MISS_PREFIX) || device.startsWith(INSPECT_PREFIX);
    }

    /** The tap of a switch's misses. */
    static String tapName(String host, String switchName) {
        return tapName(MISS_PREFIX, host, switchName);
    }

    /** The tap of a switch's inspected frames. */
    static String inspectTapName(String host, String switchName) {
        return tapName(INSPECT_PREFIX, host, switchName);
    }

    /** A device name of at most 15 characters that is this switch's alone on the machine. */
    static String tapName(String prefix, String host, String switchName) {
        CRC32 crc = new CRC32();
        crc.update((host + "/" + switchName).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return prefix + Long.toHexString(crc.getValue());
    }

    private static byte[] elf() throws DatapathException {
        try (InputStream in = EbpfDriver.class.getResourceAsStream(OBJECT)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new DatapathException("eBPF object: cannot be read from the bundle (" + e + ")", e);
        }
    }
}

package org.vnetwork.datapath.ebpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.vnetwork.datapath.DatapathException;

/** Maps that outlive the process: {@code /sys/fs/bpf/vnetwork/HOST/SWITCH/map-NAME}. */
final class PinnedMaps {
    private static final String PREFIX = "map-";
    /** For tests of the program; each object has its own. */
    private static final String OWN = "key_out";

    private PinnedMaps() {
    }

    private static List<String> names(BpfObject object) {
        return object.maps().stream().filter(name -> !name.equals(OWN)).toList();
    }

    private static String path(Path folder, String name) {
        return folder.resolve(PREFIX + name).toString();
    }

    /**
     * Has an object that is not loaded yet take the maps that are pinned, when all are there and are what it would make itself.
     *
     * @return false when it will make its own; what is pinned is as it was
     */
    static boolean reuse(BpfObject object, Path folder) throws DatapathException {
        Map<String, Integer> opened = new HashMap<>();
        try {
            for (String name : names(object)) {
                int fd = Bpf.open(path(folder, name));
                if (fd < 0) {
                    return false;
                }
                opened.put(name, fd);
                if (!object.shape(name).equals(Bpf.shape(fd))) {
                    return false;
                }
            }
            if (version(opened.get("ctl")) != KernelMaps.ABI_VERSION) {
                return false;
            }
            for (Map.Entry<String, Integer> map : opened.entrySet()) {
                if (!object.reuse(map.getKey(), map.getValue())) {
                    throw new DatapathException("eBPF map " + map.getKey() + ": the pinned one cannot be taken over; ./vnet down removes it");
                }
            }
            return true;
        } finally {
            opened.values().forEach(Libc::close);
        }
    }

    private static int version(int ctl) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(KernelMaps.CTL_SIZE, 8);
            return Bpf.lookup(ctl, arena.allocate(4, 4), value) < 0 ? 0 : value.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /** Pins the maps of a loaded object. */
    static void pin(BpfObject object, Path folder) throws DatapathException {
        for (String name : names(object)) {
            if (Bpf.pin(object.map(name), path(folder, name)) < 0) {
                throw new DatapathException("pin " + path(folder, name) + ": " + Libc.error());
            }
        }
    }

    /** Has the maps of an object stay pinned. */
    static void keep(BpfObject object, Pins pins) {
        names(object).forEach(name -> pins.keep(PREFIX + name, object.map(name)));
    }
}

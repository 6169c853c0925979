package org.vnetwork.datapath.ebpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.vnetwork.datapath.DatapathException;

/**
 * The bpf file system that holds the pins of this machine: the one at {@code /sys/fs/bpf} where process 1 runs.
 *
 * <p>A process may see another one there, or none: {@code ip netns exec} makes a namespace of mounts with a {@code /sys} of its own, which ends with its last process. Pins there would end
 * with it, and nobody else would find them. The script {@code vnet} looks by the same rule.
 *
 * @param process a folder in {@code /proc}, of a process that sees it; {@code /proc/self} when this one does
 * @param outlives whether what is pinned there is certainly still there when this process has ended
 */
record BpfFileSystem(Path process, boolean outlives) {
    private static final Path ROOT = Path.of("/sys/fs/bpf");
    private static final Path PROCESSES = Path.of("/proc");
    private static final Path SELF = PROCESSES.resolve("self");
    private static final int O_PATH = 0x200000;
    private static final int CLONE_FS = 0x200;
    private static final int CLONE_NEWNS = 0x20000;

    /** Reached through a descriptor, since the process through which it was found may end; null until it was reached. */
    private static Path reached;

    /** The one to use; it may have to be {@link #mount mounted}. Changes nothing. */
    static BpfFileSystem find() {
        Optional<String> own = mounts(SELF);
        Optional<String> first = mounts(PROCESSES.resolve("1")).or(BpfFileSystem::kernels);
        if (own.isEmpty() || first.isEmpty()) {
            return new BpfFileSystem(SELF, false);
        }
        return own.equals(first) ? new BpfFileSystem(SELF, true) : oneIn(first).map(process -> new BpfFileSystem(process, true)).orElse(new BpfFileSystem(SELF, false));
    }

    /** The kernel's threads see what the first process began with; for where that one may not be looked at. */
    private static Optional<String> kernels() {
        Path second = PROCESSES.resolve("2");
        try {
            return Files.readString(second.resolve("comm")).strip().equals("kthreadd") ? mounts(second) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<Path> oneIn(Optional<String> mounts) {
        try (Stream<Path> processes = Files.list(PROCESSES)) {
            return processes.filter(process -> process.getFileName().toString().matches("[0-9]+") && mounts(process).equals(mounts) && Files.isDirectory(at(process))).findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The folder as a process sees it. */
    private static Path at(Path process) {
        return process.resolve("root").resolve(Path.of("/").relativize(ROOT));
    }

    /** What names the namespace of mounts of a process; empty when this process may not know. */
    private static Optional<String> mounts(Path process) {
        try {
            return Optional.of(Files.readSymbolicLink(process.resolve("ns/mnt")).toString());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private boolean isHere() {
        return process.equals(SELF);
    }

    /** Where this process reaches it. */
    Path root() {
        return isHere() ? ROOT : reach();
    }

    private Path reach() {
        synchronized (BpfFileSystem.class) {
            if (reached == null) {
                int folder = isMounted() ? Libc.open(at(process).toString(), O_PATH | Libc.O_CLOEXEC) : -1;
                if (folder < 0) {
                    return at(process);
                }
                reached = SELF.resolve("fd").resolve(Integer.toString(folder));
            }
            return reached;
        }
    }

    /** A path below {@link #root} as the administrator finds it. */
    static String shown(Path path) {
        Path below = path;
        for (Path root : new Path[] {reached, ROOT}) {
            below = root != null && path.startsWith(root) ? root.relativize(path) : below;
        }
        return below.equals(path) ? path.toString() : ROOT.resolve(below).toString();
    }

    /** Mounts it where it is not mounted yet. */
    void mount() throws DatapathException {
        if (!isMounted()) {
            String error = isHere() ? mountHere() : mountThere();
            if (error != null) {
                throw new DatapathException(ROOT + ": no bpf file system" + (isHere() ? "" : " where process 1 runs") + ", and mounting one failed: " + error);
            }
        }
    }

    private boolean isMounted() {
        try (Stream<String> mounts = Files.lines(process.resolve("mounts"))) {
            return mounts.anyMatch(line -> line.contains(" " + ROOT + " bpf "));
        } catch (IOException e) {
            return false;
        }
    }

    /** The error, or null. */
    private static String mountHere() {
        return Libc.mount("bpf", ROOT.toString(), "bpf") < 0 ? Libc.error() : null;
    }

    /** A thread of its own goes there, mounts and ends. */
    private String mountThere() {
        int mounts = Libc.open(process.resolve("ns/mnt").toString(), Libc.O_CLOEXEC);
        if (mounts < 0) {
            return Libc.error();
        }
        try {
            return OwnThread.call("mount", () -> Libc.unshare(CLONE_FS) < 0 || Libc.setns(mounts, CLONE_NEWNS) < 0 ? Libc.error() : mountHere());
        } catch (IOException e) {
            return e.toString();
        } finally {
            Libc.close(mounts);
        }
    }
}

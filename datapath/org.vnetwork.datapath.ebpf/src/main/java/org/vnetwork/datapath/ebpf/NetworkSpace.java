package org.vnetwork.datapath.ebpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * A network namespace.
 *
 * @param inode as {@code /proc/PID/ns/net} shows it; the kernel gives the number of one that ended to another
 * @param cookie what the kernel gives to no other until the machine starts again
 */
record NetworkSpace(long inode, long cookie) {
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final int SOL_SOCKET = 1;
    private static final int SO_NETNS_COOKIE = 71;
    private static final int CLONE_NEWNET = 0x40000000;
    private static final Path OWN = Path.of("/proc/thread-self/ns/net");

    /** The calling thread's. */
    static NetworkSpace current() throws IOException {
        int socket = Libc.socket(AF_INET, SOCK_DGRAM | Libc.O_CLOEXEC, 0);
        if (socket < 0) {
            throw new IOException("socket: " + Libc.error());
        }
        try {
            return new NetworkSpace(inode(OWN), Libc.longOption(socket, SOL_SOCKET, SO_NETNS_COOKIE));
        } finally {
            Libc.close(socket);
        }
    }

    private static long inode(Path file) throws IOException {
        return ((Number) Files.getAttribute(file, "unix:ino")).longValue();
    }

    /** The namespaces that processes are in and those that {@code ip netns} named, each once: a file that stands for it, by inode; the calling thread's first. */
    static Map<Long, Path> all() {
        Map<Long, Path> all = new LinkedHashMap<>();
        add(all, OWN);
        for (Path names : new Path[] {Path.of("/run/netns"), Path.of("/proc/1/root/run/netns")}) {
            files(names).forEach(file -> add(all, file));
        }
        files(Path.of("/proc")).stream().filter(file -> file.getFileName().toString().matches("[0-9]+")).forEach(process -> add(all, process.resolve("ns/net")));
        return all;
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return new ArrayList<>(files.toList());
        } catch (IOException e) {
            return List.of();
        }
    }

    private static void add(Map<Long, Path> all, Path file) {
        try {
            all.putIfAbsent(inode(file), file);
        } catch (IOException e) {
            // The process has ended, or the name stands for nothing.
        }
    }

    /** Does work in the namespace that a file stands for, on a thread of its own. */
    static <T> T in(Path file, Callable<T> work) throws IOException {
        if (file.equals(OWN)) {
            try {
                return work.call();
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
        return OwnThread.call("in " + file, () -> {
            int space = Libc.open(file.toString(), Libc.O_CLOEXEC);
            if (space < 0 || Libc.setns(space, CLONE_NEWNET) < 0) {
                String error = Libc.error();
                Libc.close(space);
                throw new IOException(file + ": " + error);
            }
            Libc.close(space);
            return work.call();
        });
    }

    /** As the system's tools name it. */
    @Override
    public String toString() {
        return "net:[" + inode + "]";
    }
}

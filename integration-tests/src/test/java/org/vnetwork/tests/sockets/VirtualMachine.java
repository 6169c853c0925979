package org.vnetwork.tests.sockets;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A QEMU guest of one kernel and BusyBox, without KVM: it has an address, and does what a shell script says. */
final class VirtualMachine implements Closeable {
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(3);
    /** In the order in which one needs the other; a kernel that has them built in has no files of them. */
    private static final List<String> MODULES = List.of("virtio_ring", "virtio", "virtio_pci_legacy_dev", "virtio_pci_modern_dev", "virtio_pci", "failover", "net_failover", "virtio_net");

    private final Process process;
    private final Path console;

    /**
     * What guests boot from.
     *
     * @param kernel its image
     * @param folder with a file {@code root} for each guest's files
     * @param modules of that kernel
     */
    record Image(Path kernel, Path modules, Path folder) {
        /** Skips the test where there is no QEMU, no kernel to boot or no BusyBox. */
        static Image needed(Path folder) throws IOException {
            assumeTrue(Files.isExecutable(Path.of("/usr/bin/qemu-system-x86_64")), "qemu-system-x86_64 is missing: apt-get install qemu-system-x86");
            assumeTrue(Files.isExecutable(Path.of("/bin/busybox")), "busybox is missing: apt-get install busybox-static");
            String named = System.getenv("VNET_VM_KERNEL");
            Path kernel = named != null ? Path.of(named) : newest();
            assumeTrue(kernel != null && Files.isReadable(kernel), "no kernel for a guest: apt-get install linux-image-cloud-amd64, or VNET_VM_KERNEL=.../boot/vmlinuz-VERSION");
            String version = kernel.getFileName().toString().replaceFirst("^vmlinuz-", "");
            return new Image(kernel, kernel.resolve("../../lib/modules").resolve(version).normalize(), folder);
        }

        private static Path newest() throws IOException {
            try (Stream<Path> files = Files.list(Path.of("/boot"))) {
                return files.filter(f -> f.getFileName().toString().startsWith("vmlinuz-")).max(Comparator.naturalOrder()).orElse(null);
            }
        }

        /** The first files of a guest that runs a script. */
        private Path initrd(String name, String script) throws IOException {
            Path root = Files.createDirectory(folder.resolve(name));
            for (String made : List.of("bin", "dev", "proc", "m")) {
                Files.createDirectory(root.resolve(made));
            }
            Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
            StringBuilder init = new StringBuilder("#!/bin/busybox sh\nb=/bin/busybox\n$b mount -t proc proc /proc\n$b mount -t devtmpfs dev /dev\n");
            for (String module : MODULES) {
                try (Stream<Path> files = Files.walk(modules)) {
                    Path file = files.filter(f -> f.getFileName().toString().equals(module + ".ko")).findFirst().orElse(null);
                    if (file != null) {
                        Files.copy(file, root.resolve("m").resolve(module + ".ko"));
                        init.append("$b insmod /m/").append(module).append(".ko\n");
                    }
                }
            }
            Files.writeString(root.resolve("init"), init + script);
            root.resolve("init").toFile().setExecutable(true);
            Path initrd = folder.resolve(name + ".cpio");
            Process cpio = new ProcessBuilder("sh", "-c", "cd " + root + " && find . | busybox cpio -o -H newc >" + initrd).redirectErrorStream(true).start();
            String said = new String(cpio.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!cpio.onExit().thenApply(p -> p.exitValue() == 0).join()) {
                throw new IOException("cpio: " + said);
            }
            return initrd;
        }
    }

    /** Boots a guest whose one interface has this address, is attached as {@code netdev} says, and which then runs a script. */
    VirtualMachine(Image image, String name, String address, String mac, String netdev, String script) throws IOException {
        console = image.folder().resolve(name + ".console");
        Path initrd = image.initrd(name, "$b ifconfig eth0 " + address + " netmask 255.255.255.0 up\necho guest is up\n" + script);
        List<String> command = new ArrayList<>(List.of("qemu-system-x86_64", "-M", "q35", "-accel", "tcg", "-m", "128", "-nodefaults", "-no-reboot", "-display", "none",
                "-serial", "file:" + console, "-kernel", image.kernel().toString(), "-initrd", initrd.toString(), "-append", "console=ttyS0 quiet",
                "-netdev", netdev + ",id=n", "-device", "virtio-net-pci,netdev=n,romfile=,mac=" + mac));
        process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(image.folder().resolve(name + ".log").toFile()).start();
    }

    /** What it has written to its console. */
    String said() {
        try {
            return Files.exists(console) ? Files.readString(console, StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it has written a text. */
    boolean says(String text) {
        return said().contains(text);
    }

    /** Returns when it has written a text, and does something meanwhile. */
    void until(String text, Runnable meanwhile) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!says(text)) {
            if (System.nanoTime() > end || !process.isAlive()) {
                throw new AssertionError("the guest did not say \"" + text + "\", but: " + said());
            }
            meanwhile.run();
            LockSupport.parkNanos(50_000_000);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}

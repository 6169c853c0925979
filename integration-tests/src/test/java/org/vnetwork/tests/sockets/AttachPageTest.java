package org.vnetwork.tests.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.tests.Product;
import org.vnetwork.tests.Vnet;
import org.vnetwork.tests.sockets.AttachPage.Example;

/** Does what docs/attach.md says, example after example, and sees that frames arrive. */
class AttachPageTest {
    private static final long PID = ProcessHandle.current().pid();
    private static final String HOST = "attach-" + PID;
    /** Names that are the machine's own are not those of the page, so that two runs do not meet. */
    private static final String BOX = "b" + PID % 100_000 + "x";

    @TempDir
    private Path folder;
    private List<String> image;
    private int guests;

    @BeforeEach
    void prepare() throws IOException {
        image = Guests.need();
        Files.writeString(folder.resolve("vnet"), "#!/bin/bash\n[ $1 != up ] || set -- \"$@\" --data " + folder.resolve("data") + "\n"
                + "exec '" + Product.ROOT.resolve("vnet") + "' \"$1\" --name " + HOST + " \"${@:2}\"\n");
        Files.setPosixFilePermissions(folder.resolve("vnet"), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @TestFactory
    Stream<DynamicTest> everyExampleOfThePageWorks() throws IOException {
        return AttachPage.examples().stream().map(example -> DynamicTest.dynamicTest(example.title(), () -> run(example)));
    }

    private void run(Example example) throws IOException {
        needs(example);
        try {
            String guest = address(example);
            if (example.language().equals("xml")) {
                Process libvirt = Libvirt.start(folder, here(example.text()), image, guest);
                try {
                    answers(example, guest);
                } finally {
                    libvirt.destroy();
                    libvirt.onExit().join();
                }
            } else {
                Vnet.Answer answer = bash(here(example.text()).replace(" GUEST ", " " + options(guest) + " "));
                assertEquals(0, answer.status(), () -> example.title() + "\n" + answer.text());
                if (example.startsQemu()) {
                    answers(example, guest);
                }
            }
        } finally {
            endQemus();
        }
    }

    /** Skips an example whose tools are not here. */
    private void needs(Example example) throws IOException {
        String text = example.text();
        if (inTheKernel(example)) {
            String status = Vnet.run("sh", "--name", HOST, "host:status");
            assumeTrue(status.lines().anyMatch(l -> l.matches("datapath +ebpf")), status);
        }
        if (text.contains("unshare -Urn")) {
            assumeTrue(Guests.onPath("socat") && Files.isWritable(Path.of("/dev/net/tun")), "needs socat, and /dev/net/tun for this user");
            assumeTrue(Vnet.answer(new ProcessBuilder("unshare", "-Urn", "true")).status() == 0, "this user may not make namespaces");
        }
        if (text.contains("podman ")) {
            assumeTrue(Guests.onPath("podman") && Guests.onPath("runc"), "needs podman and runc");
            prepareContainers();
        }
        if (example.language().equals("xml")) {
            Libvirt.need();
        }
    }

    /** An image's files, and limits that a machine with few rights can set too. */
    private void prepareContainers() throws IOException {
        Path bin = Files.createDirectories(folder.resolve("image/bin"));
        Files.copy(Path.of("/bin/busybox"), bin.resolve("busybox"));
        Files.createSymbolicLink(bin.resolve("sleep"), Path.of("busybox"));
        Files.writeString(folder.resolve("containers.conf"), "[containers]\ndefault_ulimits = [\"nofile=1024:1024\", \"nproc=1024:1024\"]\n[engine]\nruntime = \"runc\"\ncgroup_manager = \"cgroupfs\"\n");
    }

    private String address(Example example) {
        return (inTheKernel(example) ? "10.9.1." : "10.9.0.") + (40 + guests++);
    }

    private static boolean inTheKernel(Example example) {
        return example.section().startsWith("Network devices");
    }

    /** What stands for the page's folder, image, ports of UDP and TCP, and names of devices. */
    private String here(String text) {
        return text.replace("/tmp/sw1", folder.resolve("sw1").toString()).replace(" IMAGE ", " --rootfs " + folder.resolve("image") + " ")
                .replaceAll("\\b700(\\d)\\b", Long.toString(20_000 + PID % 4_000 * 10).replaceFirst("0$", "\\$1")).replaceAll("\\bbox", BOX).replaceAll("\\bvm([89])\\b", BOX + "v$1");
    }

    /** A small guest in the background; its console goes to a file. */
    private String options(String guest) {
        return "-M q35 -accel tcg -cpu max -m 128 -nodefaults -no-reboot -display none -daemonize -serial file:" + folder.resolve(guest + ".console")
                + " -kernel " + image.get(0) + " -initrd " + image.get(1) + " -append vnet.address=" + guest + "/24";
    }

    /** Returns when a guest answers one that has been there before. */
    private void answers(Example example, String guest) throws IOException {
        String ping = "timeout 90 sh -c 'until ping -c 1 -W 1 " + guest + " >/dev/null; do sleep 0.2; done'";
        Vnet.Answer answer = bash(inTheKernel(example) ? "ip netns exec " + BOX + "1 " + ping : "./vnet vm run probe \"" + ping + "\"");
        assertEquals(0, answer.status(), () -> example.title() + "\n" + answer.text());
    }

    private Vnet.Answer bash(String script) throws IOException {
        Path file = Files.writeString(folder.resolve("example"), script);
        ProcessBuilder builder = new ProcessBuilder("bash", "-e", file.toString()).directory(folder.toFile());
        builder.environment().put("CONTAINERS_CONF", folder.resolve("containers.conf").toString());
        return Vnet.answer(builder);
    }

    /** Those of the examples, not those of {@code ./vnet vm}. */
    private void endQemus() {
        ProcessHandle.allProcesses().filter(p -> p.info().commandLine().orElse("").matches("(?s)\\S*qemu-system.*" + folder + ".*")).forEach(p -> {
            p.destroy();
            p.onExit().join();
        });
    }

    @AfterEach
    void end() throws IOException {
        bash("podman rm -f -t 0 " + BOX + "3 || true; for i in 1 2; do ip netns del " + BOX + "$i || true; done");
        Vnet.answer("down", "--name", HOST);
        ProcessHandle.allProcesses().filter(p -> p.info().commandLine().orElse("").contains(folder + "/sw1/")).forEach(ProcessHandle::destroy);
        assertTrue(Vnet.answer("status", "--name", HOST).status() != 0);
    }
}

package org.vnetwork.tests.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.tests.Vnet;
import org.vnetwork.tests.kernel.Until;
import org.vnetwork.tests.sockets.AttachPage.Example;

/** Does what docs/attach.md says, example after example, and sees that frames arrive. */
class AttachPageTest {
    private static final long PID = ProcessHandle.current().pid();
    private static final String HOST = "attach-" + PID;
    /** Names that are the machine's own are not those of the page, so that two runs do not meet. */
    private static final String BOX = "b" + PID % 100_000 + "x";

    @TempDir
    private Path folder;
    private Machine here;
    private TwoMachines two;
    private List<String> image;
    private int guests;

    @BeforeEach
    void prepare() throws IOException {
        here = Machine.here(folder, HOST);
        image = Guests.need();
    }

    @TestFactory
    Stream<DynamicTest> everyExampleOfThePageWorks() throws IOException {
        return AttachPage.examples().stream().map(example -> DynamicTest.dynamicTest(example.title(), () -> run(example)));
    }

    private void run(Example example) throws IOException {
        needs(example);
        if (!example.machine().isEmpty()) {
            runAcross(example);
            return;
        }
        try {
            String guest = address(example);
            if (example.language().equals("xml")) {
                Process libvirt = Libvirt.start(folder, text(example, here), image, guest);
                try {
                    answers(example, guest);
                } finally {
                    Machine.end(libvirt.toHandle());
                }
            } else {
                here.run(text(example, here).replace(" GUEST ", " " + options(guest) + " "));
                if (example.startsQemu()) {
                    answers(example, guest);
                }
            }
        } finally {
            endQemus();
        }
    }

    /** Does an example of two machines. One on the second machine is another end of the tunnel, with which that goes on which the first machine does with each. */
    private void runAcross(Example example) throws IOException {
        List<Example> page = AttachPage.examples();
        if (two == null) {
            two = new TwoMachines(folder, HOST);
            two.near().run(text(page.getFirst(), two.near())); // the page supposes it
        }
        if (example.machine().equals(TwoMachines.NEAR)) {
            two.near().run(text(example, two.near()));
            return;
        }
        if (example.text().contains(" type vxlan ")) {
            two.needKernelDevice();
        }
        Machine far = two.another();
        if (example.text().contains("ovs-vsctl ")) {
            two.startOpenVSwitch();
        }
        far.run(text(example, far));
        Example reply = page.stream().filter(e -> e.machine().equals(TwoMachines.NEAR)).reduce((first, last) -> last).orElseThrow();
        losesNothing(text(reply, two.near()));
        // As long as fits into a packet of 1,500 octets.
        losesNothing("./vnet vm run probe 'ping -c 3 -s 1422 10.9.0.7'");
        copies(far, example.text().contains("./vnet vm run probe7 "));
        Until.holds(this::imbalance, () -> imbalance().isEmpty());
    }

    private void losesNothing(String ping) throws IOException {
        String said = two.near().run(ping);
        assertTrue(said.contains(" 0% packet loss"), said);
    }

    /** Copies by TCP what would not fit into a few packets, to a guest or to the machine itself. */
    private void copies(Machine far, boolean guest) throws IOException {
        String sum = two.near().run("./vnet vm run probe 'seq 300000 >/tmp/lines; httpd -h /tmp 2>/dev/null || true; md5sum </tmp/lines'");
        String copy = "timeout 60 wget -q -O - http://10.9.0.100/lines | md5sum";
        assertEquals(sum, far.run(guest ? "./vnet vm run probe7 '" + copy + "'" : copy.replace("wget", "busybox wget")));
    }

    private String imbalance() throws IOException {
        return Guests.imbalance(two.near().run("./vnet sh 'port:show sw1 far'"));
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
        if (!example.machine().isEmpty()) {
            TwoMachines.need();
        }
        if (text.contains("ovs-vsctl ")) {
            TwoMachines.needOpenVSwitch();
        }
    }

    /** An image's files, and limits that a machine with few rights can set too. */
    private void prepareContainers() throws IOException {
        Path bin = Files.createDirectories(folder.resolve("image/bin"));
        Files.copy(Path.of("/bin/busybox"), bin.resolve("busybox"));
        Files.createLink(bin.resolve("sleep"), bin.resolve("busybox"));
        Files.writeString(folder.resolve("containers.conf"), "[containers]\ndefault_ulimits = [\"nofile=1024:1024\", \"nproc=1024:1024\"]\n[engine]\nruntime = \"runc\"\ncgroup_manager = \"cgroupfs\"\n");
    }

    private String address(Example example) {
        return (inTheKernel(example) ? "10.9.1." : "10.9.0.") + (40 + guests++);
    }

    private static boolean inTheKernel(Example example) {
        return example.section().startsWith("Network devices");
    }

    /** What stands for the page's folder, image, ports of UDP and TCP, and names of devices. */
    private String text(Example example, Machine machine) {
        return example.text().replace("/tmp/sw1", machine.folder().resolve("sw1").toString()).replace(" IMAGE ", " --rootfs " + folder.resolve("image") + " ")
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
        here.run(inTheKernel(example) ? "ip netns exec " + BOX + "1 " + ping : "./vnet vm run probe \"" + ping + "\"");
    }

    /** Those of the examples, not those of {@code ./vnet vm}. */
    private void endQemus() {
        ofTheFolder().filter(p -> p.info().commandLine().orElse("").matches("(?s)\\S*qemu-system.*")).forEach(Machine::end);
    }

    private Stream<ProcessHandle> ofTheFolder() {
        return ProcessHandle.allProcesses().filter(p -> p.info().commandLine().orElse("").contains(folder + "/"));
    }

    @AfterEach
    void end() throws IOException {
        Machine first = here;
        TwoMachines others = two;
        try (first; others) {
            first.bash("podman rm -f -t 0 " + BOX + "3 || true; for i in 1 2; do ip netns del " + BOX + "$i || true; done");
        } finally {
            ofTheFolder().filter(p -> p.info().commandLine().orElse("").contains("socat")).forEach(Machine::end);
        }
        assertEquals(List.of(), ofTheFolder().map(p -> p.info().commandLine().orElse("")).toList());
        assertTrue(Vnet.answer("status", "--name", HOST).status() != 0);
    }
}

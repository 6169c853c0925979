package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.tests.Product;

/** {@code ./vnet down} leaves nothing of a host on the machine, however its process ended. */
class DownTest {
    private static final String HOST = Lab.name(".d");
    private static final Path RUN = Path.of("/run/vnetwork", HOST);
    private static final Path PINS = Path.of("/sys/fs/bpf/vnetwork", HOST.replace('.', ':'));

    @TempDir
    private Path folder;
    private final Lab lab = new Lab();
    private String netdev;
    private String tap;

    @BeforeEach
    void start() throws Exception {
        Lab.needed();
        netdev = lab.cable(lab.space(), "d", "");
        tap = Lab.name("dt");
        lab.keep(() -> Lab.remove(tap));
        Files.writeString(speaks(), "0");
        up();
        assertTrue(vnet("sh", "--name", HOST, "switch:create sw1; port:add sw1 a --netdev " + netdev + "; port:add sw1 b --tap " + tap).contains("port b of sw1"));
        assertEquals("1", Files.readString(speaks()).strip());
    }

    @AfterEach
    void end() throws IOException {
        try (lab) {
            if (Files.exists(RUN)) {
                vnet("down", "--name", HOST);
            }
        }
    }

    private void up() throws IOException {
        vnet("up", "--daemon", "--name", HOST, "--datapath", "ebpf", "--data", folder.toString());
    }

    private Path speaks() {
        return Path.of("/proc/sys/net/ipv6/conf", netdev, "disable_ipv6");
    }

    private String vnet(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(Product.ROOT.resolve("vnet").toString()));
        command.addAll(List.of(words));
        Path output = folder.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("VNET_AS_BUILT", "yes");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        try {
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), () -> String.join(" ", command));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        String printed = Files.readString(output, StandardCharsets.UTF_8);
        assertEquals(0, process.exitValue(), printed);
        return printed;
    }

    private static ProcessHandle process() throws IOException {
        return ProcessHandle.of(Long.parseLong(Files.readString(RUN.resolve("pid")).strip())).orElseThrow();
    }

    private void assertNothingLeft() throws IOException {
        assertFalse(Files.exists(RUN), "run folder");
        assertFalse(Files.exists(PINS), "pins");
        assertFalse(Lab.exists(tap), "the tap that it made");
        assertFalse(Lab.exists(Lab.upcallTap(HOST, "sw1")), "the upcall tap");
        assertEquals("0", Files.readString(speaks()).strip(), "the device's IPv6");
        assertFalse(Command.run("tc", "qdisc", "show", "dev", netdev).contains("clsact"), "the device's filters");
    }

    @Test
    void afterItWasKilled() throws Exception {
        ProcessHandle host = process();
        host.destroyForcibly();
        host.onExit().get(30, TimeUnit.SECONDS);
        assertTrue(Files.exists(PINS.resolve("sw1")) && Lab.exists(tap), "the kernel goes on");
        assertTrue(vnet("down", "--name", HOST).contains("what it left is removed"));
        assertNothingLeft();
    }

    @Test
    void whileItRuns() throws IOException {
        vnet("down", "--name", HOST);
        assertNothingLeft();
    }

    @Test
    void afterItWasLeftToForwardOnPurpose() throws IOException {
        vnet("sh", "--name", HOST, "switch:create sw2 --datapath user");
        String said = vnet("down", "--name", HOST, "--keep-forwarding");
        assertTrue(said.endsWith("; the flows of sw1 stay in the kernel, no other traffic goes on\n"), said);
        assertTrue(Files.exists(PINS.resolve("sw1")) && Lab.exists(tap) && Files.exists(RUN), "the kernel goes on");
        up();
        assertTrue(vnet("sh", "--name", HOST, "port:list").contains(netdev));
        vnet("sh", "--name", HOST, "switch:remove sw1");
        said = vnet("down", "--name", HOST, "--keep-forwarding");
        assertTrue(said.endsWith("; none of its switches is in the kernel: their traffic has stopped\n"), said);
        vnet("down", "--name", HOST);
        assertNothingLeft();
    }
}

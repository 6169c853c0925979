package org.vnetwork.tests.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.tests.Product;
import org.vnetwork.tests.Vnet;
import org.vnetwork.tests.sockets.Guests;

/** Runs {@code ./vnet demo}, which checks itself, and sees that nothing of it stays on the machine. */
class DemoTest {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Pattern HOST = Pattern.compile("--name (demo-(\\d+))");

    @TempDir
    Path folder;
    private Process demo;

    @AfterEach
    void end() throws InterruptedException {
        if (demo != null && demo.isAlive()) {
            demo.destroy();
            demo.waitFor(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void switchesRealTrafficAndLeavesNothingBehind() throws IOException, InterruptedException {
        needKernel();
        start();
        assertEndsWell("datapath         ebpf");
    }

    @Test
    void tellsTheSameStoryOnSimulatedPorts() throws IOException, InterruptedException {
        start("--datapath", "sim");
        assertEndsWell("datapath         sim");
    }

    @Test
    void switchesRealTrafficBetweenGuestsWithoutRoot() throws IOException, InterruptedException {
        Guests.need();
        start("--datapath", "user", "--stations", "guests");
        assertEndsWell("all three have booted");
    }

    @Test
    void switchesRealTrafficBetweenNamespacesWithoutRoot() throws IOException, InterruptedException {
        needSpaces();
        start("--datapath", "user", "--stations", "namespaces");
        assertEndsWell("three network namespaces");
    }

    @Test
    void endsItsGuestsWhenItIsInterrupted() throws IOException, InterruptedException {
        Guests.need();
        start("--datapath", "user", "--stations", "guests");
        await("all three have booted");
        assertTrue(leftOver().stream().filter(l -> l.startsWith("process ")).count() > 3, () -> "the check of what is left sees no guests: " + leftOver());
        demo.destroy();
        assertTrue(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS), this::output);
        assertEquals(130, demo.exitValue(), this::output);
        assertEquals(List.of(), leftOver());
    }

    @Test
    void leavesNothingBehindWhenItIsInterrupted() throws IOException, InterruptedException {
        needKernel();
        start();
        await("+ port db1 of sw1");
        assertTrue(leftOver().size() > 3, () -> "the check of what is left sees nothing of a demo that runs: " + leftOver());
        demo.destroy();
        assertTrue(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS), this::output);
        assertEquals(130, demo.exitValue(), this::output);
        assertEquals(List.of(), leftOver());
    }

    /** Skips where the datapath that a host takes by itself is not the kernel's. */
    private static void needKernel() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "needs root: namespaces and eBPF");
        String[] release = System.getProperty("os.version").split("[.-]");
        int kernel = Integer.parseInt(release[0]) * 1000 + Integer.parseInt(release[1]);
        assumeTrue(kernel >= 6006, "needs Linux 6.6 (tcx), this is " + System.getProperty("os.version"));
        for (String tool : List.of("ip", "ping", "iperf3")) {
            assumeTrue(Stream.of("/usr/bin", "/usr/sbin", "/bin", "/sbin").anyMatch(d -> Files.exists(Path.of(d, tool))), "needs " + tool);
        }
    }

    /** Skips where a user may not make namespaces and taps. */
    private static void needSpaces() {
        for (String tool : List.of("socat", "unshare", "nsenter", "ip", "ping")) {
            assumeTrue(Guests.onPath(tool), "needs " + tool);
        }
        assumeTrue(Files.isWritable(Path.of("/dev/net/tun")), "/dev/net/tun cannot be opened by this user");
        assumeTrue(Vnet.answer(new ProcessBuilder("unshare", "-Urn", "true")).status() == 0, "this user may not make namespaces");
    }

    private void start(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(Product.ROOT.resolve("vnet").toString(), "demo"));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(folder.resolve("output").toFile());
        builder.environment().put("VNET_AS_BUILT", "yes");
        builder.environment().put("TMPDIR", folder.toString());
        demo = builder.start();
    }

    private void assertEndsWell(String datapath) throws InterruptedException {
        assertTrue(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS), () -> "it does not end: " + output());
        assertEquals(0, demo.exitValue(), this::output);
        assertTrue(output().endsWith("\ndemo: ok\n"), this::output);
        assertTrue(output().contains(datapath), this::output);
        assertEquals(List.of(), leftOver());
    }

    private void await(String text) throws InterruptedException {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!output().contains(text)) {
            assertTrue(!demo.waitFor(20, TimeUnit.MILLISECONDS) && Instant.now().isBefore(deadline), this::output);
        }
    }

    /** What is there of the demo's own: devices, namespaces, pins, folders, processes. */
    private List<String> leftOver() {
        Matcher host = HOST.matcher(output());
        assertTrue(host.find(), this::output);
        String name = host.group(1);
        CRC32 crc = new CRC32();
        crc.update((name + "/sw1").getBytes(StandardCharsets.UTF_8));
        List<String> found = new ArrayList<>();
        found.addAll(entries(Path.of("/sys/class/net"), "vd" + host.group(2) + "-.*|vn(up|in)-" + Long.toHexString(crc.getValue())));
        found.addAll(entries(Path.of("/run/netns"), name + "-.*"));
        found.addAll(entries(Path.of("/sys/fs/bpf/vnetwork"), name));
        found.addAll(entries(Path.of("/run/vnetwork"), name));
        found.addAll(entries(folder, "vnet-.*"));
        Pattern own = Pattern.compile("-Dvnet\\.name=" + name + " |/" + name + "/vm/|/vnet-" + name + "\\.");
        ProcessHandle.allProcesses().filter(p -> own.matcher(p.info().commandLine().orElse("")).find()).forEach(p -> found.add("process " + p.pid()));
        return found;
    }

    private static List<String> entries(Path folder, String name) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(e -> e.getFileName().toString().matches(name)).map(Path::toString).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private String output() {
        try {
            return Files.readString(folder.resolve("output"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}

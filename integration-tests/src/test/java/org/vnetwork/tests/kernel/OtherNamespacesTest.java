package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.tests.Product;
import org.vnetwork.tests.Vnet;

/** A host that is started by {@code ip netns exec}, whose mounts end with it, is killed: the kernel goes on, and whoever cleans up touches nothing of others. */
class OtherNamespacesTest {
    private static final String HOST = Lab.name("-n");
    private static final Path PINS = Path.of("/sys/fs/bpf/vnetwork", HOST);
    private static final String ADDRESS = "10.79.0.2";

    @TempDir
    private Path folder;
    private final Lab lab = new Lab();
    private Space home;
    private Space first;
    private Space second;
    private String tap;

    @BeforeEach
    void open() throws Exception {
        Lab.needed();
        home = lab.space();
        first = lab.space();
        second = lab.space();
        tap = Lab.name("nt");
        Space[] stations = {first, second};
        for (int i = 0; i < 2; i++) {
            int mine = i + 1;
            int other = 2 - i;
            home.ip("link add " + port(mine) + " type veth peer name e0 address 02:00:00:00:09:0" + mine + " netns " + stations[i].name());
            home.ip("link set " + port(mine) + " up");
            stations[i].ip("link set e0 up");
            stations[i].ip("addr add 10.79.0." + mine + "/24 dev e0");
            stations[i].ip("neigh add 10.79.0." + other + " lladdr 02:00:00:00:09:0" + other + " dev e0 nud permanent");
        }
        inside("sysctl", "-q", "net.ipv6.conf." + port(1) + ".disable_ipv6=0");
        up(home.name());
        Vnet.run("sh", "--name", HOST, "switch:create sw1; port:add sw1 one --netdev " + port(1) + "; port:add sw1 two --netdev " + port(2) + "; port:add sw1 three --tap " + tap);
    }

    @AfterEach
    void close() throws IOException {
        try (lab) {
            in(home.name(), "down", "--name", HOST);
        }
    }

    private static String port(int number) {
        return "p" + number;
    }

    private String inside(String... command) throws IOException {
        List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", home.name()));
        words.addAll(List.of(command));
        return Command.run(words.toArray(String[]::new));
    }

    private void up(String space) {
        Vnet.Answer said = in(space, "up", "--daemon", "--name", HOST, "--datapath", "ebpf", "--data", folder.resolve("data").toString());
        assertEquals(0, said.status(), said.text());
        assertFalse(said.text().contains("flows end with"), said.text());
    }

    private static Vnet.Answer in(String space, String... words) {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", space, Product.ROOT.resolve("vnet").toString()));
        command.addAll(List.of(words));
        return Vnet.answer(new ProcessBuilder(command));
    }

    private static void kill() throws Exception {
        ProcessHandle host = ProcessHandle.of(Long.parseLong(Files.readString(Path.of("/run/vnetwork", HOST, "pid")).strip())).orElseThrow();
        host.destroyForcibly();
        host.onExit().get(30, TimeUnit.SECONDS);
    }

    private boolean isThere(String device) throws IOException {
        return inside("ip", "-o", "link").contains(" " + device);
    }

    private int number(String device) throws IOException {
        return Integer.parseInt(inside("ip", "-o", "link", "show", device).split(":")[0]);
    }

    /** A bridge of somebody else, in a namespace of its own, that has the number of a device of the host. */
    private Space stranger(int number) throws IOException {
        Space stranger = lab.space();
        stranger.ip("link add name theirs index " + number + " type bridge");
        return stranger;
    }

    private static void assertIsUntouched(Space stranger) throws IOException {
        assertTrue(Command.run("ip", "-n", stranger.name(), "-o", "link").contains("theirs"), "a stranger's bridge is deleted");
    }

    private void assertNothingIsLeft() throws IOException {
        assertFalse(Files.exists(PINS), "pins");
        assertFalse(isThere("vn"), () -> "an upcall tap");
        assertFalse(isThere(tap), "the tap that it made");
        assertEquals("0", inside("sysctl", "-n", "net.ipv6.conf." + port(1) + ".disable_ipv6").strip(), "IPv6 speaks again");
        assertFalse(inside("tc", "qdisc", "show", "dev", port(1)).contains("clsact"), "filters");
    }

    /** In both directions, none that drains or floods: frames of those need a process. */
    private static void untilFlowsCarry(Ping ping) throws IOException {
        Until.holds(() -> Vnet.run("sh", "--name", HOST, "flow:list sw1"), () -> {
            List<String> flows = Vnet.run("sh", "--name", HOST, "flow:list sw1").lines().filter(line -> line.contains("output")).toList();
            return flows.size() == 2 && flows.stream().noneMatch(line -> line.contains("copy") || line.contains("inspect"));
        });
        untilAnswered(ping);
    }

    /** Until a hundred in a row are answered. */
    private static void untilAnswered(Ping ping) throws IOException {
        int[] from = {ping.sent()};
        Until.holds(() -> ping.missing(from[0], from[0] + 100) + " of 100 not answered", () -> {
            if (ping.sent() > from[0] + 150 && ping.missing(from[0], from[0] + 100) > 0) {
                from[0] = ping.sent();
            }
            return ping.sent() >= from[0] + 100 && ping.missing(from[0], from[0] + 100) == 0;
        });
    }

    @Test
    void trafficGoesOnAndTheNextHostTakesOverAndDownFromOutsideRemovesAll() throws Exception {
        try (Ping ping = new Ping(first, second, ADDRESS)) {
            untilFlowsCarry(ping);
            int killed = ping.sent();
            kill();
            untilAnswered(ping);
            up(home.name());
            untilAnswered(ping);
            ping.stop();
            assertEquals(0, ping.missing(killed, ping.sent() - 50), "lost while no host ran, or while the next one took over");
            assertTrue(Vnet.run("sh", "--name", HOST, "flow:list sw1").contains("output two"));
            assertTrue(Vnet.run("sh", "--name", HOST, "port:show sw1 one").lines().anyMatch(l -> l.matches("received +\\d{3,}.*")), "counters go on");
        }
        String said = Vnet.run("down", "--name", HOST, "--keep-forwarding");
        assertTrue(said.endsWith("; the flows of sw1 stay in the kernel, no other traffic goes on\n"), said);
        Vnet.Answer down = Vnet.answer("down", "--name", HOST);
        assertEquals(0, down.status(), down.text());
        assertNothingIsLeft();
    }

    @Test
    void downFromAnotherNamespaceLeavesADeviceThatHasTheNumberOfTheHostsTap() throws Exception {
        Space stranger = stranger(number(tap));
        kill();
        Vnet.Answer down = in(stranger.name(), "down", "--name", HOST);
        assertEquals(0, down.status(), down.text());
        assertIsUntouched(stranger);
        assertNothingIsLeft();
    }

    @Test
    void pinsThatDoNotSayWhichDeviceTheyAreOfAreToldByTheProgramThatRunsThere() throws Exception {
        Space stranger = stranger(number(tap));
        kill();
        try (Stream<Path> pins = Files.list(PINS.resolve("sw1"))) {
            for (Path note : pins.filter(pin -> pin.getFileName().toString().startsWith("device-")).toList()) {
                Files.delete(note);
            }
        }
        Vnet.Answer down = in(stranger.name(), "down", "--name", HOST);
        assertEquals(0, down.status(), down.text());
        assertIsUntouched(stranger);
        assertNothingIsLeft();
    }

    @Test
    void aDeviceThatGotTheNumberOfOneThatIsGoneIsLeftAloneAndNamed() throws Exception {
        int number = number(tap);
        kill();
        home.ip("link delete " + tap);
        home.ip("link add name theirs index " + number + " type bridge");
        Vnet.Answer down = in(home.name(), "down", "--name", HOST);
        assertEquals(1, down.status(), down.text());
        assertTrue(down.text().contains("theirs is left alone") && down.text().contains(tap), down.text());
        assertTrue(isThere("theirs"));
        assertNothingIsLeft();
    }

    @Test
    void aNamespaceThatCannotBeFoundIsNamedAndWhatIsInThereStaysUntilItCan() throws Exception {
        kill();
        // A thread of this process is still in it, and nobody else.
        Command.run("ip", "netns", "delete", home.name());
        try {
            Vnet.Answer down = Vnet.answer("down", "--name", HOST);
            assertEquals(1, down.status(), down.text());
            assertTrue(down.text().contains(port(1) + " (number ") && down.text().contains("is left alone"), down.text());
            assertFalse(down.text().contains("is removed\n"), down.text());
            assertTrue(Files.exists(PINS.resolve("sw1")));
            Vnet.Answer there = home.in(() -> Vnet.answer("down", "--name", HOST));
            assertEquals(0, there.status(), there.text());
            assertFalse(Files.exists(PINS), "pins");
            assertFalse(home.in(() -> Command.run("ip", "-o", "link")).contains(tap), "the tap that it made");
        } finally {
            Command.run("ip", "netns", "add", home.name());
        }
    }

    @Test
    void aStartInAnotherNamespaceIsRefusedAndDisturbsNothing() throws Exception {
        try (Ping ping = new Ping(first, second, ADDRESS)) {
            untilFlowsCarry(ping);
            kill();
            up(lab.space().name());
            Until.holds(() -> Vnet.run("sh", "--name", HOST, "host:events"), () -> Vnet.run("sh", "--name", HOST, "host:events").contains("in another network namespace"));
            untilAnswered(ping);
            kill();
            untilAnswered(ping);
        }
    }

    @Test
    void aHostWhosePinsEndWithItsMountsSaysSo() throws Exception {
        kill();
        Vnet.run("down", "--name", HOST);
        Path empty = Files.createDirectory(folder.resolve("empty"));
        String script = "mount --bind " + empty + " /proc/1 && mount --bind " + empty + " /proc/2 && VNET_AS_BUILT=yes " + Product.ROOT.resolve("vnet");
        String said = Command.run("unshare", "--mount", "--propagation", "private", "sh", "-c",
                (script + " up --daemon --name HOST --datapath ebpf --data " + folder.resolve("data2") + " && " + Product.ROOT.resolve("vnet") + " down --name HOST").replace("HOST", HOST));
        assertTrue(said.contains("its flows end with the last process of this namespace of mounts"), said);
        assertFalse(Files.exists(PINS), "pins");
    }
}

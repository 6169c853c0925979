package org.vnetwork.tests.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vnetwork.tests.Product;
import org.vnetwork.tests.Vnet;
import org.vnetwork.tests.kernel.Command;
import org.vnetwork.tests.kernel.Until;

/** Guests that do not do as they should, and ones that differ from what is usual. */
class OddGuestsTest {
    private static final String HOST = "odd-" + ProcessHandle.current().pid();
    private static final long LOG_BYTES = 262_144;

    @TempDir
    private Path folder;
    private List<String> boot;
    private Guests guests;

    @BeforeEach
    void up() {
        boot = Guests.need();
        guests = new Guests(HOST, folder.resolve("data"));
        guests.sh("switch:create sw1 --datapath user");
    }

    @AfterEach
    void down() {
        if (guests != null) {
            Vnet.answer("vm", "stop", "--all", "--now", "--name", HOST);
            guests.close();
        }
    }

    private void start(String guest, String... words) {
        List<String> all = new ArrayList<>(List.of(guest, "--switch", "sw1"));
        all.addAll(List.of(words));
        guests.vm(all.toArray(String[]::new));
    }

    @Test
    void keepOnlyTheLastOfWhatTheyPrintWithoutEnd() throws IOException {
        start("loud");
        Path log = guests.folder().resolve("loud/console.log");
        Path old = log.resolveSibling("console.log.old");
        guests.in("loud", "yes >/dev/ttyS1 & yes printed without end >/dev/console &");
        Until.holds(() -> "no first half of the log", () -> Files.exists(old));
        Object first = Files.getAttribute(old, "unix:ino");
        Until.holds(() -> "no second half of the log", () -> !Files.getAttribute(old, "unix:ino").equals(first));
        try (Stream<Path> files = Files.list(log.getParent())) {
            assertEquals(List.of(), files.filter(f -> Files.isRegularFile(f) && f.toFile().length() > LOG_BYTES).toList());
        }
        guests.in("loud", "killall yes");
        assertEquals("done\n", guests.in("loud", "echo done"), "nothing of what was printed before");
        type("loud", "\recho $((6 * 7)).\r", "42.");
        Until.holds(() -> "what it printed last is not in the log", () -> Files.readString(log, StandardCharsets.ISO_8859_1).contains("42."));
    }

    @Test
    void haveTheMtuThatTheyWereStartedWith() {
        start("large", "--attach", "stream", "--mtu", "65535", "--address", "10.9.0.1/24");
        start("small", "--mtu", "68");
        assertEquals("65535\n", guests.in("large", "cat /sys/class/net/eth0/mtu"));
        assertEquals("68\n", guests.in("small", "cat /sys/class/net/eth0/mtu"));
        for (String wrong : List.of("67", "65536", "0", "01500", "-1", "1500x", "999999999999")) {
            Vnet.Answer answer = Vnet.answer("vm", "x", "--switch", "sw1", "--mtu", wrong, "--name", HOST);
            assertEquals("1: mtu: " + wrong + " (expected: 68..65535)\n", answer.status() + ": " + answer.text());
        }
    }

    @Test
    void haveAnAddressOfTheirMachineThatStays() {
        String here = mac("same", "");
        assertTrue(here.matches("02:76(:[0-9a-f]{2}){4}"), here);
        assertEquals(here, mac("same", ""));
        assertEquals(4, Stream.of(here, mac("same", "one"), mac("same", "two"), mac("other", "one")).distinct().count());
    }

    /** The address that a guest would get; {@code machine}: what stands for this one, or empty. */
    private static String mac(String guest, String machine) {
        ProcessBuilder print = new ProcessBuilder(Product.ROOT.resolve("vnet").toString(), "vm", guest, "--switch", "sw1", "--print", "--name", HOST);
        print.environment().put("VNET_MACHINE", machine);
        Vnet.Answer answer = Vnet.answer(print);
        assertEquals(0, answer.status(), answer.text());
        return answer.text().replaceFirst("(?s).*,mac=([0-9a-f:]+).*", "$1");
    }

    /** Types into a console, and waits for an answer. */
    private void type(String guest, String typed, String answer) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(guests.folder().resolve(guest + "/console")))) {
            channel.write(ByteBuffer.wrap(typed.getBytes(StandardCharsets.US_ASCII)));
            channel.configureBlocking(false);
            ByteBuffer in = ByteBuffer.allocate(1 << 22);
            Until.holds(() -> "the console does not answer: " + text(in), () -> channel.read(in) >= 0 && text(in).contains(answer));
        }
    }

    /** The end of what was read. */
    private static String text(ByteBuffer in) {
        int from = Math.max(0, in.position() - 1_000);
        return new String(in.array(), from, in.position() - from, StandardCharsets.ISO_8859_1);
    }

    @Test
    void thatIgnoreThePowerButtonAreNamedAndEndedTogether() throws IOException {
        start("deaf1");
        start("deaf2");
        start("heeds");
        guests.in("heeds", "true"); // one that has not booted is not asked
        for (String deaf : List.of("deaf1", "deaf2")) {
            guests.in(deaf, "for p in $(pidof head); do kill -STOP $p; done");
        }
        List<String> processes = processes();
        ProcessBuilder stop = new ProcessBuilder(Product.ROOT.resolve("vnet").toString(), "vm", "stop", "--all", "--name", HOST);
        stop.environment().put("VNET_POWER_OFF_SECONDS", "4");
        assertEquals("""
                waiting for deaf1, deaf2 to power off, 4 s at most
                guest "deaf1" stopped, as it did not power off within 4 s
                guest "deaf2" stopped, as it did not power off within 4 s
                guest "heeds" stopped
                """, Vnet.answer(stop).text());
        assertEquals(3, processes.size());
        assertEquals(List.of(), processes());
        assertEquals("none\n", guests.sh("port:list"));
        assertEquals("none\n", guests.vm("list"));
    }

    /** QEMU and the readers of logs that belong to guests of the host. */
    private static List<String> processes() {
        return ProcessHandle.allProcesses().map(p -> p.info().commandLine().orElse("")).filter(c -> c.contains("/" + HOST + "/vm/") && c.contains("-pidfile")).toList();
    }

    @Test
    void thatDiedAreToldAndMayBeStartedAgain() throws IOException {
        start("mortal", "--access", "10");
        String pid = guests.vm("list").lines().filter(l -> l.startsWith("mortal ")).findFirst().orElseThrow().replaceFirst(".* (\\d+) .*", "$1");
        ProcessHandle.of(Long.parseLong(pid)).orElseThrow().destroyForcibly();
        Until.holds(() -> guests.vm("list"), () -> guests.vm("list").contains(" ended "));
        Vnet.Answer answer = Vnet.answer("vm", "run", "mortal", "true", "--name", HOST);
        assertEquals("vm run: mortal has ended (./vnet vm stop mortal removes it)\n", answer.text());
        start("mortal", "--access", "20");
        assertEquals(1, guests.sh("config:show").lines().filter(l -> l.startsWith("port:add sw1 mortal ") && l.endsWith(" --access 20")).count());
        assertEquals("guest \"mortal\" stopped\n", guests.vm("stop", "--now", "mortal"));
    }

    @Test
    void ofAHostThatWasKilledAreEndedWithWhatItLeft() {
        start("orphan");
        Path own = guests.folder();
        guests.kill();
        assertEquals(1, processes().size());
        String said = Vnet.run("down", "--name", HOST);
        assertTrue(said.equals("guest \"orphan\" stopped\nhost \"" + HOST + "\" is not running; what it left is removed\n"), said);
        assertEquals(List.of(), processes());
        assertFalse(Files.exists(own.getParent()));
        // Its port is still configured, and does not keep a guest of the same name from starting.
        guests.up();
        start("orphan", "--access", "30");
        assertEquals(1, guests.sh("config:show").lines().filter(l -> l.startsWith("port:add sw1 orphan ") && l.endsWith(" --access 30")).count());
    }

    @Test
    void takeEveryOptionThatPutsAPortIntoVlans() {
        List<String> options = Pattern.compile("(?m)^ +(--\\S+)").matcher(guests.sh("help port:set")).results().map(m -> m.group(1)).filter(o -> !List.of("--plan", "--fast").contains(o)).toList();
        assertTrue(options.size() > 4, options.toString());
        assertEquals(List.of(), options.stream().filter(o -> !guests.vm("--help").contains(o)).toList());
        start("trunk", "--trunk", "10,20", "--native", "30", "--service");
        start("mirror", "--mirror");
        String shown = guests.sh("config:show");
        assertTrue(shown.contains(" --trunk 10,20,30 --native 30 --service\n"), shown);
        assertTrue(Pattern.compile("(?m)^port:add sw1 mirror .* --mirror$").matcher(shown).find(), shown);
        assertEquals("vlan: --mirror with --access, --trunk or --native (expected: --mirror alone; a mirror port is in no VLAN)\n",
                Vnet.answer("vm", "both", "--switch", "sw1", "--mirror", "--access", "1", "--name", HOST).text());
        assertEquals("vlan: 10; switch:remove sw1 (expected: 1..4094)\n", Vnet.answer("vm", "both", "--switch", "sw1", "--access", "10; switch:remove sw1", "--name", HOST).text());
        assertFalse(guests.vm("list").contains("both"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"raw", "qcow2"})
    void bootFromADisk(String format) throws IOException {
        BootDisk.need();
        Path raw = folder.resolve("raw.img");
        Path disk = folder.resolve("disk, with a comma.img");
        BootDisk.make(raw, Path.of(boot.get(0)), Path.of(boot.get(1)), "console=ttyS0 quiet panic=-1 vnet.name=disk vnet.address=10.9.0.7/24");
        Command.run("qemu-img", "convert", "-f", "raw", "-O", format, raw.toString(), disk.toString());
        start("disk", "--image", disk.toString(), "--memory", "256");
        start("probe", "--address", "10.9.0.8/24");
        guests.in("probe", "until ping -c 1 -W 1 10.9.0.7 >/dev/null; do :; done");
        assertEquals("guest \"disk\" stopped\n", guests.vm("stop", "disk"));
    }
}

package org.vnetwork.tests.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.tests.Vnet;
import org.vnetwork.tests.kernel.Until;

/** Real guests, started by {@code ./vnet vm}: two on a switch of sockets, and where the kernel can, two on taps. They boot once, all at the same time. */
class VirtualMachinesTest {
    private static final String HOST = "guests-" + ProcessHandle.current().pid();
    private static final int SWAPS = 6;
    private static final int LINES = 300_000;

    @TempDir
    private static Path folder;
    private static Guests guests;
    private static boolean kernel;

    @BeforeAll
    static void boot() {
        Guests.need();
        guests = new Guests(HOST, folder.resolve("data"));
        kernel = guests.sh("host:status").lines().anyMatch(l -> l.matches("datapath +ebpf"));
        guests.sh("switch:create sw1 --datapath user");
        start("a", "sw1", "dgram", 1);
        start("b", "sw1", "stream", 2);
        if (kernel) {
            guests.sh("switch:create sw2 --datapath ebpf");
            start("c", "sw2", "tap", 1);
            start("d", "sw2", "tap", 2);
        }
    }

    private static void start(String name, String switchName, String attachment, int address) {
        guests.vm(name, "--switch", switchName, "--access", "10", "--attach", attachment, "--address", "10.9.0." + address + "/24");
    }

    @AfterAll
    static void end() {
        if (guests != null) {
            guests.close();
        }
    }

    @Test
    void talkByDatagramsAndAStreamWhileTheEngineIsSwapped() throws IOException {
        talkWhileTheEngineIsSwapped("sw1", "a", "b");
    }

    @Test
    void talkOverTapsWhileTheEngineIsSwapped() throws IOException {
        needKernel();
        talkWhileTheEngineIsSwapped("sw2", "c", "d");
    }

    private static void needKernel() {
        assumeTrue(kernel, () -> "taps need the ebpf datapath: " + guests.sh("datapath:list"));
    }

    private static void talkWhileTheEngineIsSwapped(String switchName, String from, String to) throws IOException {
        beginPings(from);
        for (int swap = 0; swap < SWAPS; swap++) {
            swap(switchName, swap);
            awaitReplies(from, 20);
        }
        // What is under way fits into a port's queue: else the copy, not a swap, would have pings lost on a busy machine.
        guests.in(from, "echo 4096 65536 131072 >/proc/sys/net/ipv4/tcp_rmem");
        guests.in(to, "seq " + LINES + " >/tmp/lines; httpd -h /tmp");
        guests.in(from, "(wget -q -O - http://10.9.0.2/lines | md5sum >/tmp/sum) 2>&1 &");
        int swaps = 0;
        do {
            swap(switchName, swaps++);
            assertTrue(swaps < 500, "nothing is copied");
        } while (!guests.in(from, "cat /tmp/sum").contains("-"));
        if (swaps % 2 == 1) {
            swap(switchName, 1);
        }
        assertNoneLost(from);
        assertEquals(sum(), guests.in(from, "cut -c 1-32 /tmp/sum; rm /tmp/sum").strip());
        for (String port : List.of(from, to)) {
            Until.holds(() -> guests.imbalance(switchName, port), () -> guests.imbalance(switchName, port).isEmpty());
        }
    }

    private static void swap(String switchName, int turn) {
        guests.sh("engine:swap " + switchName + " " + (turn % 2 == 0 ? "flood" : "learning"));
    }

    /** Begins pings, a hundred in a second, once the other guest is there. */
    private static void beginPings(String from) throws IOException {
        guests.in(from, "until ping -c 1 -W 1 10.9.0.2 >/dev/null; do :; done; (ping -i 0.01 10.9.0.2 >/tmp/pings 2>&1) &");
        awaitReplies(from, 20);
    }

    private static void awaitReplies(String from, int more) throws IOException {
        int now = replies(from);
        Until.holds(() -> "the pings get no answer any more: " + guests.in(from, "tail -n 3 /tmp/pings"), () -> replies(from) >= now + more);
    }

    private static int replies(String from) {
        return Integer.parseInt(guests.in(from, "cat /tmp/pings 2>/dev/null | grep -c seq=; true").strip());
    }

    /**
     * Ends the pings. All up to the last answered one were answered; what was under way at the end is not lost.
     *
     * <p>Nor is what the ping's own socket had no room for: it holds about 20 answers, and they come all at once when a busy machine has let the other guest wait for 200 ms.
     */
    private static void assertNoneLost(String from) throws IOException {
        awaitReplies(from, 20);
        String[] numbers = guests.in(from, "killall -STOP ping; cat /proc/net/raw /proc/net/icmp | awk '{ n += $NF } END { print n }'; killall -KILL ping; "
                + "grep -o 'seq=[0-9]*' /tmp/pings | cut -d= -f2 | sort -nu | awk 'END { print $1 + 1, NR }'; rm /tmp/pings").strip().split("\\s+");
        int dropped = Integer.parseInt(numbers[0]);
        int missing = Integer.parseInt(numbers[1]) - Integer.parseInt(numbers[2]);
        assertTrue(missing <= dropped, () -> missing + " of " + numbers[1] + " pings were not answered, " + dropped + " answers were dropped by the guest's socket; " + guests.sh("port:list; drops:list"));
    }

    /** MD5 of what {@code seq} prints. */
    private static String sum() {
        try {
            String lines = IntStream.rangeClosed(1, LINES).mapToObj(Integer::toString).collect(Collectors.joining("\n", "", "\n"));
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(lines.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void areApartInDifferentVlans() {
        guests.sh("port:set sw1 b --access 20");
        try {
            assertTrue(Vnet.answer("vm", "run", "a", "ping -c 3 -i 0.1 -W 1 10.9.0.2", "--name", HOST).text().contains("100% packet loss"));
        } finally {
            guests.sh("port:set sw1 b --access 10");
        }
        assertTrue(guests.in("a", "ping -c 3 -i 0.1 -W 5 10.9.0.2").contains(" 0% packet loss"));
    }

    @Test
    void areFoundAgainByAHostThatWasKilled() throws IOException {
        if (kernel) {
            beginPings("c");
        }
        guests.kill();
        assertTrue(guests.vm("list").contains(" running "));
        guests.up();
        guests.in("a", "until ping -c 1 -W 1 10.9.0.2 >/dev/null; do :; done");
        if (kernel) {
            assertNoneLost("c");
        }
    }

    @Test
    void takeAlongAllThatWasTheirsWhenTheyEnd() throws IOException {
        Path own = guests.folder();
        start("e", kernel ? "sw2" : "sw1", kernel ? "tap" : "dgram", 5);
        guests.in("e", "true");
        String pid = guests.vm("list").lines().filter(l -> l.startsWith("e ")).findFirst().orElseThrow().replaceFirst(".* (\\d+) .*", "$1");
        String device = guests.sh("port:show " + (kernel ? "sw2" : "sw1") + " e").lines().filter(l -> l.startsWith("attachment ")).findFirst().orElseThrow().replaceFirst(".* ", "");
        Path tap = Path.of("/sys/class/net").resolve(device);
        assertTrue(Files.exists(own.resolve("e")) && lives(pid) && Files.exists(tap), device); // without the kernel's switch it is the path of a socket
        assertEquals("guest \"e\" stopped\n", guests.vm("stop", "e"));
        assertFalse(guests.vm("list").contains("\ne "));
        assertFalse(guests.sh("port:list").contains(" e "));
        assertFalse(Files.exists(own.resolve("e")) || lives(pid) || Files.exists(tap), device);
    }

    /** Whether a process runs; one that nobody has waited for yet does not. */
    private static boolean lives(String pid) throws IOException {
        try {
            return !Files.readString(Path.of("/proc", pid, "stat")).matches("(?s).*\\) Z .*");
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Test
    void refuseWhatCannotBe() {
        assertEquals("vm: a (expected: a name that no other guest of host \"" + HOST + "\" has; ./vnet vm list shows them)\n", refusal("a", "--switch", "sw1"));
        assertTrue(refusal("x", "--switch", "sw7").startsWith("switch: sw7 (expected: one of sw1"));
        assertEquals("vm x: --switch is missing (./vnet vm --help)\n", refusal("x"));
        assertEquals("vlan: 4095 (expected: 1..4094)\n", refusal("x", "--switch", "sw1", "--access", "4095"));
        assertEquals("port x attachment: tap (expected: one that datapath user takes: --dgram, --stream, --stream-to, --udp-multicast, --vxlan)\n", refusal("x", "--switch", "sw1", "--attach", "tap"));
        assertTrue(refusal("x", "--switch", "sw1", "--", "-nonsense").contains("-nonsense: invalid option"));
        assertFalse(guests.vm("list").contains("\nx "));
        assertFalse(guests.sh("port:list").contains(" x "));
    }

    private static String refusal(String... words) {
        List<String> all = new ArrayList<>(List.of("vm", "--name", HOST));
        all.addAll(List.of(words));
        Vnet.Answer answer = Vnet.answer(all.toArray(String[]::new));
        assertEquals(1, answer.status());
        return answer.text();
    }
}

package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.tests.kernel.PinnedFlows.Stamp;
import org.vnetwork.tests.transcripts.RunningHost;

/** 100,000 flows in the kernel under traffic: a changed row touches the entries that read it and no other, also after the host was killed. */
class ManyFlowsTest {
    private static final String HOST = Lab.name("-m");
    private static final int FROM = 400;
    private static final int TO = 250;
    private static final int FLOWS = FROM * TO;
    /** All flows are used once in this time, well within the ten seconds that an idle one stays. */
    private static final long CYCLE_NANOS = 4_000_000_000L;
    private static final int BURST = 100;

    @TempDir
    private Path folder;
    private final Lab lab = new Lab();
    private RunningHost host;
    private Wire one;
    private Wire two;
    private Thread traffic;
    private volatile boolean ending;

    @BeforeEach
    void open() throws Exception {
        Lab.needed();
        host = RunningHost.start(folder, HOST, "ebpf");
        host.run("switch:create sw1");
        for (String port : new String[] {"m1", "m2", "m3"}) {
            Space space = lab.space();
            host.run("port:add sw1 " + port + " --netdev " + lab.cable(space, port, ""));
            if (!port.equals("m3")) {
                Wire wire = lab.keep(new Wire(space, Lab.name(port)));
                one = port.equals("m1") ? wire : one;
                two = wire;
            }
        }
        String limited = host.run("switch:limit sw1 --port-flows 150000 --port-misses 1000000 --port-burst 4096");
        assertTrue(limited.contains("150000"), limited);
        Until.holds(() -> "stations at m2: " + flows("2"), () -> {
            for (int to = 0; to < TO; to++) {
                two.send(frame(0x0b00 + to, -1));
            }
            return flows("2") >= TO;
        });
        traffic = Thread.ofPlatform().daemon().start(this::send);
        Until.holds(() -> flows() + " flows", () -> {
            LockSupport.parkNanos(500_000_000);
            return flows() == FLOWS;
        });
    }

    @AfterEach
    void close() throws Exception {
        ending = true;
        if (traffic != null) {
            traffic.join();
        }
        try (lab) {
            if (host != null) {
                host.stop();
            }
        }
    }

    /** An Ethernet frame of an experimental EtherType (IEEE 802, 0x88b5); a station of -1 is everybody. */
    private static byte[] frame(int source, int destination) {
        ByteBuffer frame = ByteBuffer.allocate(60);
        frame.putShort((short) (destination < 0 ? -1 : 0x0200)).putInt(destination).putShort((short) 0x0200).putInt(source).putShort((short) 0x88b5);
        return frame.array();
    }

    /** Sends a frame of each flow in every cycle. */
    private void send() {
        long due = System.nanoTime();
        try {
            for (int flow = 0; !ending; flow = flow + 1 < FLOWS ? flow + 1 : 0) {
                one.send(frame(0x0c00 + flow / TO, 0x0b00 + flow % TO));
                if (flow % BURST == 0) {
                    due += CYCLE_NANOS / FLOWS * BURST;
                    LockSupport.parkNanos(due - System.nanoTime());
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private long number(String command, String pattern) throws IOException {
        String printed = host.run(command);
        Matcher found = Pattern.compile(pattern, Pattern.MULTILINE).matcher(printed);
        return found.find() ? Long.parseLong(found.group(1)) : -1;
    }

    private long flows() throws IOException {
        return number("switch:show sw1", "^flows +(\\d+)");
    }

    /** Learned stations of a port. */
    private long flows(String port) throws IOException {
        return host.run("table:show sw1 fdb").lines().filter(line -> line.contains(" m" + port + " ")).count();
    }

    private long upcalls() throws IOException {
        return number("port:show sw1 m1", "^upcalls +(\\d+)");
    }

    /** Moves a station and says how many entries that changed; all others must be as they were, and nothing may come up. */
    private void move(int station) throws IOException {
        String mac = String.format("02:00:00:00:0b:%02x", station);
        assertEquals(FROM, number("table:show sw1 fdb", mac + ".* (\\d+)$"), "readers of the row");
        Map<ByteBuffer, Stamp> before = PinnedFlows.stamps(HOST, "sw1");
        long up = upcalls();
        String placed = host.run("table:put sw1 fdb vlan=1,mac=" + mac + " port=m3,fixed=true");
        Map<ByteBuffer, Stamp> after = PinnedFlows.stamps(HOST, "sw1");
        assertEquals(up, upcalls(), "frames that came up");
        assertEquals(FLOWS, before.size());
        assertEquals(before.keySet(), after.keySet());
        long installed = after.entrySet().stream().filter(e -> e.getValue().entry() != before.get(e.getKey()).entry()).count();
        long rewritten = after.entrySet().stream().filter(e -> e.getValue().word() != before.get(e.getKey()).word()).count();
        assertEquals(0, installed, "entries installed anew: " + placed);
        assertEquals(FROM, rewritten, "entries rewritten: " + placed);
    }

    @Test
    void aRowThatChangesTouchesItsReadersAloneAlsoAfterAKill() throws Exception {
        move(7);
        Map<ByteBuffer, Stamp> before = PinnedFlows.stamps(HOST, "sw1");
        host.kill();
        host = RunningHost.start(folder, HOST, "ebpf");
        String events = host.run("host:events");
        assertTrue(events.contains("took over " + FLOWS + " flows"), events);
        Until.holds(() -> "statistics, which begin when all are decided", () -> number("table:show sw1 fdb", "02:00:00:00:0b:08.* (\\d+)$") == FROM);
        assertEquals(before, PinnedFlows.stamps(HOST, "sw1"), "all were decided again, and none written");
        move(8);
        assertEquals(FLOWS, flows());
    }
}

package org.vnetwork.tests.plugins;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.vnetwork.tests.kernel.Until;
import org.vnetwork.tests.misbehaving.Misbehaving;
import org.vnetwork.tests.sockets.Datagrams;
import org.vnetwork.tests.transcripts.RunningHost;

/** A switch of four stations: a sends to b in VLAN 10 all the time, by an installed flow; c sends to d in VLAN 20, each frame a new flow. */
final class Stations implements Closeable {
    /** Where frames carry their number, and the last octet of their sender. */
    static final int NUMBER = 14;
    static final int SENDER = 11;
    private static final int SIZE = 60;
    private static final int FIRST = 100;
    private static final Pattern COUNTER = Pattern.compile("\"(received|copies|outputs|dropped|consumed)\" ?: ?([0-9]+)");

    final String name;
    private final RunningHost host;
    private final Map<String, Datagrams> ends = new LinkedHashMap<>();
    private final Steady steady;
    private int number;

    /** A switch with its traffic; {@code options} are those of {@code switch:create}. */
    Stations(RunningHost host, Path folder, String name, String options) throws IOException {
        this.host = host;
        this.name = name;
        Path sockets = Files.createDirectories(folder.resolve(name));
        said("+ switch " + name, host.run("switch:create " + name + " " + options));
        for (String port : new String[] {"a", "b", "c", "d"}) {
            ends.put(port, new Datagrams(sockets.resolve(port), sockets.resolve("p" + port)));
            said("+ port " + port, host.run("port:add " + name + " " + port + " --dgram " + sockets.resolve("p" + port) + " " + sockets.resolve(port) + " --access " + (port.compareTo("c") < 0 ? 10 : 20)));
        }
        steady = new Steady(ends.get("a"), ends.get("b"), frame(Misbehaving.HARMLESS, 0));
        Until.holds(() -> host.run("flow:list " + name), () -> steady.arrived() > FIRST && host.run("flow:list " + name).contains("in=a"));
    }

    private static void said(String expected, String answer) {
        assertEquals(true, answer.startsWith(expected), answer);
    }

    private static byte[] frame(int etherType, int sender) {
        byte[] frame = new byte[SIZE];
        frame[0] = 2;
        frame[1] = 9;
        frame[6] = 2;
        frame[9] = (byte) (sender >> 16);
        frame[10] = (byte) (sender >> 8);
        frame[SENDER] = (byte) sender;
        frame[12] = (byte) (etherType >> 8);
        frame[13] = (byte) etherType;
        return frame;
    }

    /** Has c send a frame that no flow knows. */
    void send(int etherType) throws IOException {
        byte[] frame = frame(etherType, ++number);
        Until.holds(() -> "port c of " + name + " has no room", () -> ends.get("c").send(frame));
    }

    /** Has c send a frame that no flow knows; whether it comes to d. */
    boolean passes(int etherType, long millis) throws IOException {
        send(etherType);
        long end = System.nanoTime() + millis * 1_000_000;
        do {
            for (byte[] got = ends.get("d").receive(); got != null; got = ends.get("d").receive()) {
                if (got[SENDER] == (byte) number && got[SENDER - 1] == (byte) (number >> 8)) {
                    return true;
                }
            }
            java.util.concurrent.locks.LockSupport.parkNanos(100_000);
        } while (System.nanoTime() < end);
        return false;
    }

    /** How many frames of the installed flow have arrived so far. */
    int arrived() {
        return steady.arrived();
    }

    /** Ends the traffic of a; how many of its frames were lost. */
    int lost() throws IOException, InterruptedException {
        return steady.stop();
    }

    /** Returns when the books of all ports balance: what was received was sent, dropped by a reason, or consumed. */
    void balance() throws IOException {
        Until.holds(() -> name + ": " + books() + host.run("drops:list " + name), () -> {
            for (Map<String, Long> port : ports()) {
                if (port.get("received") + port.get("copies") != port.get("outputs") + port.get("dropped") + port.get("consumed")) {
                    return false;
                }
            }
            return true;
        });
        assertEquals(steady.sent() + (long) number, ports().stream().mapToLong(port -> port.get("received")).sum(), "frames received of those sent");
    }

    private java.util.List<Map<String, Long>> ports() throws IOException {
        return java.util.Arrays.stream(books().split("\\}")).map(Stations::counters).filter(port -> port.size() == 5).toList();
    }

    private static Map<String, Long> counters(String text) {
        Map<String, Long> counters = new LinkedHashMap<>();
        for (Matcher each = COUNTER.matcher(text); each.find();) {
            counters.put(each.group(1), Long.valueOf(each.group(2)));
        }
        return counters;
    }

    private String books() throws IOException {
        return host.run("port:list " + name + " --json");
    }

    @Override
    public void close() throws IOException {
        steady.close();
        try {
            steady.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Datagrams end : ends.values()) {
            end.close();
        }
    }
}

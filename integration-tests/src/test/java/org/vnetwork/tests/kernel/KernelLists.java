package org.vnetwork.tests.kernel;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.datapath.FrameBatch;
import org.vnetwork.datapath.PortCounters;
import org.vnetwork.datapath.ebpf.EbpfDriver;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.Frame;

/** A datapath in the kernel without a switch around it: one flow a port, whose action list a test gives. */
final class KernelLists implements Closeable {
    final Datapath datapath;
    /** By port, the first at 0: where a port's cable leads, the wire at that end, and the device at the switch. */
    final List<Space> spaces = new ArrayList<>();
    final List<Wire> wires = new ArrayList<>();
    final List<String> devices = new ArrayList<>();
    private final FrameBatch batch = new FrameBatch();
    private final Lab lab;
    private final int ports;

    /** So many open ports, each with a cable into a space of its own. */
    KernelLists(Lab lab, int ports) throws DatapathException, IOException {
        this.lab = lab;
        this.ports = ports;
        datapath = new EbpfDriver().open(Lab.name("-l"), "sw1", Path.of("/tmp"));
        for (int port = 1; port <= ports; port++) {
            spaces.add(lab.space());
            devices.add(cable(port));
            wires.add(wire(port));
            datapath.attach(port, new Attachment("netdev", devices.getLast()));
            datapath.unblock(port);
        }
    }

    /** Lays the cable of a port; the device at the switch. */
    String cable(int port) throws IOException {
        return lab.cable(spaces.get(port - 1), "k" + port, "address 02:00:00:00:02:0" + port);
    }

    /** A wire at the far end of a port's cable. */
    Wire wire(int port) throws IOException {
        return lab.keep(new Wire(spaces.get(port - 1), far(port)));
    }

    /** The device at the far end of a port's cable. */
    String far(int port) {
        return Lab.name("k" + port);
    }

    /** Has every frame that comes in by a port treated so. */
    void list(int port, Action... actions) {
        if (!installs(port, actions)) {
            throw new AssertionError("not installed: " + List.of(actions));
        }
    }

    /** What {@code tc} says of the filters at the ingress of port 1's device. */
    String filters() throws IOException {
        return Command.run("tc", "filter", "show", "dev", devices.getFirst(), "ingress");
    }

    /** Waits until the kernel's own mirroring sends what comes in by port 1, or no more; {@code work} has the datapath look meanwhile. */
    void untilGrouped(boolean wanted, Runnable work) throws IOException {
        Until.holds(() -> "filters: " + filters(), () -> {
            work.run();
            return filters().contains("vnet_group") == wanted;
        });
    }

    /** As {@link #list}; false when the datapath refuses. */
    boolean installs(int port, Action... actions) {
        datapath.remove(port);
        long[] mask = new long[11];
        long[] key = new long[11];
        mask[0] = 0xffffffffL << 32;
        key[0] = (long) port << 32;
        return datapath.install(List.of(new FlowEntry(port, key, mask, List.of(actions))))[0];
    }

    /** As {@link #decide(Consumer)}, until there were so many. */
    void decide(int count, Consumer<Frame> decision) throws IOException {
        int[] taken = {0};
        Until.holds(() -> taken[0] + " of " + count + " came up", () -> {
            taken[0] += decide(decision);
            return taken[0] >= count;
        });
    }

    /** Takes what came up, has each frame decided and what goes out sent; how many frames those were. */
    int decide(Consumer<Frame> decision) {
        batch.clear();
        int count = datapath.take(batch);
        for (Frame frame = batch.next(); frame != null; frame = batch.next()) {
            decision.accept(frame);
        }
        datapath.flush();
        return count;
    }

    /** Has the datapath look after itself, and forgets what came up. */
    void work() {
        decide(frame -> { });
    }

    /** Reasons and counts of a port's drops. */
    Map<String, Long> drops(int port) {
        Map<String, Long> named = new TreeMap<>();
        long[] drops = datapath.drops(port);
        for (int i = 0; i < drops.length; i++) {
            if (drops[i] > 0) {
                named.put(i == 0 ? "consumed" : i <= DropNumbers.REASONS.size() ? DropNumbers.REASONS.get(i - 1).text() : "#" + i, drops[i]);
            }
        }
        return named;
    }

    /** Where the books of a port do not balance; empty when they all do. */
    String imbalance() {
        List<String> lines = new ArrayList<>();
        for (int port = 1; port <= ports; port++) {
            PortCounters counters = datapath.counters(port);
            long dropped = drops(port).values().stream().mapToLong(Long::longValue).sum();
            if (counters.received() + counters.copies() != counters.outputs() + dropped) {
                lines.add("port " + port + ": " + counters + " " + drops(port));
            }
        }
        return String.join("\n", lines);
    }

    @Override
    public void close() {
        datapath.close();
    }
}

package org.vnetwork.core.decide;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.core.port.PortFilter;
import org.vnetwork.core.gate.Gate;
import org.vnetwork.core.gate.Guest;
import org.vnetwork.core.port.PortRow;
import org.vnetwork.core.port.PortTables;
import org.vnetwork.core.row.Tables;
import org.vnetwork.datapath.Capabilities;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.model.PortId;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.packet.wire.ActionRunner;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.packet.wire.FlowText;
import org.vnetwork.packet.wire.Frame;
import org.vnetwork.packet.wire.FrameText;
import org.vnetwork.packet.wire.KeyParser;

/** A pipeline without a switch around it: ports, one engine, filters by port and slot. */
abstract class DecideTest {
    static final DropReason NO = DropReason.of("test/no");
    final Tables tables = new Tables(() -> 0);
    final PortTables ports = new PortTables(tables);
    final List<String> failures = new ArrayList<>();
    final List<String> misuses = new CopyOnWriteArrayList<>();
    final List<String> differences = new ArrayList<>();
    final List<DropReason> reasons = new ArrayList<>(List.of(NO));
    private final Map<String, PacketFilter> filters = new HashMap<>();
    final Map<Long, String> counters = new HashMap<>();
    Capabilities capabilities = Capabilities.all(1000, 32);
    /** Meters that refuse, by their rate. */
    static final java.util.Set<Long> REFUSING = new java.util.HashSet<>();
    ForwardingEngine engine;

    private final class Given implements Stages {
        private final Gate gate = new Gate(Thread.currentThread(), () -> { });

        @Override
        public Gate gate() {
            return gate;
        }

        @Override
        public Stage<ForwardingEngine> engine() {
            return engine == null ? null : new Stage<>(engine, new Guest("engine test", "test"));
        }

        @Override
        public String engineName() {
            return "test";
        }

        @Override
        public Stage<PacketFilter> filter(int port, int slot) {
            PacketFilter filter = filters.get(port + "/" + slot);
            return filter == null ? null : new Stage<>(filter, new Guest("filter " + name(port, slot), "test"));
        }

        private String name(int port, int slot) {
            return ports.get(port).filters().stream().filter(f -> f.slot() == slot).findFirst().orElseThrow().filter();
        }

        @Override
        public int reason(DropReason reason) {
            if (!reasons.contains(reason)) {
                reasons.add(reason);
            }
            return reasons.indexOf(reason) + 1;
        }

        @Override
        public void counts(long id, String plugin, String counter) {
            counters.put(id, plugin + " " + counter);
        }

        @Override
        public void returned(Guest guest, Throwable failure) {
            if (failure != null) {
                failures.add(guest.role());
            }
        }

        @Override
        public void misused(Guest guest, RuntimeException failure) {
            misuses.add(guest.role() + ": " + failure.getMessage());
        }

        @Override
        public void unsteady(String plugin, String difference) {
            differences.add(plugin + ": " + difference);
        }
    }

    void port(int id, PortVlan vlan, FilterDocument... slots) {
        ports.put(new PortId(id), new PortRow("p" + id, vlan, PortFilter.of(List.of(slots))));
    }

    void filter(int port, int slot, PacketFilter filter) {
        filters.put(port + "/" + slot, filter);
    }

    Pipeline pipeline() {
        return new Pipeline(tables, ports, new Given(), capabilities, "test");
    }

    static Frame frame(int ingress, String text) {
        byte[] octets = FrameText.build(text);
        byte[] buffer = new byte[Frame.HEADROOM + octets.length];
        System.arraycopy(octets, 0, buffer, Frame.HEADROOM, octets.length);
        return new Frame().over(MemorySegment.ofArray(buffer), Frame.HEADROOM, octets.length, ingress);
    }

    static long[] key(Frame frame) {
        long[] key = new long[FlowKey.WORDS];
        KeyParser.parse(frame.buffer, frame.offset, frame.size, frame.ingress, key);
        return key;
    }

    Decision decide(int ingress, String text, BiConsumer<Packet, Forward> decides) {
        engine = decides::accept;
        return decide(ingress, text);
    }

    Decision decide(int ingress, String text) {
        Frame frame = frame(ingress, text);
        return pipeline().commit(key(frame), frame, 0);
    }

    String actions(Decision decision) {
        return FlowText.actions(decision.actions(), p -> "p" + p, r -> reasons.get(r - 1).text());
    }

    /** What is compared of a frame, in words. */
    static String match(Decision decision, int ingress, String text) {
        return FlowText.match(FlowKey.masked(key(frame(ingress, text)), decision.mask()), decision.mask(), p -> "p" + p);
    }

    /** What leaves when the actions are executed, as {@code port: frame}. */
    static List<String> execute(Decision decision, int ingress, String text) {
        List<String> out = new ArrayList<>();
        boolean done = ActionRunner.run(frame(ingress, text), decision.actions(), new ActionRunner.Output() {
            @Override
            public void output(int port, Frame now) {
                out.add(port + ": " + brief(FrameText.describe(now.bytes())));
            }

            @Override
            public void drop(int port, int reason) {
                out.add("drop " + reason);
            }

            @Override
            public void inspect(Frame now) {
                out.add("inspect");
            }

            @Override
            public void copyUp(Frame now) {
                out.add("copy up");
            }

            @Override
            public boolean meter(org.vnetwork.packet.wire.Action.Meter meter, Frame now) {
                return !REFUSING.contains(meter.bitsPerSecond());
            }

            @Override
            public void refused(Frame now) {
                out.add("metered");
            }

            @Override
            public void count(long counter, Frame now) {
                out.add("count " + now.size);
            }
        });
        return done ? out : List.of("bad action after " + out);
    }

    /** Without what the notation presets. */
    private static String brief(String frame) {
        return frame.replace("src=10.0.0.1,dst=10.0.0.2,", "").replace("src=10.0.0.1,dst=10.0.0.2", "").replace("src=1000,dst=2000", "");
    }
}

package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.FlowView;
import org.vnetwork.control.PortDocument;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.engine.learning.LearningEngine;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.model.PortId;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;
import org.vnetwork.table.DataType;
import org.vnetwork.table.Table;

/** A switch in one process after another, on a datapath and a journal that outlive them; in the first, two stations have spoken. */
abstract class Lives {
    static final String A_TO_B = frame(0x0a, 0x0b, 2);
    static final String B_TO_A = frame(0x0b, 0x0a, 1);

    TestSwitch sw;
    /** Filters that are installed in the lives to come. */
    final Map<String, Supplier<PacketFilter>> filters = new TreeMap<>();
    final OutlivingDatapath datapath = new OutlivingDatapath();
    /** What was written to the flow table in this life, and what the journal told. */
    final List<String> writes = datapath.writes;
    @TempDir
    private Path folder;

    /** A row of the tests' own. */
    @DataType("test.rate/1")
    private record Rate(int rate, List<Integer> steps) {
    }

    /** Learns, and asks for rows by values. */
    static final class Rated implements ForwardingEngine {
        int[] rates = {100};
        private final LearningEngine learning = new LearningEngine();
        private Table<PortId, Rate> table;

        @Override
        public void open(Context context) {
            learning.open(context);
            table = context.table(PortId.class, Rate.class);
        }

        @Override
        public void decide(Packet packet, Forward forward) {
            for (int rate : rates) {
                table.count("rate", rate);
            }
            table.count("rate", "no row can have this");
            table.count("rate", null);
            table.count("steps", List.of("nor this"));
            learning.decide(packet, forward);
        }
    }

    /** Learns, and reads more than that takes. */
    static final class Narrow implements ForwardingEngine {
        private final LearningEngine learning = new LearningEngine();

        @Override
        public void open(Context context) {
            learning.open(context);
        }

        @Override
        public void decide(Packet packet, Forward forward) {
            packet.get(Field.L4_DST);
            learning.decide(packet, forward);
        }
    }

    /** An engine that knows the tests' data type besides: what flows read of it that drain since another engine came has its name then. */
    static Supplier<ForwardingEngine> knowing(Supplier<ForwardingEngine> maker) {
        return () -> {
            ForwardingEngine engine = maker.get();
            return new ForwardingEngine() {
                @Override
                public void open(Context context) {
                    context.table(PortId.class, Rate.class);
                    engine.open(context);
                }

                @Override
                public void decide(Packet packet, Forward forward) {
                    engine.decide(packet, forward);
                }
            };
        };
    }

    static String frame(int from, int to, int udpPort) {
        return "eth(src=02:00:00:00:00:%02x,dst=02:00:00:00:00:%02x) ipv4(src=10.0.0.1,dst=10.0.0.2) udp(src=1,dst=%d)".formatted(from, to, udpPort);
    }

    static PortDocument port(int id, int vlan, FilterDocument... slots) {
        return new PortDocument(id, "p" + id, "sim", "p" + id, PortVlan.access(vlan), List.of(slots));
    }

    final Path folder() {
        return folder;
    }

    final Path file() {
        return folder.resolve("sw1.journal");
    }

    final void die() {
        sw.home.loop.stop(() -> { });
        writes.clear();
    }

    /** The next process, not restored yet; {@code engine} null: it is not installed. */
    final void live(Supplier<ForwardingEngine> engine, PortDocument... ports) {
        sw = new TestSwitch(datapath.forOneLife(), Journal.open(file(), "boot", line -> writes.add("told " + line)));
        filters.forEach(sw::filter);
        for (PortDocument document : ports) {
            sw.home.restorePort(document);
        }
        if (engine == null) {
            sw.home.swap("engine", null);
        } else {
            sw.swap("engine", engine);
        }
    }

    final void restored() {
        sw.home.restored();
        sw.settle();
    }

    final void restart(Supplier<ForwardingEngine> engine, PortDocument... ports) {
        die();
        live(engine, ports);
        restored();
    }

    /** A process that comes as far as to take over the flows, and decides none. */
    final void adopt(Supplier<ForwardingEngine> engine, PortDocument... ports) {
        die();
        live(engine, ports);
        sw.home.onLoop(() -> sw.home.flows.adopt(datapath.forOneLife().adopted(), id -> true));
    }

    /** The journal keeps these flows, each of their reads once, and no other. */
    final void assertKept(Map<Integer, Set<String>> flows) {
        Journal now = Journal.open(file(), "boot", line -> { });
        long reads = flows.values().stream().flatMap(Set::stream).distinct().count();
        assertEquals(List.of(flows.size(), (int) reads), List.of(now.take(Journal.Kind.FLOW).size(), now.take(Journal.Kind.READ).size()));
        now.close();
    }

    final String totals() {
        return sw.home.onLoop(() -> sw.home.totals()).toString();
    }

    /** What each flow reads, in any order, by id of the flow. */
    final Map<Integer, Set<String>> reads() {
        Map<Integer, Set<String>> reads = new TreeMap<>();
        for (FlowView flow : sw.flows()) {
            // Rows that moved too often may move again after a restart; what no row can have is not worth a name.
            reads.put(flow.id(), new TreeSet<>(flow.rows().stream().filter(r -> !r.endsWith(" moves") && !r.contains("no row") && !r.contains("rate=null") && !r.contains("nor this")).toList()));
        }
        return reads;
    }

    @BeforeEach
    void start() {
        live(LearningEngine::new, port(1, 10), port(2, 10));
        restored();
        sw.inject("p1", A_TO_B);
        sw.inject("p2", B_TO_A);
        sw.inject("p1", A_TO_B);
        assertEquals(2, sw.flows().size());
    }

    @AfterEach
    void close() {
        sw.close();
        datapath.close();
    }
}

package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.Limit;
import org.vnetwork.control.LimitsDocument;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.RowDocument;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.engine.flood.FloodEngine;
import org.vnetwork.engine.learning.LearningEngine;
import org.vnetwork.filter.Direction;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.filter.Verdict;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;
import org.vnetwork.table.DataType;
import org.vnetwork.table.Match;
import org.vnetwork.table.RuleTable;
import org.vnetwork.table.Table;

/** What is denied now passes by no flow, and what may pass now is lost in none, whatever the flows were decided by and whether they drain. */
class DenialsTest {
    private static final DropReason DENIED = DropReason.of("test/denied");
    private static final PortVlan VLAN = PortVlan.access(10);
    private final TestSwitch sw = new TestSwitch(FloodEngine::new);

    /** A service. */
    record Service(int port) {
    }

    /** The service is denied. */
    @DataType("test.closed/1")
    record Closed(boolean closed) {
    }

    /** As {@link Closed}, of a policy. */
    @DataType(value = "test.barred/1", policy = true)
    record Barred(boolean closed) {
    }

    /** A connection, by the port of its inner end. */
    @DataType("test.opened/1")
    record Opened(boolean opened) {
    }

    /** A rule that denies. */
    @DataType("test.no/1")
    record No(int number) {
    }

    @AfterEach
    void close() {
        sw.close();
    }

    private static String frame(int from, int to, int src, int dst) {
        return "eth(src=02:00:00:00:00:0%d,dst=02:00:00:00:00:0%d) ipv4() udp(src=%d,dst=%d)".formatted(from, to, src, dst);
    }

    private static FilterDocument slot(String filter) {
        return new FilterDocument(1, filter, false);
    }

    /** Lets in what answers, and nothing else; what it denied before is a flow of the switch. */
    private static final class Stateful implements PacketFilter {
        private Table<Service, Opened> opened;

        @Override
        public void open(Context context) {
            opened = context.table(Service.class, Opened.class);
        }

        @Override
        public void filter(Packet packet, Verdict verdict) {
            if (verdict.direction() == Direction.OUT) {
                opened.put(new Service((int) packet.get(Field.L4_SRC)), new Opened(true), Duration.ofSeconds(60));
            } else if (opened.get(new Service((int) packet.get(Field.L4_DST))) == null) {
                verdict.reject(DENIED);
            }
        }
    }

    /** The engine has not seen the outer station yet, so that it would learn it: a decision that would write is made by a frame alone. */
    @Test
    void theFirstReplyPassesAlthoughAFlowDroppedItsLikeBefore() {
        sw.swap("learning", LearningEngine::new);
        sw.filter("stateful", Stateful::new);
        sw.port("outside", VLAN, slot("stateful")).port("inside", VLAN);
        sw.inject("outside", frame(1, 2, 53, 4000));
        sw.inject("outside", frame(1, 2, 53, 4000));
        assertEquals(List.of(0, 2L, 1L), List.of(sw.count("inside"), sw.drops("test/denied"), sw.decided()), "the second met a flow that drops");
        sw.inject("inside", frame(2, 1, 4000, 53));
        assertEquals(1, sw.count("outside"));
        sw.inject("outside", frame(1, 2, 53, 4000));
        assertEquals(List.of(1, 2L), List.of(sw.count("inside"), sw.drops("test/denied")));
        assertEquals("", sw.imbalance());
    }

    @Test
    void whatWasConsumedPassesAtOnceWhenItMay() {
        ForwardingEngine first = (packet, forward) -> forward.consume();
        sw.swap("first", () -> first);
        sw.ports(VLAN, "a", "b");
        sw.inject("a", frame(1, 2, 1, 80));
        sw.swap("second", () -> (packet, forward) -> {
            packet.get(Field.L4_DST);
            forward.to(2);
        });
        sw.settle();
        sw.inject("a", frame(1, 2, 1, 81));
        assertEquals(1, sw.count("b"), "not the frame by which the flow was decided, another one of it");
        assertEquals("", sw.imbalance());
    }

    /** Looks at addresses alone until it is told to look for services too. */
    private static final class Gate implements ForwardingEngine {
        private Table<Service, Opened> told;
        private Table<Service, Closed> closed;
        private Table<Service, Barred> barred;
        private RuleTable<No> rules;

        @Override
        public void open(Context context) {
            told = context.table(Service.class, Opened.class);
            closed = context.table(Service.class, Closed.class);
            barred = context.table(Service.class, Barred.class);
            rules = context.rules(No.class);
        }

        @Override
        public void decide(Packet packet, Forward forward) {
            packet.destination();
            boolean looks = told.get(new Service(0)) != null;
            Service service = new Service(looks ? (int) packet.get(Field.L4_DST) : 0);
            boolean denied = closed.get(service) != null || barred.get(service) != null || looks && rules.first(packet) != null;
            if (denied) {
                forward.drop(DENIED);
            } else {
                forward.flood();
            }
        }
    }

    /** A wide flow that drains: of the frames it serves, the switch has seen that to service 80 alone. */
    private Gate draining() {
        Gate gate = new Gate();
        sw.swap("gate", () -> gate);
        sw.ports(VLAN, "a", "b");
        sw.home.limit(new LimitsDocument(Map.of(Limit.DRAIN, 60_000)));
        sw.inject("a", frame(1, 2, 1, 80));
        sw.home.onLoop(() -> {
            gate.told.put(new Service(0), new Opened(true));
            return null;
        });
        sw.settle();
        assertEquals(1, sw.flows().stream().filter(f -> f.actions().startsWith("copy up")).count(), () -> sw.flows().toString());
        sw.captured("b");
        return gate;
    }

    private void passes(int service, int count) {
        sw.inject("a", frame(1, 2, 1, service));
        assertEquals(count, sw.count("b"), "service " + service);
        assertEquals("", sw.imbalance());
    }

    private static RowDocument row(String table, int service) {
        return new RowDocument(table, Map.of("port", String.valueOf(service)), Map.of("closed", "true"));
    }

    @Test
    void aFlowThatDrainsServesWhatNothingDenies() {
        draining();
        passes(443, 1);
    }

    @Test
    void aRowThatIsPlacedReachesAFlowThatDrains() {
        draining();
        sw.home.placeRow(row("test.closed/1", 22), true);
        passes(22, 0);
        passes(443, 1);
    }

    @Test
    void aRuleReachesAFlowThatDrains() {
        Gate gate = draining();
        sw.home.onLoop(() -> {
            gate.rules.put(1, 10, Match.ANY.and(Field.L4_DST, 22), new No(1));
            return null;
        });
        passes(22, 0);
        passes(443, 1);
    }

    @Test
    void aRowOfAPolicyReachesAFlowThatDrainsWhoeverPutsIt() {
        Gate gate = draining();
        sw.home.onLoop(() -> {
            gate.barred.put(new Service(22), new Barred(true));
            return null;
        });
        passes(22, 0);
        passes(443, 1);
    }

    /** The flow read the row before it was placed, and reads more since: its other frames may be denied as well. */
    @Test
    void aRowThatIsPlacedHasNoFlowDrainThatReadIt() {
        Gate gate = new Gate();
        sw.swap("gate", () -> gate);
        sw.ports(VLAN, "a", "b");
        sw.home.onLoop(() -> gate.closed);
        sw.inject("a", frame(1, 2, 1, 80));
        sw.captured("b");
        sw.home.placeRow(new RowDocument("test.opened/1", Map.of("port", "0"), Map.of("opened", "true")), true);
        assertEquals(0, sw.flows().stream().filter(f -> f.actions().startsWith("copy up")).count(), () -> sw.flows().toString());
        sw.home.placeRow(row("test.closed/1", 22), true);
        passes(22, 0);
        sw.home.placeRow(row("test.closed/1", 22), false);
        passes(22, 1);
    }

    @Test
    void aFilterThatComesReachesEveryFlowOfItsPortAndNoOther() {
        sw.port("a", VLAN, new FilterDocument(1, "late", true)).ports(VLAN, "b", "c");
        sw.filter("late", () -> (packet, verdict) -> verdict.pass());
        sw.home.refreshFilters();
        sw.settle();
        sw.inject("a", frame(1, 2, 1, 80));
        sw.inject("c", frame(3, 2, 1, 80));
        sw.captured("b");
        String before = sw.home.onLoop(() -> sw.home.totals()).toString();
        sw.home.refreshFilters();
        sw.settle();
        assertEquals(before, sw.home.onLoop(() -> sw.home.totals()).toString(), "nothing came");
        sw.filter("late", () -> (packet, verdict) -> {
            if (packet.get(Field.L4_DST) == 22) {
                verdict.reject(DENIED);
            }
        });
        sw.home.refreshFilters();
        sw.settle();
        sw.inject("a", frame(1, 2, 1, 22));
        assertEquals(0, sw.count("b"));
        sw.home.setPort(new PortDocument(1, "a", "sim", "a", VLAN, List.of()));
        sw.inject("a", frame(1, 2, 1, 22));
        assertEquals(1, sw.count("b"));
    }
}

package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.Limit;
import org.vnetwork.control.LimitView;
import org.vnetwork.control.LimitsDocument;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.engine.learning.LearningEngine;
import org.vnetwork.model.PortId;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;
import org.vnetwork.table.Table;
import org.vnetwork.table.shared.FdbEntry;
import org.vnetwork.table.shared.Station;

/** What one port does beyond its limits is seen, told and costs the others nothing. */
class LimitsTest {
    private TestSwitch sw;

    @AfterEach
    void close() {
        sw.close();
    }

    private void open(ForwardingEngine engine, Map<Limit, Integer> limits) {
        sw = new TestSwitch(() -> engine).ports(PortVlan.access(10), "a", "b", "c");
        sw.home.limit(new LimitsDocument(limits));
    }

    private static String from(int station, String destination) {
        return String.format("eth(src=02:00:00:%02x:%02x:%02x,dst=%s) payload(46)", station >> 16, station >> 8 & 0xff, station & 0xff, destination);
    }

    private void flood(String port, int stations) {
        for (int i = 0; i < stations; i++) {
            sw.inject(port, from(1000 + i, "ff:ff:ff:ff:ff:ff"));
        }
    }

    private LimitView view(Limit limit) {
        return sw.home.views().limits().stream().filter(v -> v.limit().equals(limit.text())).findFirst().orElseThrow();
    }

    private List<String> events(String containing) {
        return sw.events().stream().filter(e -> e.contains(containing)).toList();
    }

    /** Learns without a bound of its own. */
    private static final class Greedy implements ForwardingEngine {
        private Table<Station, FdbEntry> fdb;

        @Override
        public void open(Context context) {
            fdb = context.table(Station.class, FdbEntry.class);
        }

        @Override
        public void decide(Packet packet, Forward forward) {
            fdb.put(new Station(packet.vlan(), packet.source()), new FdbEntry(new PortId(packet.ingress()), false), Duration.ofSeconds(300));
            forward.flood();
        }
    }

    @Test
    void aFloodOfStationsEvictsFlowsOfItsOwnPortAlone() {
        open(new LearningEngine(), Map.of(Limit.PORT_FLOWS, 20));
        sw.inject("b", from(1, "02:00:00:00:00:02"));
        int flow = sw.flows().getFirst().id();
        flood("a", 100);
        sw.warp(1);
        assertEquals(21, sw.flows().size());
        assertEquals("in=b", sw.home.views().flow(flow).match().split(",")[0]);
        assertEquals(new LimitView("port-flows", 20, 20, 20, "a", 80, Limit.PORT_FLOWS.beyond()), view(Limit.PORT_FLOWS));
        assertEquals(List.of("port a of switch sw1: limit port-flows 20 is reached: the longest idle flow of the port is evicted (80 so far)"), events("limit "));
        flood("a", 100);
        sw.warp(2);
        assertEquals(1, events("limit ").size(), "told once a minute");
        assertEquals("", sw.imbalance());
    }

    @Test
    void anEngineWithoutABoundOfItsOwnHasThePlatforms() {
        open(new Greedy(), Map.of(Limit.PORT_ROWS, 30));
        sw.inject("b", from(1, "ff:ff:ff:ff:ff:ff"));
        flood("a", 100);
        sw.warp(1);
        assertEquals(new LimitView("port-rows", 30, 30, 30, "a", 70, Limit.PORT_ROWS.beyond()), view(Limit.PORT_ROWS));
        assertEquals(70L, sw.home.views().tables().stream().filter(t -> t.type().equals("fdb/1")).findFirst().orElseThrow().refused());
        assertEquals(1, events("port a of switch sw1: limit port-rows 30 is reached").size());
        long decided = sw.decided();
        flood("a", 100);
        assertEquals(decided, sw.decided(), "what is refused is a flow all the same, and does not come up again");
        assertTrue(sw.flows().stream().noneMatch(f -> f.inspect()));
        assertEquals(31, sw.home.views().rows("fdb").size());
    }

    @Test
    void aStationThatJumpsBetweenPortsIsHeldAndFramesStillGoThere() {
        open(new LearningEngine(), Map.of(Limit.MOVES, 4));
        sw.inject("c", from(7, "ff:ff:ff:ff:ff:ff"));
        for (int i = 0; i < 40; i++) {
            sw.inject(i % 2 == 0 ? "a" : "b", from(9, "ff:ff:ff:ff:ff:ff"));
        }
        sw.captured("a");
        sw.captured("b");
        sw.inject("c", from(7, "02:00:00:00:00:09"));
        assertEquals(List.of(1, 0), List.of(sw.count("a"), sw.count("b")), "a, b, a, b, a: there it was when it had moved four times");
        assertEquals(1, events("fdb/1 vlan=10,mac=02:00:00:00:00:09 moves between ports b and a: 4 times in 10 s; it stays at a for 10 s").size(), sw.events()::toString);
        assertEquals(new LimitView("moves", 4, 4, 0, "", 1, Limit.MOVES.beyond()), view(Limit.MOVES));
        sw.warp(12);
        sw.inject("b", from(9, "ff:ff:ff:ff:ff:ff"));
        sw.captured("b");
        sw.inject("c", from(7, "02:00:00:00:00:09"));
        assertEquals(1, sw.count("b"), "it may move again");
        assertEquals("", sw.imbalance());
    }

    @Test
    void aLowerLimitTakesFlowsAwayAndAHigherOneIsCutToWhatTheDatapathHolds() {
        open(new LearningEngine(), Map.of());
        flood("a", 100);
        sw.home.limit(new LimitsDocument(Map.of(Limit.FLOWS, 40)));
        assertEquals(40, sw.flows().size());
        sw.home.limit(new LimitsDocument(Map.of(Limit.FLOWS, 1_000_000)));
        LimitView view = view(Limit.FLOWS);
        assertEquals(1_000_000, view.setting());
        assertEquals(sw.home.onLoop(() -> sw.home.datapath.capabilities().flows()), view.inForce());
        assertEquals(List.of(40L, 60L), List.of(view.used(), view.beyond()));
    }

    @Test
    void aPortsCountersGoWithIt() {
        open(new LearningEngine(), Map.of(Limit.PORT_FLOWS, 5));
        flood("a", 20);
        assertEquals(15, view(Limit.PORT_FLOWS).beyond());
        sw.home.removePort(sw.home.documents().getFirst());
        assertEquals(List.of(0L, 0L), List.of(view(Limit.PORT_FLOWS).beyond(), view(Limit.PORT_FLOWS).used()));
    }
}

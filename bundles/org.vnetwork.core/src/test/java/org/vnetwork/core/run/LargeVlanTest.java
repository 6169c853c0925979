package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.filter.Direction;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Meter;
import org.vnetwork.packet.wire.FrameText;

/** As many ports in one VLAN as a switch takes: a broadcast reaches all others, each once. */
class LargeVlanTest {
    private static final int PORTS = 1_000;
    private static final String BROADCAST = "eth(dst=ff:ff:ff:ff:ff:ff) payload(46)";
    private static final PortVlan ACCESS = PortVlan.access(10);
    private static final DropReason DENIED = DropReason.of("test/denied");

    private final TestSwitch home = new TestSwitch(() -> (packet, forward) -> forward.flood());

    @AfterEach
    void close() {
        home.close();
    }

    private void ports(int count, PortVlan vlan, FilterDocument... filters) {
        int first = home.home.views().ports().size() + 1;
        for (int i = first; i < first + count; i++) {
            home.port("p" + i, vlan, filters);
        }
    }

    /** How many frames went out of how many ports in all; not counting those without any. */
    private List<Long> sent() {
        List<Long> each = home.home.views().ports().stream().map(p -> p.sent()).filter(n -> n > 0).toList();
        return List.of((long) each.size(), each.stream().mapToLong(Long::longValue).sum());
    }

    @Test
    void aBroadcastReachesTheOther129AccessPorts() {
        ports(130, ACCESS);
        home.inject("p1", BROADCAST);
        assertEquals(List.of(129L, 129L), sent());
    }

    @Test
    void aBroadcastReaches998AccessPortsAndATaggedTrunk() {
        ports(PORTS - 1, ACCESS);
        home.port("up", PortVlan.trunk(List.of(10, 20), 0));
        for (int i = 1; i <= 2; i++) {
            home.inject("p1", BROADCAST);
            assertEquals(List.of(999L, 999L * i), sent());
        }
        assertEquals(List.of(FrameText.describe(FrameText.build("eth(dst=ff:ff:ff:ff:ff:ff) vlan(vid=10) payload(46)"))), home.captured("up").stream().distinct().toList());
        assertEquals(0, home.count("p1"));
        assertEquals(1, home.decided());
        assertEquals("", home.imbalance());
    }

    @Test
    void aBroadcastPassesTheMeterOfEachOf200PortsAndTheFiltersThatDenyOf200Others() {
        home.filter("rate", () -> (packet, verdict) -> {
            if (verdict.direction() == Direction.OUT) {
                verdict.meter(new Meter("port" + verdict.port(), 1_000_000_000, 65_536));
            }
        });
        home.filter("deny", () -> (packet, verdict) -> verdict.reject(DENIED));
        ports(599, ACCESS);
        ports(200, ACCESS, new FilterDocument(1, "rate", false));
        ports(200, ACCESS, new FilterDocument(1, "deny", false));
        for (int i = 1; i <= 2; i++) {
            home.inject("p1", BROADCAST);
            assertEquals(List.of(798L, 798L * i), sent());
            assertEquals(200L * i, home.drops("test/denied"));
        }
        assertEquals(1, home.decided());
        assertEquals("", home.imbalance());
    }
}

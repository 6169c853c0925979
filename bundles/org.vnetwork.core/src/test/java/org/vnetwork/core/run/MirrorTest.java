package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.PortDocument;
import org.vnetwork.engine.flood.FloodEngine;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Field;

/** Mirroring: a copy that leaves the VLAN, by ports that are for that alone. */
class MirrorTest {
    private static final String FRAME = "eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) ipv4() udp(src=1,dst=2)";
    private static final String TAGGED = "eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) vlan(vid=10,pcp=3) ipv4() udp(src=1,dst=2)";
    private static final int SPY = 4;

    private final TestSwitch sw = new TestSwitch(FloodEngine::new);
    private int mirror = SPY;

    @BeforeEach
    void start() {
        sw.filter("mirror", () -> (packet, verdict) -> {
            packet.get(Field.IP_PROTOCOL);
            verdict.mirror(mirror).set(Field.DSCP, 10).pass();
        });
        sw.filter("watched", () -> (packet, verdict) -> {
            verdict.mirror(SPY);
            verdict.reject(DropReason.of("test/denied"));
        });
        List<Integer> vlans = List.of(10, 20);
        sw.port("a", PortVlan.access(10), new FilterDocument(1, "mirror", false)).port("b", PortVlan.access(10)).port("c", PortVlan.trunk(vlans, 20), new FilterDocument(1, "mirror", false))
                .port("spy", PortVlan.MIRROR).port("d", PortVlan.access(20), new FilterDocument(1, "watched", false));
    }

    @AfterEach
    void close() {
        assertEquals("", sw.imbalance());
        sw.close();
    }

    @Test
    void aCopyAsItThenWasLeavesByTheMirrorPortAndTheFrameGoesOn() {
        for (int i = 0; i < 3; i++) {
            sw.inject("a", FRAME);
        }
        assertEquals(1, sw.decided(), "mirroring is done by the flow");
        List<String> spied = sw.captured("spy");
        // Once as it came in at a, once as it left by c, each before the rewrite of that filter.
        assertEquals(6, spied.size());
        assertEquals(3, spied.stream().filter(f -> !f.contains("dscp")).count());
        assertTrue(sw.captured("b").stream().allMatch(f -> f.contains("dscp=10")));
    }

    @Test
    void aFrameThatCameTaggedIsMirroredTagged() {
        sw.inject("c", TAGGED);
        assertTrue(sw.captured("spy").stream().anyMatch(f -> f.contains("vlan(vid=10,pcp=3)") && !f.contains("dscp")));
    }

    @Test
    void whatIsDeniedIsMirroredAllTheSame() {
        sw.inject("d", FRAME);
        assertEquals(List.of(1, 1L), List.of(sw.count("spy"), sw.drops("test/denied")));
    }

    @Test
    void aMirrorPortTakesNothingElseAndAdmitsNothing() {
        sw.inject("b", FRAME);
        assertEquals(List.of(1, 2), List.of(sw.count("a"), sw.count("spy")), "a copy by each of the filters that it passes on its way out");
        sw.inject("spy", FRAME);
        assertEquals(List.of(0, 1L), List.of(sw.count("a"), sw.drops("port/mirror-only")));
        sw.swap("astray", () -> (packet, forward) -> forward.to(SPY));
        sw.inject("b", FRAME);
        assertEquals(List.of(0, 1L), List.of(sw.count("spy"), sw.drops("port/not-in-vlan")));
    }

    @Test
    void aPortThatIsNoMirrorIsNotMirroredTo() {
        mirror = 5;
        sw.inject("a", FRAME);
        assertEquals(0, sw.count("d"));
        assertTrue(sw.drops("port/not-a-mirror") > 0);
    }

    @Test
    void aMirrorPortThatBecomesAnotherEndsTheCopiesAtOnce() {
        sw.inject("a", FRAME);
        sw.captured("spy");
        sw.home.setPort(new PortDocument(SPY, "spy", "sim", "spy", PortVlan.access(30), List.of()));
        sw.inject("a", FRAME);
        assertEquals(0, sw.count("spy"));
        assertTrue(sw.flows().stream().noneMatch(f -> f.actions().contains("output spy")), () -> sw.flows().toString());
    }

    @Test
    void aCopyKeepsTheServiceTag() {
        sw.port("isp", PortVlan.trunk(List.of(10), 0).withServiceTags(), new FilterDocument(1, "mirror", false));
        String frame = "eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) vlan(vid=10,pcp=3,service=true) vlan(vid=7) ipv4() udp(src=1,dst=2)";
        sw.inject("isp", frame);
        assertTrue(sw.captured("spy").getFirst().startsWith("eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) vlan(vid=10,pcp=3,service=true) vlan(vid=7) "));
        assertTrue(sw.captured("b").getFirst().startsWith("eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) vlan(vid=7) "));
    }
}

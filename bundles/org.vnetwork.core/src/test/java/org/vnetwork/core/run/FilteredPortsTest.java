package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.PortDocument;
import org.vnetwork.engine.flood.FloodEngine;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.filter.Verdict;
import org.vnetwork.model.PortVlan;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;

class FilteredPortsTest {
    private static final String FRAME = "eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) ipv4() udp(src=1,dst=2)";
    private static final PortVlan VLAN = PortVlan.access(10);
    private final TestSwitch sw = new TestSwitch(FloodEngine::new);

    @AfterEach
    void close() {
        sw.close();
    }

    private static FilterDocument slot(int slot, String filter) {
        return new FilterDocument(slot, filter, false);
    }

    private static PortDocument document(int id, String name, FilterDocument... filters) {
        return new PortDocument(id, name, "sim", name, VLAN, List.of(filters));
    }

    @Test
    void aFilterThatIsAddedOrRemovedConcernsInstalledFlowsAtOnce() {
        sw.filter("deny", () -> (packet, verdict) -> verdict.reject(DropReason.of("test/denied")));
        sw.ports(VLAN, "a", "b", "c");
        sw.inject("a", FRAME);
        long decided = sw.decided();
        sw.home.setPort(document(2, "b", slot(1, "deny")));
        sw.inject("a", FRAME);
        assertEquals(List.of(1, 2, decided), List.of(sw.count("b"), sw.count("c"), sw.decided()));
        assertEquals(1, sw.drops("test/denied"));
        sw.home.setPort(document(2, "b"));
        sw.inject("a", FRAME);
        assertEquals(List.of(1, 1), List.of(sw.count("b"), sw.count("c")));
        assertEquals("", sw.imbalance());
    }

    @Test
    void aMirrorAndTheFrameBothArriveAndTheBooksBalance() {
        sw.filter("mirror", () -> (packet, verdict) -> {
            verdict.copy().to(3);
            verdict.set(Field.DSCP, 10).pass();
        });
        sw.port("a", VLAN, slot(1, "mirror")).ports(VLAN, "b", "c");
        for (int i = 0; i < 3; i++) {
            sw.inject("a", FRAME);
        }
        assertEquals(3, sw.count("b"));
        List<String> c = sw.captured("c");
        assertEquals(6, c.size());
        assertEquals(3, c.stream().filter(f -> f.contains("dscp=10")).count());
        assertEquals("", sw.imbalance());
    }

    @Test
    void aFilterThatIsNotInstalledYetIsUsedWhenItComes() {
        sw.port("a", VLAN, slot(1, "late")).ports(VLAN, "b");
        sw.inject("a", FRAME);
        assertEquals(List.of(0, 1L), List.of(sw.count("b"), sw.drops("core/filter-failed")));
        sw.filter("late", () -> (packet, verdict) -> verdict.pass());
        sw.home.refreshFilters();
        sw.settle();
        sw.inject("a", FRAME);
        assertEquals(1, sw.count("b"));
        sw.filters.remove("late");
        sw.home.refreshFilters();
        sw.settle();
        sw.inject("a", FRAME);
        assertEquals(0, sw.count("b"));
    }

    @Test
    void aThrowingFilterIsCountedNamedAndPassedOrNotAsThePortSays() {
        AtomicBoolean broken = new AtomicBoolean(true);
        sw.filter("weak", () -> (packet, verdict) -> {
            if (broken.get()) {
                throw new IllegalStateException("weak");
            }
        });
        sw.port("closed", VLAN, slot(1, "weak")).port("open", VLAN, new FilterDocument(1, "weak", true)).ports(VLAN, "b");
        sw.inject("closed", FRAME);
        sw.inject("open", FRAME);
        assertEquals(List.of(1, 2L), List.of(sw.count("b"), sw.drops("core/filter-failed")), "in from one, out to it from the other");
        assertTrue(sw.home.views().summary().failures() >= 2);
        assertTrue(sw.events().toString().contains("filter weak failed: java.lang.IllegalStateException: weak"));
        broken.set(false);
        sw.inject("closed", FRAME);
        assertEquals(1, sw.count("b"), "not cached: it is asked again");
        assertEquals("", sw.imbalance());
    }

    /** Opens unless told otherwise, and counts. */
    private static final class Counted implements PacketFilter {
        private final AtomicInteger open;
        private final AtomicBoolean refuses;

        private Counted(AtomicInteger open, AtomicBoolean refuses) {
            this.open = open;
            this.refuses = refuses;
        }

        @Override
        public void open(Context context) {
            if (refuses.get()) {
                throw new IllegalStateException("no key");
            }
            open.incrementAndGet();
        }

        @Override
        public void filter(Packet packet, Verdict verdict) {
            verdict.pass();
        }

        @Override
        public void close() {
            open.decrementAndGet();
        }
    }

    @Test
    void aFilterThatDoesNotOpenRefusesTheChangeAndLeavesTheOthersOpen() {
        AtomicInteger open = new AtomicInteger();
        AtomicBoolean refuses = new AtomicBoolean();
        sw.filter("good", () -> new Counted(open, new AtomicBoolean()));
        sw.filter("moody", () -> new Counted(open, refuses));
        sw.port("a", VLAN, slot(1, "good"));
        refuses.set(true);
        Refusal refusal = assertThrows(Refusal.class, () -> sw.home.setPort(document(1, "a", slot(1, "good"), slot(2, "moody"))));
        assertEquals("filter: moody did not open (java.lang.IllegalStateException: no key)", refusal.getMessage());
        assertEquals(List.of("1:good"), sw.home.views().ports().getFirst().filters());
        assertEquals(1, open.get());
        assertThrows(Refusal.class, () -> sw.home.addPort(document(2, "b", slot(1, "good"), slot(2, "moody"))));
        assertEquals(List.of(1, 1), List.of(open.get(), sw.home.views().ports().size()));
        sw.home.restorePort(document(2, "b", slot(1, "good"), slot(2, "moody")));
        assertEquals(List.of(2, 2), List.of(open.get(), sw.home.views().ports().size()));
        refuses.set(false);
        sw.home.refreshFilters();
        assertEquals(3, open.get());
        sw.home.removePort(document(2, "b"));
        assertEquals(1, open.get());
    }

    @Test
    void aVlanIsLeftByNoRewriteRedirectOrTag() {
        sw.filter("escape", () -> (packet, verdict) -> {
            verdict.push(org.vnetwork.packet.Tag.customer(20)).copy().to(3);
            verdict.redirect(3);
        });
        sw.port("a", VLAN, slot(1, "escape")).ports(VLAN, "b").port("other", PortVlan.access(20)).port("trunk", PortVlan.trunk(List.of(10, 20), 0));
        sw.swap("reckless", () -> (packet, forward) -> forward.to(1, 2, 3, 4));
        sw.inject("a", FRAME);
        sw.inject("b", FRAME);
        assertEquals(0, sw.count("other"));
        assertTrue(sw.captured("trunk").stream().allMatch(f -> f.contains("vlan(vid=10)")));
        assertEquals(5, sw.drops("port/not-in-vlan"));
        assertEquals("", sw.imbalance());
    }
}

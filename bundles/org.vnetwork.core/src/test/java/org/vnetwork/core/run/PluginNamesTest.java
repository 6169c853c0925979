package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.CounterView;
import org.vnetwork.control.DropView;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.PortDocument;
import org.vnetwork.datapath.CounterTable;
import org.vnetwork.engine.learning.LearningEngine;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.packet.Counter;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Field;

/** Drop reasons and counters that plugins bring for months: each generation has names of its own, and numbers are given again. */
class PluginNamesTest extends Lives {
    private static final int COUNTERS = 20;
    private static final int REASONS = 10;
    private static final PortDocument FILTERED = port(1, 10, new FilterDocument(1, "names", false));

    /** Counts frames by their port, and drops those to the first ports by reasons. */
    private static PacketFilter generation(int generation) {
        return (packet, verdict) -> {
            int udp = (int) packet.get(Field.L4_DST);
            verdict.count(counter(generation, udp));
            if (udp < REASONS) {
                verdict.reject(reason(generation, udp));
            }
        };
    }

    private static Counter counter(int generation, int i) {
        return new Counter("generation " + generation + " counter " + i);
    }

    private static DropReason reason(int generation, int i) {
        return DropReason.of("generation-" + generation + "/reason-" + i);
    }

    private void use(PacketFilter filter) {
        filters.put("names", () -> filter);
        filters.forEach(sw::filter);
        sw.home.setPort(FILTERED);
        sw.settle();
    }

    private void send(int from, int to) {
        for (int i = from; i < to; i++) {
            sw.inject("p1", frame(0x0a, 0x0b, i));
        }
    }

    private Map<String, Long> drops() {
        return sw.home.views().drops().stream().collect(Collectors.toMap(DropView::reason, DropView::count));
    }

    private Map<String, Long> counters() {
        return sw.home.views().counters().stream().collect(Collectors.toMap(CounterView::counter, CounterView::frames));
    }

    /** The books balance, and the port's drops are those that are shown. */
    private void assertBalanced() {
        assertEquals("", sw.imbalance());
        assertEquals(sw.home.views().ports().stream().mapToLong(p -> p.dropped()).sum(), drops().values().stream().mapToLong(Long::longValue).sum());
        assertEquals(0, sw.home.failures.count(), () -> sw.events().toString());
    }

    @Test
    void everyGenerationCountsUnderItsOwnNames() {
        for (int g = 0; g < 200; g++) {
            use(generation(g));
            for (int round = 0; round <= g % 3; round++) {
                send(0, COUNTERS);
            }
            Map<String, Long> drops = drops();
            Map<String, Long> counters = counters();
            for (int i = 0; i < COUNTERS; i++) {
                assertEquals(1L + g % 3, counters.get(counter(g, i).name()), counter(g, i).name());
                assertEquals(i < REASONS ? 1L + g % 3 : null, drops.get(reason(g, i).text()), reason(g, i).text());
            }
            assertEquals(null, drops.get("datapath/other"));
            assertBalanced();
            if (g % 40 == 39) {
                restart(LearningEngine::new, FILTERED, port(2, 10));
                assertEquals(List.of(), writes, "numbers mean what they meant");
                assertEquals(drops, drops());
                assertEquals(counters, counters());
            }
            sw.warp(2);
        }
        assertEquals(CounterTable.COUNTERS, counters().size());
        assertTrue(drops().containsKey("core/forgotten"));
        sw.home.views().resetDrops();
        assertEquals(Map.of(), drops());
    }

    @Test
    void aReasonThatNoPortShowsGivesItsNumberAwayFirst() {
        for (int g = 0; g < 4; g++) {
            use(generation(g));
            send(0, REASONS);
            sw.warp(2);
        }
        sw.home.views().resetDrops();
        // The first was named before the others, but is shown.
        use(generation(0));
        send(0, REASONS);
        for (int g = 1; g < 4; g++) {
            sw.warp(2);
            use(generation(g));
        }
        sw.warp(2);
        use(generation(4));
        send(0, REASONS);
        Map<String, Long> both = IntStream.range(0, REASONS).boxed().collect(Collectors.toMap(i -> reason(0, i).text(), i -> 1L));
        IntStream.range(0, REASONS).forEach(i -> both.put(reason(4, i).text(), 1L));
        assertEquals(both, drops());
    }

    @Test
    void whenFlowsNameAllNumbersAReasonIsOtherUntilSomeEnd() {
        use((packet, verdict) -> verdict.reject(reason(7, (int) packet.get(Field.L4_DST))));
        send(0, 60);
        assertTrue(drops().get("datapath/other") > 0);
        assertEquals(1, sw.events().stream().filter(e -> e.contains("counts as datapath/other")).count(), () -> sw.events().toString());
        assertBalanced();
        sw.warp(12);
        sw.home.views().resetDrops();
        send(100, 110);
        assertEquals(IntStream.range(100, 110).boxed().collect(Collectors.toMap(i -> reason(7, i).text(), i -> 1L)), drops());
    }

    @Test
    void aNumberIsNotGivenAwayWhileFramesMayStillBeOnTheirWayByIt() {
        for (int g = 0; g < 5; g++) {
            use(generation(g));
            send(0, REASONS);
        }
        assertTrue(drops().get("datapath/other") > 0, "all five came within a second");
        sw.warp(2);
        use(generation(5));
        send(0, REASONS);
        assertEquals(1L, drops().get(reason(5, REASONS - 1).text()));
        assertBalanced();
    }

    @Test
    void whenFlowsCountIntoAllCountersOneMoreIsRefusedUntilSomeEnd() {
        int each = CounterTable.COUNTERS / 32;
        use((packet, verdict) -> {
            for (int i = 0; i < each; i++) {
                verdict.count(counter((int) packet.get(Field.L4_DST), i));
            }
        });
        send(0, 32);
        assertEquals(0, sw.home.failures.count());
        sw.warp(5);
        send(32, 33);
        assertEquals(1, sw.home.failures.count());
        assertTrue(sw.events().toString().contains("one too many (expected: at most 1024 at a time in a switch)"), () -> sw.events().toString());
        sw.warp(12);
        send(33, 34);
        assertEquals(List.of(1, 1L), List.of((int) sw.home.failures.count(), counters().get(counter(33, 0).name())));
        restart(LearningEngine::new, FILTERED, port(2, 10));
        assertEquals(1L, counters().get(counter(33, each - 1).name()));
        assertEquals(CounterTable.COUNTERS, counters().size());
    }
}

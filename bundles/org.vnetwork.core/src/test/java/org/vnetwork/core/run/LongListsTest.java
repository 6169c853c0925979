package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.FlowQuery;
import org.vnetwork.control.FlowView;
import org.vnetwork.control.Page;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.RowView;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.Simulated;
import org.vnetwork.datapath.StatisticsSink;
import org.vnetwork.datapath.sim.SimDriver;
import org.vnetwork.engine.learning.LearningEngine;
import org.vnetwork.model.PortVlan;
import org.vnetwork.table.DataType;

/** However long a list is, the loop works on few of its items before it looks for frames again. */
class LongListsTest {
    private static final int FLOWS = 3_000;
    private static final int PORTS = 200;
    private static final int FEW = 100;
    /** What a round does of itself. */
    private static final int OWN = 20;

    private final Datapath sim = new SimDriver().open("test", "sw1", Path.of("."));
    private TestSwitch sw;
    /** Items that the loop has worked on since it looked for frames; and the most of it. */
    private volatile int stretch;
    private volatile int longest;

    record Key(int number) {
    }

    @DataType("long/1")
    record Value(int number) {
        /** Read once for each view of it. */
        @Override
        public int number() {
            LongListsTest test = running;
            if (test != null) {
                test.worked(1);
            }
            return number;
        }
    }

    private static volatile LongListsTest running;

    private void worked(int items) {
        stretch += items;
        longest = Math.max(longest, stretch);
    }

    /** The simulated datapath, which sees when the loop asks about a port, a flow's age, a counter, and when it looks for frames. */
    private Datapath seen() {
        return (Datapath) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Datapath.class, Simulated.class}, (self, method, arguments) -> {
            if (method.getName().equals("take")) {
                stretch = 0;
            } else if (Set.of("state", "drops", "counter", "nanoTime").contains(method.getName())) {
                worked(1);
            }
            try {
                if (method.getName().equals("statistics")) {
                    StatisticsSink sink = (StatisticsSink) arguments[0];
                    sim.statistics((id, packets, bytes, used) -> {
                        worked(1);
                        sink.flow(id, packets, bytes, used);
                    });
                    return null;
                }
                return method.invoke(sim, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    @BeforeEach
    void open() {
        sw = new TestSwitch(seen(), Journal.none());
        sw.swap("learning", LearningEngine::new);
        sw.home.restored();
    }

    @AfterEach
    void close() {
        running = null;
        sw.close();
        sim.close();
    }

    private static String frame(int from, int to) {
        return String.format("eth(src=02:00:00:00:%02x:%02x,dst=02:00:00:01:%02x:%02x) payload(46)", from >> 8, from & 0xff, to >> 8, to & 0xff);
    }

    private void fill() {
        sw.ports(PortVlan.access(10), "a", "b");
        for (int i = 0; i < FLOWS; i++) {
            sw.inject("a", frame(i % 50, i));
        }
        sw.inject("b", frame(1000, 1000));
        assertEquals(FLOWS + 1, sw.home.views().summary().flows());
        sw.captured("b");
        longest = 0;
    }

    private void assertFewAtATime(String what) {
        assertTrue(longest <= FEW + OWN, () -> what + ": " + longest + " in one stretch");
        longest = 0;
    }

    @Test
    void flowsAreReadAFewAtATime() {
        fill();
        List<FlowView> all = sw.home.views().flows();
        assertEquals(FLOWS + 1, all.size());
        assertFewAtATime("all flows");
        Page<FlowView> page = sw.home.views().flows(new FlowQuery("", false, 2_900, 50));
        assertEquals(all.subList(2_900, 2_950).stream().map(FlowView::id).toList(), page.items().stream().map(FlowView::id).toList());
        assertEquals(List.of(2_900, FLOWS + 1, 51), List.of(page.from(), page.total(), page.more()));
        assertEquals(1, sw.home.views().flows(new FlowQuery("b", false, 0, 10)).total());
        assertEquals(0, sw.home.views().flows(new FlowQuery("", true, 0, 10)).total());
        sw.home.views().flow(7);
        assertFewAtATime("one flow");
    }

    @Test
    void idsForCompletionNeedNoViews() {
        fill();
        assertEquals(List.of(299, 2990, 2991), sw.home.views().flowIds("299", 3));
        assertTrue(longest <= OWN, () -> longest + " in one stretch");
    }

    @Test
    void tablesCountTheirReadersAFewFlowsAtATime() {
        fill();
        assertEquals(FLOWS + 1, sw.home.views().tables().stream().filter(t -> t.type().equals("fdb/1")).findFirst().orElseThrow().flows());
        int readers = sw.home.onLoop(() -> sw.home.tables.all().stream().filter(t -> t.id().equals("fdb/1")).findFirst().orElseThrow().readers());
        assertEquals(FLOWS + 1, readers);
    }

    @Test
    void rowsAreReadAFewAtATime() {
        sw.home.onLoop(() -> {
            for (int i = 0; i < FLOWS; i++) {
                sw.home.tables.view(Key.class, Value.class).put(new Key(i), new Value(i));
            }
            return null;
        });
        sw.home.onLoop(() -> null);
        running = this;
        longest = 0;
        List<RowView> all = sw.home.views().rows("long");
        assertEquals(FLOWS, all.size());
        assertTrue(longest <= 2 * FEW, () -> longest + " in one stretch");
        Page<RowView> page = sw.home.views().rows("long", 2_990, 100);
        assertEquals(all.subList(2_990, FLOWS).stream().map(RowView::key).toList(), page.items().stream().map(RowView::key).toList());
        assertEquals(List.of(10, FLOWS, 0), List.of(page.items().size(), page.total(), page.more()));
    }

    @Test
    void portsAndDropsAreReadAFewAtATime() {
        for (int id = 1; id <= PORTS; id++) {
            sw.home.addPort(new PortDocument(id, "p" + id, "sim", "p" + id, PortVlan.access(10 + id), List.of()));
        }
        longest = 0;
        assertEquals(IntStream.rangeClosed(1, PORTS).mapToObj(id -> "p" + id).toList(), sw.home.views().ports().stream().map(p -> p.name()).toList());
        assertFewAtATime("ports");
        sw.inject("p3", frame(1, 2));
        sw.inject("p150", frame(1, 2));
        longest = 0;
        assertEquals(List.of("p3", "p150"), sw.home.views().drops().stream().map(d -> d.port()).toList());
        assertFewAtATime("drops");
        sw.home.views().resetDrops();
        assertFewAtATime("reset");
        assertEquals(List.of(), sw.home.views().drops());
    }
}

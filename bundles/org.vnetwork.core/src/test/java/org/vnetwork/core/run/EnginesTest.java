package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.TraceView;
import org.vnetwork.core.row.RowText;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.engine.learning.LearningEngine;
import org.vnetwork.model.PortVlan;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.packet.wire.FrameText;
import org.vnetwork.table.Context;
import org.vnetwork.table.DataType;
import org.vnetwork.table.Event;
import org.vnetwork.table.Table;

class EnginesTest {
    private static final String FRAME = "eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) ipv4(ttl=7) udp(src=1,dst=2)";
    private final TestSwitch sw = new TestSwitch(LearningEngine::new);

    record Key(int id) {
    }

    @DataType("value/1")
    record Value(long number) {
    }

    @DataType("verdict/1")
    record Verdict(boolean pass) {
    }

    /** An engine made of its two methods. */
    private record Made(BiConsumer<Packet, Forward> decides, Consumer<Context> opens) implements ForwardingEngine {
        @Override
        public void open(Context context) {
            opens.accept(context);
        }

        @Override
        public void decide(Packet packet, Forward forward) {
            decides.accept(packet, forward);
        }
    }

    @AfterEach
    void close() {
        sw.close();
    }

    private void use(BiConsumer<Packet, Forward> decides) {
        use(decides, context -> { });
    }

    private void use(BiConsumer<Packet, Forward> decides, Consumer<Context> opens) {
        sw.ports(PortVlan.access(10), "a", "b", "c");
        sw.swap("made", () -> new Made(decides, opens));
    }

    @Test
    void aThrowingEngineIsCountedAndNamedAndTheSwitchGoesOn() {
        AtomicInteger calls = new AtomicInteger();
        use((packet, forward) -> {
            if (calls.incrementAndGet() <= 50) {
                throw new IllegalStateException("broken");
            }
            forward.to(2);
        });
        for (int i = 0; i < 50; i++) {
            sw.inject("a", FRAME);
        }
        assertEquals(50, sw.drops("core/engine-failed"));
        assertEquals(50, sw.home.views().summary().failures());
        assertEquals(1, sw.events().stream().filter(e -> e.contains("engine made failed: java.lang.IllegalStateException: broken")).count());
        sw.inject("a", FRAME);
        assertEquals(1, sw.count("b"));
        long decided = sw.decided();
        sw.inject("a", FRAME);
        assertEquals(decided, sw.decided(), "once it works its flow is installed");
        assertEquals("", sw.imbalance());
    }

    @Test
    void failuresBehindTheFirstAreToldByTheirNumber() {
        use((packet, forward) -> {
            throw new IllegalStateException("broken");
        });
        for (int second = 0; second < 10; second++) {
            sw.inject("a", FRAME);
            sw.warp(1);
        }
        for (int i = 0; i < 5; i++) {
            sw.inject("a", FRAME);
        }
        sw.warp(30);
        List<String> told = sw.events().stream().filter(e -> e.contains("engine made failed")).map(e -> e.replaceAll("Test\\.lambda.*:[0-9]+\\)", "Test.x(Line)")).toList();
        assertEquals(List.of("switch sw1: engine made failed: java.lang.IllegalStateException: broken (bundle test in org.vnetwork.core.run.EnginesTest.x(Line); the log has the details)",
                "switch sw1: engine made failed 10 times in 10 s, at last: java.lang.IllegalStateException: broken (10 failures of plugins since the switch began)",
                "switch sw1: engine made failed 5 times in 10 s, at last: java.lang.IllegalStateException: broken (15 failures of plugins since the switch began)"), told);
    }

    @Test
    void noResultIsAFailure() {
        use((packet, forward) -> packet.source());
        sw.inject("a", FRAME);
        assertEquals(1, sw.drops("core/engine-failed"));
        assertTrue(sw.events().toString().contains("decide left no result"));
    }

    @Test
    void sendInsideADecisionIsRefused() {
        Context[] context = new Context[1];
        use((packet, forward) -> {
            context[0].send(2, MemorySegment.ofArray(FrameText.build(FRAME)));
            forward.flood();
        }, c -> context[0] = c);
        sw.inject("a", FRAME);
        assertEquals(List.of(0, 1L), List.of(sw.count("b"), sw.drops("core/engine-failed")));
        assertTrue(sw.events().toString().contains("send inside a decision"));
    }

    @Test
    void effectsInsideADecisionAreRefused() {
        Context[] context = new Context[1];
        List<Consumer<Context>> effects = List.of(c -> c.event(new Event("a", "seen")), c -> c.every(Duration.ofSeconds(1), () -> { }),
                c -> c.onChange(c.table(Key.class, Value.class), (key, value) -> { }), c -> c.rules(Verdict.class).remove(1));
        use((packet, forward) -> {
            effects.get((int) packet.source() - 1).accept(context[0]);
            forward.flood();
        }, c -> context[0] = c);
        for (int i = 1; i <= effects.size(); i++) {
            sw.inject("a", "eth(src=00:00:00:00:00:0" + i + ",dst=02:00:00:00:00:0b) ipv4() udp()");
            assertEquals(List.of(0, (long) i), List.of(sw.count("b"), sw.drops("core/engine-failed")));
        }
        assertTrue(sw.events().toString().contains("event inside a decision"), sw.events()::toString);
    }

    @Test
    void anotherThreadIsRefusedTheTables() throws InterruptedException {
        List<Runnable> uses = new ArrayList<>();
        use((packet, forward) -> forward.flood(), context -> {
            Table<Key, Value> table = context.table(Key.class, Value.class);
            uses.addAll(List.of(() -> table.get(new Key(1)), () -> table.put(new Key(1), new Value(1)), () -> context.rules(Verdict.class), () -> context.event(new Event("a", "b"))));
        });
        List<Throwable> refusals = new ArrayList<>();
        for (Runnable each : uses) {
            Thread stray = Thread.ofPlatform().name("stray").start(() -> {
                try {
                    each.run();
                } catch (IllegalStateException e) {
                    refusals.add(e);
                }
            });
            stray.join();
        }
        assertEquals(uses.size(), refusals.size());
        assertTrue(refusals.getFirst().getMessage().startsWith("used on thread stray (expected: the switch's own, switch-"), refusals.getFirst()::getMessage);
    }

    @Test
    void aDecisionThatWritesEachTimeIsInspected() {
        List<Table<Key, Value>> table = new ArrayList<>();
        use((packet, forward) -> {
            Value before = table.getFirst().get(new Key(1));
            table.getFirst().put(new Key(1), new Value(before == null ? 1 : before.number() + 1));
            forward.to(2);
        }, context -> table.add(context.table(Key.class, Value.class)));
        for (int i = 0; i < 10; i++) {
            sw.inject("a", FRAME);
        }
        assertEquals(10, sw.count("b"));
        assertTrue(sw.home.views().rows("value").toString().contains("number=10"), sw.home.views().rows("value").toString());
        assertTrue(sw.flows().stream().allMatch(f -> f.inspect()));
        assertEquals("", sw.imbalance());
    }

    @Test
    void framesOfAnInspectFlowAreCountedOnce() {
        use((packet, forward) -> {
            packet.uncacheable();
            forward.to(2);
        });
        for (int i = 0; i < 5; i++) {
            sw.inject("a", FRAME);
        }
        assertEquals(5, sw.flows().getFirst().packets());
        assertEquals(5, sw.decided());
    }

    @Test
    void aFirstWriteIsFollowedByTheDecisionThatIsInstalled() {
        List<Table<Key, Value>> table = new ArrayList<>();
        use((packet, forward) -> {
            boolean known = table.getFirst().get(new Key(1)) != null;
            table.getFirst().put(new Key(1), new Value(1));
            forward.to(known ? 2 : 3);
        }, context -> table.add(context.table(Key.class, Value.class)));
        sw.inject("a", FRAME);
        sw.inject("a", FRAME);
        assertEquals(List.of(1, 1), List.of(sw.count("b"), sw.count("c")));
        assertEquals("output b", sw.flows().getFirst().actions());
    }

    @Test
    void aDecisionOnPayloadOrTtlIsMadeFrameByFrame() {
        use((packet, forward) -> forward.to(packet.frame().get(ValueLayout.JAVA_BYTE, packet.frame().byteSize() - 1) == 1 ? 2 : 3));
        sw.inject("a", FRAME + " hex(01)");
        sw.inject("a", FRAME + " hex(02)");
        sw.inject("a", FRAME + " hex(01)");
        assertEquals(List.of(2, 1), List.of(sw.count("b"), sw.count("c")));
        sw.swap("ttl", () -> (packet, forward) -> forward.to(packet.get(Field.TTL) == 7 ? 2 : 3));
        sw.inject("a", FRAME);
        sw.inject("a", FRAME.replace("ttl=7", "ttl=8"));
        assertEquals(List.of(1, 1), List.of(sw.count("b"), sw.count("c")));
        assertTrue(sw.flows().stream().allMatch(f -> f.inspect()));
        sw.swap("flood", () -> (packet, forward) -> forward.flood());
        sw.inject("a", FRAME);
        long decided = sw.decided();
        sw.inject("a", FRAME.replace("ttl=7", "ttl=9"));
        assertEquals(decided, sw.decided(), "an inspect flow becomes one that is answered in the datapath");
        assertEquals("", sw.imbalance());
    }

    @Test
    void neitherATraceNorAReDecisionHasAnyEffect() {
        sw.ports(PortVlan.access(10), "a", "b", "c");
        sw.inject("b", "eth(src=02:00:00:00:00:0b,dst=02:00:00:00:00:0a) arp()");
        sw.inject("a", FRAME);
        String before = sw.everything();
        for (String frame : List.of(FRAME, FRAME.replace(":0a", ":0c"), "eth(dst=01:80:c2:00:00:00) payload(46)", "eth() vlan(vid=3) arp()")) {
            TraceView trace = sw.home.views().trace("c", FrameText.build(frame));
            assertFalse(trace.stages().isEmpty());
        }
        sw.home.onLoop(() -> {
            sw.home.flows.all().forEach(f -> sw.home.pipeline.evaluate(f.key(), null));
            return null;
        });
        assertEquals(before, sw.everything());
        sw.swap("broken", () -> (packet, forward) -> {
            throw new IllegalStateException("broken");
        });
        before = sw.everything();
        assertTrue(sw.home.views().trace("a", FrameText.build(FRAME)).toString().contains("failed: java.lang.IllegalStateException: broken"));
        assertEquals(before, sw.everything());
    }

    @Test
    void anEngineThatDoesNotOpenLeavesTheOneBefore() {
        sw.ports(PortVlan.access(10), "a", "b");
        AtomicInteger ran = new AtomicInteger();
        Refusal refusal = assertThrows(Refusal.class, () -> sw.swap("bad", () -> new Made((p, f) -> f.flood(), context -> {
            context.every(Duration.ofSeconds(1), ran::incrementAndGet);
            throw new AssertionError("no licence");
        })));
        assertEquals("engine: bad did not open (java.lang.AssertionError: no licence); the switch keeps its engine", refusal.getMessage());
        assertEquals("first", sw.home.views().summary().engine());
        sw.inject("a", FRAME);
        sw.warp(5);
        assertEquals(List.of(1, 0), List.of(sw.count("b"), ran.get()), "its timers went with it");
    }

    @Test
    void timersListenersAndSendsWorkOnTheLoop() {
        List<String> heard = new ArrayList<>();
        use((packet, forward) -> forward.flood(), context -> {
            Table<Key, Value> table = context.table(Key.class, Value.class);
            context.onChange(table, (key, value) -> {
                heard.add(key.id() + "=" + (value == null ? "gone" : value.number()));
                context.send(2, MemorySegment.ofArray(FrameText.build(FRAME)));
            });
            int[] ticks = new int[1];
            context.every(Duration.ofSeconds(2), () -> table.put(new Key(++ticks[0]), new Value(ticks[0]), Duration.ofSeconds(3)));
        });
        sw.warp(4);
        assertEquals(List.of("1=1", "2=2"), heard);
        assertEquals(2, sw.count("b"));
        sw.warp(1);
        assertTrue(heard.contains("1=gone"), heard.toString());
        sw.swap("other", LearningEngine::new);
        heard.clear();
        sw.warp(20);
        assertEquals(List.of(), heard, "closed with the engine");
    }

    @Test
    void aTimerOrListenerThatThrowsIsCountedAndTheOthersGoOn() {
        AtomicInteger ran = new AtomicInteger();
        use((packet, forward) -> forward.flood(), context -> {
            Table<Key, Value> table = context.table(Key.class, Value.class);
            context.onChange(table, (key, value) -> table.put(key, new Value(value.number() + 1)));
            context.every(Duration.ofSeconds(1), () -> table.put(new Key(1), new Value(0)));
            context.every(Duration.ofSeconds(1), () -> {
                throw new UnsupportedOperationException("late");
            });
            context.every(Duration.ofSeconds(1), ran::incrementAndGet);
        });
        sw.warp(3);
        sw.inject("a", FRAME);
        assertEquals(3, ran.get());
        assertEquals(1, sw.count("b"));
        assertTrue(sw.events().toString().contains("late"));
        assertTrue(sw.events().toString().contains("listeners of value/1 change its rows in a circle"), sw.events().toString());
    }

    @Test
    void aListenerSeesBothRowsOfADecisionAndMakesATableWhileRowsExpire() {
        List<String> heard = new ArrayList<>();
        use((packet, forward) -> forward.flood(), context -> {
            Table<Key, Value> table = context.table(Key.class, Value.class);
            context.onChange(table, (key, value) -> {
                heard.add(table.get(new Key(1)) + " " + table.get(new Key(2)));
                context.table(Key.class, Noted.class).put(key, new Noted(heard.size()));
            });
            context.every(Duration.ofSeconds(1), () -> {
                if (heard.isEmpty()) {
                    table.put(new Key(1), new Value(1), Duration.ofSeconds(2));
                    table.put(new Key(2), new Value(2), Duration.ofSeconds(2));
                }
            });
        });
        sw.warp(5);
        assertEquals(List.of("Value[number=1] Value[number=2]", "Value[number=1] Value[number=2]", "null null", "null null"), heard);
        assertEquals(0, sw.home.views().summary().failures(), sw.events().toString());
        assertEquals("4", sw.home.onLoop(() -> RowText.table(sw.home.tables, "noted").rows().getLast().value().toString().replaceAll("[^0-9]", "")));
    }

    @Test
    void whatWaitsForAListenerGoesWithItsEngine() {
        List<String> heard = new ArrayList<>();
        Context[] opened = new Context[1];
        use((packet, forward) -> forward.flood(), context -> {
            opened[0] = context;
            context.onChange(context.table(Key.class, Value.class), (key, value) -> heard.add("heard"));
        });
        sw.home.onLoop(() -> {
            opened[0].table(Key.class, Value.class).put(new Key(1), new Value(1));
            sw.home.plugins.leaveAll();
            return null;
        });
        assertEquals(List.of(), heard);
    }

    @DataType("noted/1")
    record Noted(int count) {
    }

    @Test
    void eventsOfAPluginAreLimitedAndThoseOfThePlatformAreNot() {
        use((packet, forward) -> forward.flood(), context -> context.every(Duration.ofSeconds(1), () -> {
            for (int i = 0; i < 1000; i++) {
                context.event(new Event("plugin", "spam"));
            }
        }));
        sw.warp(1);
        long kept = sw.events().stream().filter(e -> e.contains("spam")).count();
        assertTrue(kept >= 10 && kept <= 20, kept + " in at most two seconds of real time");
        sw.events.add("switch", "matters");
        assertTrue(sw.events().contains("switch: matters"));
    }
}

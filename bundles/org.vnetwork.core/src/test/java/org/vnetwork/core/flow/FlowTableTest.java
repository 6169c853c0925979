package org.vnetwork.core.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.vnetwork.core.decide.Decision;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.core.row.Dependency;
import org.vnetwork.core.row.ReadJournal;
import org.vnetwork.core.row.RowJournal;
import org.vnetwork.core.row.Tables;
import org.vnetwork.core.row.Transaction;
import org.vnetwork.datapath.Capabilities;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.FlowCounters;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FlowKey;

class FlowTableTest {
    private static final int FLOWS = 100;
    private static final int MASKS = 32;
    private final List<String> calls = new ArrayList<>();
    private boolean full;
    private boolean inspectsOnly;
    private final Datapath datapath = (Datapath) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Datapath.class}, (self, method, arguments) ->
            switch (method.getName()) {
                case "capabilities" -> Capabilities.all(FLOWS, MASKS);
                case "install" -> install((List<?>) arguments[0]);
                case "replace" -> {
                    calls.add("replace " + arguments[0]);
                    yield !full;
                }
                case "drain" -> {
                    calls.add("drain " + arguments[0]);
                    yield !full;
                }
                case "nanoTime" -> 0L;
                case "remove" -> {
                    calls.add("remove " + arguments[0]);
                    yield FlowCounters.NONE;
                }
                default -> throw new UnsupportedOperationException(method.getName());
            });
    private final FlowTable flows = new FlowTable(datapath, Journal.none(), new ReadJournal(Journal.none(), new RowJournal(Journal.none(), line -> { }), type -> null), (before, now) -> { });

    private boolean[] install(List<?> entries) {
        boolean[] in = new boolean[entries.size()];
        for (int i = 0; i < in.length; i++) {
            boolean inspects = ((FlowEntry) entries.get(i)).actions().equals(List.of(new Action.Inspect()));
            in[i] = !full && (inspects || !inspectsOnly);
            calls.add("install " + ((FlowEntry) entries.get(i)).id());
        }
        return in;
    }

    private static long[] key(int ingress, long dst, long src) {
        long[] key = new long[FlowKey.WORDS];
        FlowKey.put(key, Field.INGRESS, ingress);
        FlowKey.put(key, Field.ETH_DST, dst);
        FlowKey.put(key, Field.ETH_SRC, src);
        return key;
    }

    private static long[] mask(long dstBits, long srcBits) {
        long[] mask = key(0, dstBits, srcBits);
        FlowKey.add(mask, Field.INGRESS);
        return mask;
    }

    private static Decision decision(long[] mask, List<Dependency> reads, int... ports) {
        List<Action> actions = java.util.Arrays.stream(ports).mapToObj(p -> (Action) new Action.Output(p)).toList();
        return new Decision(mask, false, actions, Decision.End.FORWARDED, reads, Map.of(), false, 1);
    }

    private Flow add(long[] key, long[] mask) {
        return flows.add(key, decision(mask, List.of(), 2), 0);
    }

    @Test
    void findsAFlowByWhatItCompares() {
        Flow flow = add(key(1, 7, 8), mask(0xff, 0));
        assertSame(flow, flows.find(key(1, 7, 99)));
        assertNull(flows.find(key(1, 6, 8)));
        assertNull(flows.find(key(2, 7, 8)));
        assertEquals(List.of(), calls, "pending until told");
        flows.installPending();
        assertEquals(List.of("install 0"), calls);
    }

    @Test
    void aMaskBeyondTheLimitIsRoundedUpToASupersetAndAtTheEndToAllBits() {
        for (int i = 0; i < MASKS - 1; i++) {
            add(key(1, 1L << i, 0), mask(1L << i, 0));
        }
        assertEquals(MASKS - 1, flows.masks());
        add(key(1, 0, 5), mask(0xff, 0xff));
        Flow exact = flows.find(key(1, 0, 5));
        assertTrue(java.util.Arrays.equals(Capabilities.wholeKey(), exact.mask()), "no superset there: all bits");
        assertEquals(MASKS, flows.masks());
        Flow more = add(key(1, 0, 6), mask(0xffff, 0xff));
        assertTrue(FlowKey.covers(more.mask(), mask(0xffff, 0xff)));
        assertEquals(MASKS, flows.masks());
        add(key(2, 0, 6), mask(0xffff, 0xff));
        assertEquals(MASKS + 1, flows.masks(), "the limit is each port's own");
    }

    @Test
    void roundsUpToASupersetThatIsThere() {
        add(key(1, 0, 0xff), mask(0xffff, 0xffff));
        for (int i = 0; i < MASKS - 2; i++) {
            add(key(1, 1L << i + 16, 0), mask(1L << i + 16, 0));
        }
        Flow rounded = add(key(1, 0x12, 0x34), mask(0xff, 0));
        assertTrue(java.util.Arrays.equals(mask(0xffff, 0xffff), rounded.mask()));
        assertSame(rounded, flows.find(key(1, 0x12, 0x34)));
        assertNull(flows.find(key(1, 0x12, 0x35)));
        assertEquals(MASKS - 1, flows.masks());
    }

    @Test
    void masksThatNoFlowUsesMakeRoom() {
        List<Flow> many = new ArrayList<>();
        for (int i = 0; i < MASKS - 1; i++) {
            many.add(add(key(1, 1L << i, 0), mask(1L << i, 0)));
        }
        many.forEach(flows::remove);
        assertEquals(List.of(0, 0), List.of(flows.masks(), flows.count()));
        assertFalse(java.util.Arrays.equals(Capabilities.wholeKey(), add(key(1, 0, 5), mask(0xff, 0xff)).mask()));
    }

    private Flow add(int port, long dst, long now) {
        return flows.add(key(port, dst, 0), decision(mask(0xffff, 0), List.of(), 2), now);
    }

    @Test
    void aFullTableEvictsTheLongestIdleOfAFew() {
        for (int i = 0; i < FLOWS; i++) {
            assertNotNull(add(1, i, i == 7 ? 0 : 10));
        }
        flows.installPending();
        calls.clear();
        for (int i = 0; i < 7; i++) {
            assertNotNull(add(2, i, 20));
        }
        assertEquals(List.of(FLOWS, 7L, 0L, 0L), List.of(flows.count(), flows.bounds().evicted(), flows.bounds().evicted(1), flows.refused()));
        assertNull(flows.find(key(1, 7, 0)), "not used since 0, and the hand has been all the way round");
        assertEquals(7, flows.bounds().count(2));
        assertEquals(7, calls.stream().filter(c -> c.startsWith("remove ")).count(), calls::toString);
    }

    @Test
    void aPortThatHasItsFillEvictsItsOwn() {
        flows.bounds().set(FLOWS, 10, MASKS);
        for (int i = 0; i < 50; i++) {
            add(1, i, 0);
        }
        for (int i = 0; i < 1000; i++) {
            add(2, i, 5);
        }
        assertEquals(List.of(20, 10, 10), List.of(flows.count(), flows.bounds().count(1), flows.bounds().count(2)));
        assertEquals(List.of(0L, 40L, 990L), List.of(flows.bounds().evicted(), flows.bounds().evicted(1), flows.bounds().evicted(2)));
    }

    /** The flow whose going made room was the only one of its mask, which is the new flow's mask too. */
    @Test
    void evictionOfTheLastFlowOfAMaskLeavesTheNewOneFindable() {
        flows.bounds().set(FLOWS, 1, MASKS);
        for (int i = 0; i < 5; i++) {
            Flow flow = add(1, i, i);
            assertSame(flow, flows.find(key(1, i, 0)));
        }
        assertEquals(List.of(1, 1), List.of(flows.count(), flows.masks()));
        flows.remove(flows.find(key(1, 4, 0)));
        assertEquals(List.of(0, 0, 0), List.of(flows.count(), flows.masks(), flows.bounds().count(1)));
    }

    @Test
    void aLimitThatIsLoweredMakesRoomStepByStep() {
        for (int i = 0; i < 60; i++) {
            add(1 + i % 3, i, i);
        }
        flows.bounds().set(30, 15, MASKS);
        flows.trim(5);
        assertEquals(55, flows.count());
        flows.trim(1000);
        assertEquals(30, flows.count());
        flows.bounds().set(1_000_000, 1_000_000, 1_000_000);
        assertEquals(List.of(FLOWS, FLOWS, MASKS), List.of(flows.bounds().flows(), flows.bounds().flowsOfPort(), flows.bounds().masksOfPort()), "the datapath has room for no more");
    }

    /** Random adds and removals under small bounds: counts stay true, every flow that is in is found. */
    @Test
    void boundsCountWhatIsThere() {
        Random random = new Random(8);
        flows.bounds().set(60, 25, 4);
        for (int i = 0; i < 20_000; i++) {
            int port = 1 + random.nextInt(4);
            if (random.nextInt(5) == 0) {
                Flow flow = flows.byId(random.nextInt(60));
                if (flow != null) {
                    flows.remove(flow);
                }
            } else {
                long[] key = key(port, random.nextInt(400), 0);
                Flow flow = flows.add(key, decision(mask(0xff >>> random.nextInt(8), 0), List.of(), 2), i);
                assertNotNull(flows.find(key), () -> "flow " + flow);
            }
            int sum = 0;
            for (int p = 1; p <= 4; p++) {
                sum += flows.bounds().count(p);
                assertTrue(flows.bounds().count(p) <= 25 && flows.masks(p) <= 4);
            }
            assertEquals(flows.count(), sum);
            assertTrue(sum <= 60);
        }
        assertTrue(flows.bounds().rounded(1) > 0);
    }

    @Test
    void aFlowThatTheDatapathRefusesIsForgotten() {
        full = true;
        add(key(1, 1, 0), mask(0xff, 0));
        flows.installPending();
        assertEquals(List.of(0, 1L), List.of(flows.count(), flows.refused()));
        assertNull(flows.find(key(1, 1, 0)));
    }

    @Test
    void aFlowWhoseActionsHaveNoRoomIsDecidedFrameByFrame() {
        inspectsOnly = true;
        add(key(1, 1, 0), mask(0xff, 0));
        flows.installPending();
        assertEquals(List.of(1, 1L), List.of(flows.count(), flows.refused()), "counted and told as one that was not taken");
        assertTrue(flows.find(key(1, 1, 0)).inspect());
    }

    @Test
    void aPendingFlowThatWasDirtiedIsNeverInstalled() {
        Tables tables = new Tables(() -> 0);
        Transaction t = tables.begin();
        var view = tables.view(org.vnetwork.table.shared.Station.class, org.vnetwork.table.shared.FdbEntry.class);
        view.get(new org.vnetwork.table.shared.Station(1, 1));
        tables.end();
        Flow stale = flows.add(key(1, 1, 0), decision(mask(0xff, 0), List.copyOf(t.reads()), 2), 0);
        add(key(1, 2, 0), mask(0xff, 0));
        view.put(new org.vnetwork.table.shared.Station(1, 1), new org.vnetwork.table.shared.FdbEntry(new org.vnetwork.model.PortId(1), false));
        flows.installPending();
        assertEquals(List.of("install 1"), calls);
        assertNull(flows.find(key(1, 1, 0)));
        assertTrue(stale.isRemoved());
        assertEquals(0, tables.all().iterator().next().readers());
    }

    @Test
    void theSameBitsAreOneFlow() {
        Flow flow = add(key(1, 1, 0), mask(0xff, 0));
        assertSame(flow, add(key(1, 1, 7), mask(0xff, 0)));
        assertEquals(List.of(1, 0L), List.of(flows.count(), flows.refused()));
    }

    @Test
    void oneFlowIsInstalledWithoutThoseThatWait() {
        add(key(1, 1, 0), mask(0xff, 0));
        Flow second = add(key(1, 2, 0), mask(0xff, 0));
        flows.install(second);
        assertEquals(List.of("install 1"), calls);
        flows.installPending();
        assertEquals(List.of("install 1", "install 0"), calls);
    }

    @Test
    void tellsTheDatapathOnlyOfOtherActions() {
        Flow flow = add(key(1, 1, 0), mask(0xff, 0));
        flows.redecided(flow, decision(mask(0xff, 0), List.of(), 3));
        assertEquals(List.of(), calls, "it is not in the datapath yet");
        flows.installPending();
        assertSame(Outcome.KEPT, flows.redecided(flow, decision(mask(0xff, 0), List.of(), 3)));
        assertSame(Outcome.REPLACED, flows.redecided(flow, decision(mask(0xff, 0), List.of(), 4)));
        flows.remove(flow);
        flows.remove(flow);
        assertEquals(List.of("install 0", "replace 0", "remove 0"), calls);
    }

    /** With its old actions it would let pass what is denied now, while the table says that it does not. */
    @Test
    void aFlowWhoseNewActionsTheDatapathRefusesIsRevokedAndCounted() {
        Flow flow = add(key(1, 1, 0), mask(0xff, 0));
        flows.installPending();
        full = true;
        assertSame(Outcome.REVOKED, flows.redecided(flow, decision(mask(0xff, 0), List.of(), 3)));
        assertEquals(List.of("install 0", "replace 0", "remove 0"), calls);
        assertEquals(List.of(0, 1L), List.of(flows.count(), flows.refused()));
        assertNull(flows.find(key(1, 1, 0)));
    }

    @Test
    void aFlowThatTheDatapathCannotDrainGoesAtOnce() {
        Flow flow = add(key(1, 1, 0), mask(0xff, 0));
        flows.installPending();
        full = true;
        assertSame(Outcome.REVOKED, flows.drain(flow, decision(mask(0xffff, 0), List.of(), 3), 0));
        assertEquals(List.of("install 0", "drain 0", "remove 0"), calls);
    }

    @Test
    void aFlowWithoutOutputsNeverDrains() {
        Flow drop = flows.add(key(1, 1, 0), new Decision(mask(0xff, 0), false, List.of(new Action.Drop(20)), Decision.End.DROPPED, List.of(), Map.of(), false, 1), 0);
        Flow consume = flows.add(key(1, 2, 0), new Decision(mask(0xff, 0), false, List.of(), Decision.End.CONSUMED, List.of(), Map.of(), false, 1), 0);
        flows.installPending();
        calls.clear();
        assertSame(Outcome.REVOKED, flows.drain(drop, decision(mask(0xffff, 0), List.of(), 3), 0));
        assertSame(Outcome.REVOKED, flows.drain(consume, decision(mask(0xffff, 0), List.of(), 3), 0));
        assertEquals(List.of("remove 0", "remove 1"), calls);
    }

    @Test
    void aFlowThatDrainsGoesWhenAnythingMayDeny() {
        Flow flow = add(key(1, 1, 0), mask(0xff, 0));
        flows.installPending();
        assertSame(Outcome.DRAINED, flows.drain(flow, decision(mask(0xffff, 0), List.of(), 2), 0));
        assertFalse(flows.settling());
        flows.mayDeny();
        assertTrue(flows.settling());
        assertSame(flow, flows.dirty().poll());
        assertTrue(flow.clean());
    }

    @Test
    void aFlowGoesThroughItsStatesInOneDirection() {
        assertTrue(FlowState.ACTIVE.leadsTo(FlowState.DRAINING));
        for (FlowState state : FlowState.values()) {
            assertFalse(FlowState.REMOVED.leadsTo(state));
            assertFalse(state.leadsTo(FlowState.PENDING));
        }
        Flow flow = add(key(1, 1, 0), mask(0xff, 0));
        assertThrows(IllegalStateException.class, () -> flow.drain(List.of(), 0), "it is not in the datapath");
        flows.remove(flow);
        assertThrows(IllegalStateException.class, flow::installed);
        flow.dirty(true);
        assertFalse(flows.settling(), "what is gone is not decided again");
    }

    /** Random adds and removals against a map; every key is found until it is removed, whatever shared its slots. */
    @Test
    void removalKeepsProbingRight() {
        Random random = new Random(5);
        FlowIndex index = new FlowIndex(mask(0xffff, 0));
        Map<Long, Flow> there = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            long dst = random.nextInt(300);
            if (there.containsKey(dst) && random.nextBoolean()) {
                index.remove(there.remove(dst));
            } else if (!there.containsKey(dst)) {
                Flow flow = new Flow(i, key(1, dst, 0), index.mask, 0, new DirtyFlows(), (before, now) -> { });
                there.put(dst, flow);
                index.add(flow);
            }
            long asked = random.nextInt(300);
            assertSame(there.get(asked), index.find(key(1, asked, random.nextLong() & 0xffff)));
        }
        assertEquals(there.size(), index.count());
    }
}

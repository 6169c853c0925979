package org.vnetwork.datapath.sim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.FlowCounters;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.datapath.FrameBatch;
import org.vnetwork.datapath.PortCounters;
import org.vnetwork.datapath.Simulated;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.packet.wire.Frame;
import org.vnetwork.packet.wire.FrameText;
import org.vnetwork.packet.wire.KeyParser;

class SimDatapathTest {
    private static final String FRAME = "eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02) ipv4(src=10.0.0.1,dst=10.0.0.2) udp(src=1000,dst=2000)";
    private static final String TAGGED = FRAME.replace(" ipv4", " vlan(vid=10) ipv4");
    private static final int SIZE = FrameText.build(FRAME).length;

    private final Datapath datapath = new SimDriver().open("host", "sw1", Path.of("."));
    private final Simulated simulated = (Simulated) datapath;
    private final FrameBatch batch = new FrameBatch();
    private final List<String> upcalls = new ArrayList<>();

    @BeforeEach
    void threePortsOfWhichTheThirdIsBlocked() throws DatapathException {
        for (int port = 1; port <= 3; port++) {
            datapath.attach(port, new Attachment("sim", "p" + port));
        }
        datapath.unblock(1);
        datapath.unblock(2);
    }

    private static FlowEntry flow(int id, int ingress, Action... actions) {
        return flow(id, ingress, new Field[0], actions);
    }

    /** A flow of {@link #FRAME} that compares these fields. */
    private static FlowEntry flow(int id, int ingress, Field[] fields, Action... actions) {
        byte[] frame = FrameText.build(FRAME);
        long[] key = new long[FlowKey.WORDS];
        KeyParser.parse(java.lang.foreign.MemorySegment.ofArray(frame), 0, frame.length, ingress, key);
        long[] mask = new long[FlowKey.WORDS];
        FlowKey.add(mask, Field.INGRESS);
        for (Field field : fields) {
            FlowKey.add(mask, field);
        }
        return new FlowEntry(id, FlowKey.masked(key, mask), mask, List.of(actions));
    }

    private void install(FlowEntry entry) {
        assertArrayEquals(new boolean[] {true}, datapath.install(List.of(entry)));
    }

    private void receive(int port, String frame) {
        simulated.inject(port, FrameText.build(frame));
        while (decide(up -> upcalls.add(up.ingress + "/" + up.flow + " " + FrameText.describe(up.bytes()))) > 0) {
            // until none waits
        }
    }

    /** Takes what came up, has each frame decided and what goes out sent; how many frames those were. */
    private int decide(Consumer<Frame> decision) {
        batch.clear();
        int count = datapath.take(batch);
        for (Frame frame = batch.next(); frame != null; frame = batch.next()) {
            decision.accept(frame);
        }
        datapath.flush();
        return count;
    }

    private List<String> captured(int port) {
        return simulated.captured(port).stream().map(FrameText::describe).toList();
    }

    @Test
    void sendsUpWhatMatchesNoFlow() {
        receive(1, FRAME);
        assertEquals(List.of("1/-1 " + FRAME), upcalls);
        assertEquals(new PortCounters(1, SIZE, 1, 0, 0, 0, 0, 1, 0), datapath.counters(1));
    }

    @Test
    void handlesWhatAFlowMatchesAndCountsIt() {
        install(flow(5, 1, new Action.Output(2), new Action.PushTag(0x8100, 10), new Action.Output(1)));
        simulated.warp(Duration.ofSeconds(3));
        receive(1, FRAME);
        assertEquals(List.of(), upcalls);
        assertEquals(List.of(FRAME), captured(2));
        assertEquals(List.of(TAGGED), captured(1));
        assertEquals(List.of(), captured(1));
        assertEquals(new PortCounters(1, SIZE, 1, 1, SIZE + 4, 2, 1, 0, 0), datapath.counters(1));
        assertEquals(new PortCounters(0, 0, 0, 1, SIZE, 0, 0, 0, 0), datapath.counters(2));
        List<String> statistics = new ArrayList<>();
        datapath.statistics((id, packets, bytes, lastUsed) -> statistics.add(id + " " + packets + " " + bytes + " " + lastUsed));
        assertEquals(List.of("5 1 " + SIZE + " 3000000000"), statistics);
        assertEquals(new FlowCounters(1, SIZE, 3_000_000_000L), datapath.remove(5));
        assertEquals(FlowCounters.NONE, datapath.remove(5));
    }

    @Test
    void aFlowThatDrainsMatchesOnlyWhereNoOtherDoes() {
        install(flow(1, 1, new Action.Output(2)));
        assertTrue(datapath.drain(1, List.of(new Action.PushTag(0x8100, 10), new Action.Output(2))));
        receive(1, FRAME);
        assertEquals(List.of(TAGGED), captured(2));
        install(flow(2, 1, new Field[] {Field.L4_DST}, new Action.Output(1)));
        install(flow(3, 1, new Field[] {Field.L4_SRC}, new Action.Output(1)));
        receive(1, FRAME);
        assertEquals(List.of(FRAME), captured(1), "of another mask, though younger");
        datapath.remove(2);
        datapath.remove(3);
        receive(1, FRAME);
        assertEquals(List.of(TAGGED), captured(2));
        install(flow(4, 1, new Action.Output(1)));
        receive(1, FRAME);
        assertEquals(List.of(FRAME), captured(1), "of the same key");
        assertEquals(2, datapath.remove(1).packets());
        assertFalse(datapath.drain(1, List.of()));
        assertEquals(List.of(), upcalls);
    }

    @Test
    void matchesOnlyTheComparedBitsOfItsIngressPort() {
        install(flow(1, 1, new Field[] {Field.L4_DST}, new Action.Output(2)));
        receive(1, FRAME.replace("10.0.0.1", "10.9.9.9"));
        receive(1, FRAME.replace("dst=2000", "dst=2001"));
        receive(2, FRAME);
        assertEquals(List.of("1/-1 " + FRAME.replace("dst=2000", "dst=2001"), "2/-1 " + FRAME), upcalls);
        assertEquals(1, captured(2).size());
    }

    @Test
    void aFlowServesFramesThatAreTakenAfterIt() {
        simulated.inject(1, FrameText.build(FRAME));
        assertEquals(1, decide(up -> install(flow(1, 1, new Action.Output(2)))));
        simulated.inject(1, FrameText.build(FRAME));
        assertEquals(0, decide(up -> { }));
        assertEquals(1, captured(2).size());
    }

    @Test
    void whatHasNoRoomInABatchWaitsForTheNext() {
        for (int size : new int[] {65_553, 60, 65_553, 60}) {
            simulated.inject(1, new byte[size]);
        }
        FrameBatch small = new FrameBatch(3, 2 * FrameBatch.LONGEST);
        assertEquals(2, datapath.take(small));
        assertTrue(small.isFull());
        assertEquals(List.of(65_553, 60), List.of(small.next().size, small.next().size));
        small.clear();
        assertEquals(2, datapath.take(small));
        assertFalse(small.isFull());
        assertEquals(List.of(65_553, 60), List.of(small.next().size, small.next().size));
        assertEquals("frame: 65554 octets (expected: at most 65553)", assertThrows(Refusal.class, () -> simulated.inject(1, new byte[65_554])).getMessage());
    }

    @Test
    void framesThatWereTakenOutliveTheDatapath() {
        simulated.inject(1, FrameText.build(FRAME));
        datapath.take(batch);
        datapath.close();
        Frame frame = batch.next();
        assertEquals(FRAME, FrameText.describe(frame.bytes()));
        assertThrows(IllegalStateException.class, () -> datapath.execute(frame, List.of()));
    }

    @Test
    void sendsUpACopyAsTheFrameNowIsWhereAFlowInspects() {
        install(flow(7, 1, new Action.Output(2), new Action.PushTag(0x8100, 10), new Action.Inspect(), new Action.PopTag(), new Action.Output(2)));
        receive(1, FRAME);
        assertEquals(List.of("1/7 " + TAGGED), upcalls);
        assertEquals(List.of(FRAME, FRAME), captured(2));
        assertEquals(1, datapath.counters(1).up());
        assertEquals(2, datapath.counters(1).outputs());
        assertEquals(2, datapath.counters(1).copies());
    }

    @Test
    void replacesActionsAndGoesOnCounting() {
        install(flow(1, 1, new Action.Output(2)));
        receive(1, FRAME);
        assertTrue(datapath.replace(1, List.of(new Action.Drop(20))));
        assertFalse(datapath.replace(2, List.of()));
        receive(1, FRAME);
        assertEquals(1, captured(2).size());
        assertEquals(1, datapath.drops(1)[20]);
        assertEquals(2, datapath.remove(1).packets());
    }

    @Test
    void countsEachReceivedFrameOnceHoweverItEnds() {
        install(flow(1, 1, new Action.Output(2), new Action.Drop(20), new Action.Output(3), new Action.Output(9)));
        receive(1, FRAME);
        assertEquals(1, datapath.drops(1)[20]);
        assertEquals(1, datapath.drops(1)[DropNumbers.OUTPUT_BLOCKED]);
        assertEquals(1, datapath.drops(1)[DropNumbers.BAD_OUTPUT]);
        datapath.replace(1, List.of(new Action.Output(3)));
        receive(1, FRAME);
        datapath.replace(1, List.of());
        receive(1, FRAME);
        assertEquals(1, datapath.drops(1)[DropNumbers.CONSUMED]);
        PortCounters counters = datapath.counters(1);
        assertEquals(new PortCounters(3, 3 * SIZE, 3, 0, 0, 1, 3, 0, 0), counters);
        assertEquals(counters.received() + counters.copies(), counters.outputs() + java.util.Arrays.stream(datapath.drops(1)).sum());
    }

    @Test
    void letsNothingIntoABlockedPortAndNoRuntIn() {
        receive(3, FRAME);
        receive(1, "eth() cut(13)");
        assertEquals(List.of(), upcalls);
        assertEquals(1, datapath.drops(3)[DropNumbers.BLOCKED]);
        assertEquals(1, datapath.drops(1)[DropNumbers.RUNT]);
        assertEquals(0, datapath.counters(1).outputs());
    }

    @Test
    void refusesFramesThatNobodyTakes() {
        install(flow(1, 1, new Action.Output(2)));
        for (int i = 0; i < SimPort.CAPTURES + 3; i++) {
            receive(1, FRAME);
        }
        assertEquals(3, datapath.drops(1)[DropNumbers.OUTPUT_FAILED]);
        assertEquals(SimPort.CAPTURES, datapath.counters(2).sent());
        assertEquals(SimPort.CAPTURES, captured(2).size());
        receive(1, FRAME);
        assertEquals(1, captured(2).size());
    }

    @Test
    void executesAListInUserSpace() {
        byte[] octets = FrameText.build(FRAME);
        byte[] buffer = new byte[Frame.HEADROOM + octets.length];
        System.arraycopy(octets, 0, buffer, Frame.HEADROOM, octets.length);
        Frame frame = new Frame().over(java.lang.foreign.MemorySegment.ofArray(buffer), Frame.HEADROOM, octets.length, 1);
        datapath.execute(frame, List.of(new Action.Inspect(), new Action.Output(2), new Action.SetField(Field.TTL, 1), new Action.Output(2)));
        assertEquals(List.of(FRAME), captured(2));
        assertEquals(1, datapath.drops(1)[DropNumbers.BAD_ACTION]);
        assertEquals(0, decide(up -> { }));
        assertEquals(0, datapath.counters(1).received());
        frame.over(java.lang.foreign.MemorySegment.ofArray(octets), 0, octets.length, 0);
        datapath.execute(frame, List.of(new Action.Drop(20)));
    }

    @Test
    void refusesFlowsThatItCannotHold() {
        Action output = new Action.Output(2);
        FlowEntry anyPort = new FlowEntry(0, new long[FlowKey.WORDS], new long[FlowKey.WORDS], List.of(output));
        FlowEntry tooLong = new FlowEntry(3, flow(3, 2).key(), flow(3, 2).mask(), java.util.Collections.nCopies(Action.LIMIT + 1, output));
        assertArrayEquals(new boolean[] {true, false, false, false, false, false},
                datapath.install(List.of(flow(1, 1, output), flow(1, 2, output), flow(2, 1, output), flow(FlowTable.FLOWS, 2, output), anyPort, tooLong)));
        for (int i = 1; i <= FlowTable.MASKS_PER_PORT; i++) {
            FlowEntry entry = flow(100 + i, 1, output);
            entry.mask()[3] |= i;
            assertEquals(i < FlowTable.MASKS_PER_PORT, datapath.install(List.of(entry))[0]);
        }
        datapath.remove(101);
        FlowEntry entry = flow(200, 1, output);
        entry.mask()[3] |= 0x1000;
        assertTrue(datapath.install(List.of(entry))[0]);
    }

    @Test
    void attachesSimulatedPortsOnly() {
        assertEquals("attachment: netdev eth0 (expected: sim); a simulated switch has no other ports",
                assertThrows(DatapathException.class, () -> datapath.attach(4, new Attachment("netdev", "eth0"))).getMessage());
        assertThrows(DatapathException.class, () -> datapath.attach(1, new Attachment("sim", "p1")));
        assertThrows(DatapathException.class, () -> datapath.attach(1024, new Attachment("sim", "p1")));
        assertTrue(datapath.state(1).up());
        assertFalse(datapath.state(4).up());
    }

    @Test
    void forgetsADetachedPort() throws DatapathException {
        simulated.inject(1, FrameText.build(FRAME));
        datapath.detach(1);
        assertEquals(0, decide(up -> { }));
        datapath.attach(1, new Attachment("sim", "p1"));
        assertEquals(PortCounters.NONE, datapath.counters(1));
    }

    @Test
    void ignoresWhatItDoesNotKnow() {
        simulated.inject(9, FrameText.build(FRAME));
        datapath.unblock(9);
        datapath.detach(-1);
        assertEquals(List.of(), simulated.captured(5000));
        assertEquals(PortCounters.NONE, datapath.counters(0));
        assertEquals(DropNumbers.LIMIT, datapath.drops(77).length);
    }

    @Test
    void movesItsClockOnlyByHand() {
        assertEquals(0, datapath.nanoTime());
        simulated.warp(Duration.ofMillis(5));
        assertEquals(5_000_000, datapath.nanoTime());
        assertThrows(Refusal.class, () -> simulated.warp(Duration.ofMillis(-1)));
    }

    @Test
    void wakesUpFromAnyThread() {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            Thread other = Thread.ofPlatform().start(datapath::wakeup);
            datapath.await(Duration.ofHours(1).toNanos());
            other.join();
            datapath.await(1);
            simulated.inject(1, FrameText.build(FRAME));
            datapath.await(Duration.ofHours(1).toNanos());
        });
    }

    @Test
    void agreesWithAPlainSearchThroughItsFlows() {
        Random random = new Random(6);
        Field[] fields = {Field.ETH_DST, Field.IP_SRC, Field.L4_DST, Field.VLAN_VID, Field.ETHER_TYPE, Field.DSCP};
        List<FlowEntry> entries = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Field[] some = random.ints(random.nextInt(4), 0, fields.length).mapToObj(f -> fields[f]).toArray(Field[]::new);
            FlowEntry entry = flow(i, 1, some, new Action.Drop(20));
            FlowKey.put(entry.key(), Field.L4_DST, random.nextInt(4) & Field.L4_DST.in(entry.mask()));
            if (datapath.install(List.of(entry))[0]) {
                entries.add(entry);
            }
        }
        long[] key = new long[FlowKey.WORDS];
        for (int i = 0; i < 2_000; i++) {
            byte[] frame = FrameText.build("eth(dst=02:00:00:00:00:0" + random.nextInt(4) + ") ipv4(src=10.0.0." + random.nextInt(3) + ") udp(dst=" + random.nextInt(6) + ")");
            KeyParser.parse(java.lang.foreign.MemorySegment.ofArray(frame), 0, frame.length, 1, key);
            boolean expected = entries.stream().anyMatch(entry -> FlowKey.matches(key, entry.mask(), entry.key()));
            simulated.inject(1, frame);
            assertEquals(expected ? 0 : 1, decide(up -> { }));
        }
    }

    @Test
    void nothingComesUpOfAPortThatIsGone() {
        install(flow(0, 1, new Action.CopyUp(), new Action.Inspect()));
        simulated.inject(1, FrameText.build(FRAME));
        FrameBatch one = new FrameBatch(1, 2 * FrameBatch.LONGEST);
        assertEquals(1, datapath.take(one), "one of two");
        datapath.detach(1);
        one.clear();
        assertEquals(0, datapath.take(one), "one of none");
    }
}

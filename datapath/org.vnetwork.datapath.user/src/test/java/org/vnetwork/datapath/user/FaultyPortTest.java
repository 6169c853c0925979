package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.datapath.PortBooks;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FlowKey;

/** A port that throws beside one that does not, on one loop: the loop goes on, and the other port does not notice. */
class FaultyPortTest {
    private final Arena memory = Arena.ofShared();
    private final Switchboard board = Switchboard.in(memory);
    private Loops loops;
    private PortGroup group;
    private FaultyPort bad;
    private FaultyPort good;
    private FaultyPort target;
    private DatagramSocket sender;

    @BeforeEach
    void open() throws Exception {
        loops = new Loops("ports", 1, false);
        group = new PortGroup(loops.fewest(), board, memory);
        // The bad one first, so that it is looked after, and sends, before the others.
        bad = port(1);
        good = port(2);
        target = port(3);
        sender = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() {
        sender.close();
        for (int id = 1; id < board.ports().length(); id++) {
            if (board.port(id) != null) {
                group.close(board.port(id));
            }
        }
        group.close();
        loops.close();
        memory.close();
    }

    private FaultyPort port(int id) throws Exception {
        FaultyPort port = new FaultyPort(id, group);
        group.open(port, "faulty");
        return port;
    }

    private void flow(int id, int in, int... outputs) {
        long[] key = new long[FlowKey.WORDS];
        long[] mask = new long[FlowKey.WORDS];
        FlowKey.put(key, Field.INGRESS, in);
        FlowKey.add(mask, Field.INGRESS);
        List<Action> actions = java.util.Arrays.stream(outputs).<Action>mapToObj(Action.Output::new).toList();
        assertTrue(group.locked(() -> group.flows.add(new FlowEntry(id, key, mask, actions))));
    }

    private void send(FaultyPort to) throws Exception {
        byte[] frame = Rig.frame(64, 1);
        sender.send(new DatagramPacket(frame, frame.length, InetAddress.getLoopbackAddress(), to.number()));
    }

    private PortBooks books(int port) {
        return group.locked(() -> {
            PortBooks sum = new PortBooks();
            group.egress.addTo(sum, port);
            return sum;
        });
    }

    private String state(FaultyPort port) {
        return port.locked(port::known).detail();
    }

    private void isShown(String what) throws Exception {
        String expected = "port 1 (FaultyPort): " + what + " failed: java.lang.IllegalStateException: as told (a fault of the switch's own: see the log)";
        Rig.until("the fault shown", () -> expected.equals(state(bad)));
        assertFalse(bad.locked(bad::known).up());
    }

    private void recovers() throws Exception {
        bad.fails = null;
        Rig.until("recovered", () -> bad.locked(bad::known).up());
        assertEquals("well", state(bad));
    }

    @Test
    void aLookThatThrowsEndsNeitherTheOthersNorItsOwn() throws Exception {
        bad.fails = FaultyPort.Fails.LOOK;
        isShown("look");
        good.fails = FaultyPort.Fails.LOOK;
        int before = bad.calls.get();
        Rig.until("looked after again", () -> good.calls.get() > 1 && bad.calls.get() > before + 1);
        recovers();
    }

    @Test
    void aReadThatThrowsLeavesTheLoopToTheOthers() throws Exception {
        flow(0, 2, 3);
        bad.fails = FaultyPort.Fails.READ;
        send(bad);
        isShown("socket");
        int frames = 200;
        long calls = bad.calls.get();
        for (int i = 1; i <= frames; i++) {
            send(good);
            long sent = i;
            Rig.until("frame " + i, () -> books(3).sent == sent);
        }
        // Tried again ten times a second, not for each frame of the others.
        assertTrue(bad.calls.get() - calls < frames / 2, bad.calls.get() - calls + " tries");
        recovers();
        Rig.until("read at last", () -> books(1).received == 1);
    }

    @Test
    void aWriteThatThrowsIsTheOutputsOwnFault() throws Exception {
        flow(0, 2, 1, 3);
        bad.fails = FaultyPort.Fails.WRITE;
        send(good);
        isShown("sending");
        Rig.until("sent by the other", () -> books(3).sent == 1);
        assertEquals(1, books(2).outputs);
        assertEquals(1, books(2).drops[DropNumbers.OUTPUT_FAILED]);
        assertEquals(0, books(1).sent);
        assertEquals("well", state(good));
        recovers();
        send(good);
        Rig.until("sent by both", () -> books(1).sent == 1 && books(3).sent == 2);
    }

    @Test
    void aFrameThatCannotBeHandledIsCountedAndThePortStaysUp() throws Exception {
        flow(0, 1, 3);
        bad.fails = FaultyPort.Fails.FRAME;
        send(bad);
        send(bad);
        Rig.until("both counted", () -> books(1).drops[DropNumbers.BAD_ACTION] == 2);
        assertEquals(2, books(1).received);
        assertEquals("well", state(bad));
        bad.fails = null;
        send(bad);
        Rig.until("the next", () -> books(3).sent == 1);
    }

    @Test
    void onePortThatCannotBeClosedIsGoneLikeOthers() throws Exception {
        bad.fails = FaultyPort.Fails.CLOSE;
        group.close(bad);
        assertEquals(1, bad.calls.get());
        assertEquals(null, board.port(1));
        assertFalse(bad.memory.scope().isAlive());
    }
}

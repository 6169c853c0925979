package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FrameText;

/** Outputs that the kernel's own mirroring carries out: what arrives and what is counted is as without it. */
class GroupsTest {
    private static final int PORTS = 5;
    private static final byte[] FRAME = FrameText.build("eth() ipv4() udp() payload(100)");
    private static final Action[] FLOOD = {new Action.Output(2), new Action.Output(3), new Action.Output(4), new Action.Output(5)};

    private final Lab lab = new Lab();
    private KernelLists kernel;

    @BeforeEach
    void open() throws Exception {
        Lab.needed();
        kernel = lab.keep(new KernelLists(lab, PORTS));
    }

    @AfterEach
    void close() throws IOException {
        lab.close();
    }

    private void untilGrouped(boolean wanted) throws IOException {
        kernel.untilGrouped(wanted, kernel::work);
    }

    /** Sends a frame into port 1; what arrives at the other ports. */
    private List<byte[]> sent(byte[] frame, int... to) throws IOException {
        kernel.wires.get(0).send(frame);
        List<byte[]> arrived = new ArrayList<>();
        for (int port : to) {
            byte[][] one = new byte[1][];
            Until.holds(() -> "at port " + port, () -> {
                one[0] = kernel.wires.get(port - 1).receive();
                return one[0] != null;
            });
            arrived.add(one[0]);
        }
        return arrived;
    }

    private void assertNothingWaits() throws IOException {
        for (Wire wire : kernel.wires) {
            assertEquals(null, wire.receive());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"eth() ipv4() udp() payload(100)", "eth(dst=ff:ff:ff:ff:ff:ff) arp()", "eth() vlan(vid=7,pcp=3) ipv4() tcp() payload(1000)",
        "eth() vlan(vid=7,service=true) vlan(vid=10) ipv6() udp() payload(50)", "eth() payload(46)"})
    void aGroupSendsWhatCopiesWere(String text) throws IOException {
        byte[] frame = FrameText.build(text);
        List<Action[]> lists = List.of(FLOOD, new Action[] {new Action.PopTag(), FLOOD[0], FLOOD[1], new Action.PushTag(0x8100, 0x2005), FLOOD[2], FLOOD[3], new Action.Output(2)},
                new Action[] {new Action.Output(2), new Action.SetField(Field.ETH_SRC, 0, 0x020000000099L), new Action.SetField(Field.DSCP, 0, 46), FLOOD[1], FLOOD[2], FLOOD[3]});
        for (Action[] list : lists) {
            kernel.list(1, list);
            int[] to = java.util.Arrays.stream(list).filter(a -> a instanceof Action.Output).mapToInt(a -> ((Action.Output) a).port()).toArray();
            List<byte[]> copies = sent(frame, to);
            untilGrouped(true);
            List<byte[]> grouped = sent(frame, to);
            for (int i = 0; i < to.length; i++) {
                assertArrayEquals(copies.get(i), grouped.get(i), text + " at port " + to[i]);
            }
            assertNothingWaits();
            kernel.datapath.remove(1);
            untilGrouped(false);
        }
        assertEquals("", kernel.imbalance());
    }

    @Test
    void eachOutputIsCounted() throws IOException {
        kernel.list(1, FLOOD);
        untilGrouped(true);
        for (int i = 0; i < 10; i++) {
            sent(FRAME, 2, 3, 4, 5);
        }
        for (int port = 2; port <= PORTS; port++) {
            assertEquals(10, kernel.datapath.counters(port).sent(), "port " + port);
            assertEquals(10L * FRAME.length, kernel.datapath.counters(port).sentBytes(), "port " + port);
        }
        assertEquals(30, kernel.datapath.counters(1).copies());
        assertEquals(Map.of(), kernel.drops(1));
        assertEquals("", kernel.imbalance());
    }

    @Test
    void aPortThatIsDownIsADropAndTheOthersGetTheirs() throws IOException {
        kernel.list(1, FLOOD);
        untilGrouped(true);
        kernel.spaces.get(2).ip("link set " + kernel.far(3) + " down");
        Until.holds(() -> "port 3 down", () -> {
            kernel.work();
            return !kernel.datapath.state(3).up();
        });
        sent(FRAME, 2, 4, 5);
        assertEquals(Map.of("datapath/link-down", 1L), kernel.drops(1));
        assertEquals("", kernel.imbalance());
    }

    @Test
    void aDeviceThatComesBackIsInTheGroupAgain() throws Exception {
        kernel.list(1, FLOOD);
        untilGrouped(true);
        Lab.remove(kernel.devices.get(2));
        untilGrouped(false);
        sent(FRAME, 2, 4, 5);
        kernel.cable(3);
        kernel.wires.set(2, kernel.wire(3));
        untilGrouped(true);
        sent(FRAME, 2, 3, 4, 5);
        assertNothingWaits();
        assertEquals("", kernel.imbalance());
    }

    @Test
    void filtersOfOthersStayAndTheProgramCopies() throws Exception {
        kernel.datapath.detach(1);
        Command.run("tc", "qdisc", "add", "dev", kernel.devices.get(0), "clsact");
        Command.run("tc", "filter", "add", "dev", kernel.devices.get(0), "ingress", "protocol", "ip", "u32", "match", "u32", "0", "0");
        kernel.datapath.attach(1, new Attachment("netdev", kernel.devices.get(0)));
        kernel.datapath.unblock(1);
        kernel.list(1, FLOOD);
        long deadline = System.nanoTime() + 2_000_000_000L;
        Until.holds(() -> "time for a group", () -> {
            kernel.work();
            return System.nanoTime() > deadline;
        });
        assertFalse(kernel.filters().contains("vnet_"), kernel.filters());
        sent(FRAME, 2, 3, 4, 5);
        kernel.datapath.detach(1);
        assertTrue(kernel.filters().contains("u32"), kernel.filters());
    }

    @Test
    void nothingOfItStaysAtTheDevice() throws IOException {
        kernel.list(1, FLOOD);
        untilGrouped(true);
        kernel.datapath.detach(1);
        assertFalse(Command.run("tc", "qdisc", "show", "dev", kernel.devices.get(0)).contains("clsact"));
    }
}

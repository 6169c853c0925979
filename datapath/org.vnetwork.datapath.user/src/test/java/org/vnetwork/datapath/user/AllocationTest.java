package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;

/** The wire path allocates nothing for a frame. */
class AllocationTest {
    private static final int FRAMES = 40_000;
    /** NB: native calls allocate until the second compiler has made them, after about 100,000. */
    private static final int ROUNDS = 10;
    /** What ten looks after the ports a second and the compiler's own doings may add up to, for each frame. */
    private static final long ALLOWANCE = 8;
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private static long allocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().startsWith("ports-")).mapToLong(t -> threads.getThreadAllocatedBytes(t.threadId())).sum();
    }

    @Test
    void ofThePortsThread() throws Exception {
        try (Rig rig = new Rig()) {
            Rig.Peer first = rig.dgram(1);
            Rig.Peer second = rig.dgram(2);
            Rig.Peer third = rig.dgram(3);
            // What flows say most: counted, metered, rewritten, tagged, to several ports.
            rig.flow(1, new Action.Meter(0, 7, 1_000_000_000_000L, 1 << 20), new Action.Count(1L << 40), new Action.SetField(Field.ETH_DST, 0x0200_0000_0009L),
                    new Action.Output(2, 1), new Action.PushTag(0x8100, 10), new Action.Output(3), new Action.PopTag());
            long each = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS && each >= ALLOWANCE; round++) {
                long before = allocated();
                send(first, second, third);
                each = (allocated() - before) / FRAMES;
            }
            assertTrue(each < ALLOWANCE, each + " octets a frame");
        }
    }

    private static void send(Rig.Peer from, Rig.Peer... to) throws Exception {
        byte[] frame = Rig.frame(200, 1);
        for (int i = 0; i < FRAMES; i++) {
            // Without a pause: the slower it goes, the more of the looks after the ports each frame has to bear.
            while (!from.send(frame)) {
                Thread.onSpinWait();
            }
            for (Rig.Peer peer : to) {
                for (long end = System.nanoTime() + PATIENCE_NANOS; peer.receive() == null; Thread.onSpinWait()) {
                    assertTrue(System.nanoTime() < end, "no frame");
                }
            }
        }
    }
}

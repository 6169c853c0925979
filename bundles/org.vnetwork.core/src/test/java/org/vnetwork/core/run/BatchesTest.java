package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.core.flow.Upcalls;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.FrameBatch;
import org.vnetwork.datapath.Simulated;
import org.vnetwork.datapath.sim.SimDriver;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Frame;
import org.vnetwork.packet.wire.FrameText;

/** The loop goes through what it took, frame by frame. */
class BatchesTest {
    private static final int BATCHES = 400;
    /** Rounds in which the compiler may still be at work: what it has not compiled allocates. */
    private static final int ROUNDS = 20;

    private final Datapath sim = new SimDriver().open("test", "sw1", Path.of("."));
    /** Calls that concern frames, in order, from when it is wanted. */
    private final List<String> calls = new ArrayList<>();
    private int failing = -1;
    private TestSwitch sw;

    /** The simulated datapath, which fails with the frame of one size. */
    private Datapath failsOnce() {
        return (Datapath) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Datapath.class, Simulated.class}, (self, method, arguments) -> {
            if (method.getName().equals("execute")) {
                int size = ((Frame) arguments[0]).size;
                calls.add("execute " + size);
                if (size == failing) {
                    throw new IllegalStateException("fails once");
                }
            } else if (method.getName().equals("flush")) {
                calls.add("flush");
            }
            try {
                return method.invoke(sim, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    @BeforeEach
    void open() {
        sw = switchOn(failsOnce());
    }

    private static TestSwitch switchOn(Datapath datapath) {
        TestSwitch made = new TestSwitch(datapath, Journal.none());
        made.swap("consumes", () -> (packet, forward) -> {
            packet.get(Field.ETH_DST);
            forward.consume();
        });
        made.home.restored();
        return made.ports(PortVlan.access(10), "a");
    }

    @AfterEach
    void close() {
        sw.close();
        sim.close();
    }

    private static byte[] frame(int payload) {
        return FrameText.build("eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) payload(" + payload + ")");
    }

    /** A frame that fails ends the round. Those behind it are not lost, come before what the loop is asked for next, and what was executed goes out. */
    @Test
    void framesBehindOneThatFailsAreDecidedInTheNextRound() {
        failing = 14 + 101;
        sw.home.onLoop(() -> {
            for (int payload = 100; payload < 104; payload++) {
                ((Simulated) sw.home.datapath).inject(1, frame(payload));
            }
            calls.clear();
            return null;
        });
        sw.settle();
        List<String> seen = sw.home.onLoop(() -> List.copyOf(calls));
        assertEquals(List.of("execute 114", "execute 115", "execute 116", "execute 117", "flush"), seen);
        assertEquals(1, sw.events().stream().filter(e -> e.contains("fails once")).count(), sw.events()::toString);
    }

    @Test
    void aFrameOfAKnownFlowCostsNoObject() {
        try (TestSwitch plain = switchOn(new SimDriver().open("test", "sw2", Path.of(".")))) {
            plain.home.onLoop(() -> {
                ((Simulated) plain.home.datapath).inject(1, frame(100));
                return null;
            });
            plain.settle();
            long decided = plain.decided();
            assertEquals(0, plain.home.onLoop(() -> allocated(plain.home.upcalls)), "octets a frame");
            assertEquals(decided, plain.decided());
        }
    }

    /** Octets that each of many frames costs, from the driver's buffer to its end. */
    private static long allocated(Upcalls upcalls) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        byte[] octets = frame(100);
        Frame frame = new Frame().over(MemorySegment.ofArray(octets), 0, octets.length, 1);
        FrameBatch batch = new FrameBatch();
        long each = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && each > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < BATCHES; i++) {
                batch.clear();
                while (batch.add(frame)) {
                    // Until it is full.
                }
                for (Frame next = batch.next(); next != null; next = batch.next()) {
                    upcalls.upcall(next);
                }
            }
            each = (threads.getCurrentThreadAllocatedBytes() - before) / BATCHES / FrameBatch.FRAMES;
        }
        return each;
    }
}

package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.vnetwork.packet.wire.Action;

/** What a ports' loop asks of the system's scheduler. */
class WakeUpsTest {
    /** Field of /proc/TID/stat, counted from the one after the name (proc_pid_stat(5)). */
    private static final int POLICY = 38;

    /** A loop's thread, with the loads that it sees one after the other. */
    private static List<Integer> policies(int first, int[]... loads) throws InterruptedException {
        Integer[] seen = new Integer[loads.length];
        Thread thread = new Thread(() -> {
            Libc.policy(first);
            WakeUps wakeUps = new WakeUps();
            for (int i = 0; i < loads.length; i++) {
                for (int frame = 0; frame < loads[i][0]; frame++) {
                    wakeUps.frame();
                }
                for (int wakeUp = 0; wakeUp < loads[i][1]; wakeUp++) {
                    wakeUps.woke();
                }
                wakeUps.look();
                seen[i] = Libc.policy();
            }
        });
        thread.start();
        thread.join();
        return List.of(seen);
    }

    @Test
    void waitItsTurnWhileFramesComeInBulk() throws InterruptedException {
        int other = Libc.SCHED_OTHER;
        int batch = Libc.SCHED_BATCH;
        int[] fast = {10_000, 10_000};
        int[] bulk = {6_000, 1_000};
        int[] less = {4_000, 1_000};
        int[] few = {999, 1};
        int[] none = {0, 0};
        assertEquals(List.of(other, other, batch, batch, other, other, batch, other, batch, other), policies(other, fast, less, bulk, less, fast, less, bulk, few, bulk, none));
    }

    @Test
    void leaveAPolicyAloneThatSomebodyElseChose() throws InterruptedException {
        int idle = 5;
        assertEquals(List.of(idle, idle), policies(idle, new int[] {6_000, 1_000}, new int[] {0, 0}));
    }

    /** What the kernel says of a thread (proc_pid_stat(5)); of none, when it has ended since it was listed. */
    private static String stat(Path thread) {
        try {
            return Files.readString(thread.resolve("stat"));
        } catch (IOException e) {
            return "0 (ended) ";
        }
    }

    private static boolean hasLoopThatWaits() throws IOException {
        AtomicInteger found = new AtomicInteger();
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            for (Path thread : threads.toList()) {
                String stat = stat(thread);
                int name = stat.lastIndexOf(')');
                if (stat.substring(0, name).contains("(ports-") && stat.substring(name + 2).split(" ")[POLICY].equals("" + Libc.SCHED_BATCH)) {
                    found.incrementAndGet();
                }
            }
        }
        return found.get() > 0;
    }

    @Test
    void areOfTheLoopThatReadsTheFrames() throws Exception {
        try (Rig rig = new Rig()) {
            Rig.StreamPeer peer = rig.stream(1);
            rig.flow(1, new Action[0]);
            byte[] frame = new byte[60];
            Rig.until("a loop that waits its turn", () -> {
                peer.send(frame, 100);
                return hasLoopThatWaits();
            });
            Rig.until("none, when the load has ended", () -> !hasLoopThatWaits());
        }
    }
}

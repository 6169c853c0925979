package org.vnetwork.core.gate;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Sees a thread as the kernel does, since Java calls a thread runnable that sleeps in a system call; where there is no {@code /proc}, as Java does. */
public final class ThreadSight implements LoopWatch.Sight {
    private static final Path SELF = Path.of("/proc/thread-self");

    private final Thread thread;
    /** The thread's state in {@code /proc} (proc_pid_stat(5)); null before it began, and where there is none. */
    private volatile Path state;

    /** Sees this thread. */
    public ThreadSight(Thread thread) {
        this.thread = thread;
    }

    /** Called by the thread itself when it begins. */
    public void begin() {
        try {
            state = SELF.toRealPath().resolve("stat");
        } catch (IOException e) {
            state = null;
        }
    }

    @Override
    public long processorNanos() {
        return Math.max(0, ManagementFactory.getThreadMXBean().isThreadCpuTimeSupported() ? ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId()) : 0);
    }

    @Override
    public long heldUpNanos() {
        long millis = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            // Others count what they do beside the threads.
            millis += collector.getName().matches(".*(Concurrent|Cycles).*") ? 0 : Math.max(0, collector.getCollectionTime());
        }
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Override
    public boolean asleep() {
        Path file = state;
        if (file != null) {
            try {
                String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                // The name before the state may hold blanks and brackets.
                return "RD".indexOf(text.charAt(text.lastIndexOf(')') + 2)) < 0;
            } catch (IOException | IndexOutOfBoundsException e) {
                // The thread has ended, or there is no such text: Java knows.
            }
        }
        return thread.getState() != Thread.State.RUNNABLE;
    }
}

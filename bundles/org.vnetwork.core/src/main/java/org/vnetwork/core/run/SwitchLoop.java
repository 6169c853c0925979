package org.vnetwork.core.run;

import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.vnetwork.core.flow.FlowTable;
import org.vnetwork.core.flow.Redecider;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.UpcallSink;
import org.vnetwork.model.Refusal;

/**
 * The one thread of a switch: tasks, re-decisions, frames that came up, installs, timers, in this order.
 *
 * <p>Nothing on it may block; it sleeps only in the datapath's {@code await}.
 */
final class SwitchLoop {
    private static final int BATCH = 256;
    private static final long LONGEST_SLEEP_NANOS = 50_000_000;
    private static final long CALL_SECONDS = 10;
    private static final long STOP_SECONDS = 5;
    /** Frames after which new flows are installed although more wait: under a load that never ends they would never be. */
    private static final int LONGEST_WAIT = 16 * BATCH;

    private final String switchName;
    private final Datapath datapath;
    private final UpcallSink upcalls;
    private final FlowTable flows;
    private final Redecider redecider;
    private final Timers timers;
    private final BiConsumer<String, Throwable> failed;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Consumer<String> hangs;
    private final Thread thread;
    private int polledSinceInstall;
    private long polled;
    private long busyNanos;
    private long hangTold = -1;
    /** When the round began that is under way, in {@link System#nanoTime}; 0 while the loop waits. */
    private volatile long roundNanos;
    private volatile boolean held = true;
    private volatile boolean stopping;
    private volatile boolean abandoned;

    SwitchLoop(String switchName, Datapath datapath, UpcallSink upcalls, FlowTable flows, Redecider redecider, Timers timers,
            BiConsumer<String, Throwable> failed, Consumer<String> hangs) {
        this.switchName = switchName;
        this.datapath = datapath;
        this.upcalls = upcalls;
        this.flows = flows;
        this.redecider = redecider;
        this.timers = timers;
        this.failed = failed;
        this.hangs = hangs;
        this.thread = Thread.ofPlatform().name("switch-" + switchName).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** The thread on which everything is done. */
    Thread thread() {
        return thread;
    }

    /** Has it do more than tasks: until now the switch is being put together, and frames wait. Loop thread only. */
    void release() {
        held = false;
    }

    /** Whether it does tasks alone. */
    boolean held() {
        return held;
    }

    /** Runs work on the loop and returns what it returns; exceptions come through. Any thread, the loop's own too. */
    <T> T call(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        if (Thread.currentThread() == thread) {
            task.run();
        } else {
            if (stopping) {
                throw new Refusal("switch " + switchName + " is being removed");
            }
            if (hangs()) {
                throw unanswered(null);
            }
            tasks.add(task);
            datapath.wakeup();
        }
        try {
            return task.get(CALL_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            task.cancel(false);
            throw unanswered(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal("interrupted while waiting for switch " + switchName, e);
        }
    }

    /** Has work done on the loop after what waits there, without waiting for it; what it throws is lost. Any thread. */
    void later(Runnable work) {
        tasks.add(new FutureTask<>(work, null));
        datapath.wakeup();
    }

    private boolean hangs() {
        long began = roundNanos;
        return began != 0 && System.nanoTime() - began > TimeUnit.SECONDS.toNanos(CALL_SECONDS);
    }

    /** The refusal of a call that the loop did not get to; the first of a hang is an event too, which names the code. */
    private synchronized Refusal unanswered(Throwable cause) {
        long began = roundNanos;
        if (began != 0 && began != hangTold) {
            hangTold = began;
            String where = Arrays.stream(thread.getStackTrace()).map(StackTraceElement::toString).filter(f -> !f.startsWith("java.base/")).findFirst().orElse("unknown code");
            hangs.accept("does not answer; its thread is in " + where);
        }
        return new Refusal("switch " + switchName + " does not answer (expected: within " + CALL_SECONDS + " s); its engine or a filter may hang, host:events names the code; "
                + "installed flows go on, switch:remove " + switchName + " ends it", cause);
    }

    /**
     * Ends the thread once the tasks that wait, and a last one, are done; a thread that hangs is left behind.
     *
     * @return false when it was left behind; then it does nothing more once it comes back
     */
    boolean stop(Runnable last) {
        tasks.add(last);
        stopping = true;
        datapath.wakeup();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        abandoned = thread.isAlive();
        return !abandoned;
    }

    /** Frames that came up so far. */
    long polled() {
        return polled;
    }

    /** Nanoseconds so far in which it was at work. */
    long busyNanos() {
        return busyNanos;
    }

    boolean abandoned() {
        return abandoned;
    }

    private void run() {
        while (!abandoned && (!stopping || !tasks.isEmpty())) {
            roundNanos = System.nanoTime() | 1;
            int worked = guarded(this::round);
            busyNanos += System.nanoTime() - roundNanos;
            roundNanos = 0;
            if (worked == 0 && !stopping) {
                guarded(() -> {
                    datapath.await(Math.min(timers.nextIn(datapath.nanoTime()), LONGEST_SLEEP_NANOS));
                    return 0;
                });
            }
        }
    }

    private int round() {
        int worked = 0;
        for (Runnable task = tasks.poll(); task != null && !abandoned; task = tasks.poll()) {
            task.run();
            worked++;
        }
        return abandoned || held ? worked : worked + step();
    }

    /** A round that fails is told and is not the last: the other frames and flows still need the loop. */
    private int guarded(IntSupplier work) {
        try {
            return work.getAsInt();
        } catch (Throwable e) {
            if (!abandoned) {
                failed.accept("loop", e);
            }
            return 0;
        }
    }

    /** One round without tasks; 0 when there was nothing to do. */
    int step() {
        int worked = redecider.slice(datapath.nanoTime()) + flows.endDrains(datapath.nanoTime()) + flows.removeIdle();
        int polled = datapath.poll(upcalls, BATCH);
        this.polled += polled;
        polledSinceInstall += polled;
        if (polled < BATCH || polledSinceInstall >= LONGEST_WAIT) {
            // All frames that waited are sent: a flow may now overtake none of them.
            flows.installPending();
            polledSinceInstall = 0;
        }
        return worked + polled + timers.run(datapath.nanoTime());
    }
}

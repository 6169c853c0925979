package org.vnetwork.core.run;

import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
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

    private final String switchName;
    private final Datapath datapath;
    private final UpcallSink upcalls;
    private final FlowTable flows;
    private final Redecider redecider;
    private final Timers timers;
    private final BiConsumer<String, Throwable> failed;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean stopping;

    SwitchLoop(String switchName, Datapath datapath, UpcallSink upcalls, FlowTable flows, Redecider redecider, Timers timers,
            BiConsumer<String, Throwable> failed) {
        this.switchName = switchName;
        this.datapath = datapath;
        this.upcalls = upcalls;
        this.flows = flows;
        this.redecider = redecider;
        this.timers = timers;
        this.failed = failed;
        this.thread = Thread.ofPlatform().name("switch-" + switchName).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
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
            throw new Refusal("switch " + switchName + " does not answer (expected: within " + CALL_SECONDS + " s); its engine or a filter may hang, see host:events", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal("interrupted while waiting for switch " + switchName, e);
        }
    }

    /** Ends the thread once the tasks that wait are done. */
    void stop() {
        stopping = true;
        datapath.wakeup();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(CALL_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!stopping || !tasks.isEmpty()) {
            int worked = 0;
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
                worked++;
            }
            worked += guardedStep();
            if (worked == 0 && !stopping) {
                datapath.await(Math.min(timers.nextIn(datapath.nanoTime()), LONGEST_SLEEP_NANOS));
            }
        }
    }

    /** A round that fails is told and is not the last: the other frames and flows still need the loop. */
    private int guardedStep() {
        try {
            return step();
        } catch (RuntimeException | LinkageError e) {
            failed.accept("loop", e);
            return 0;
        }
    }

    /** One round without tasks; 0 when there was nothing to do. */
    int step() {
        int worked = redecider.slice(datapath.nanoTime());
        int polled = datapath.poll(upcalls, BATCH);
        if (polled < BATCH) {
            // All frames that waited are sent: a flow may now overtake none of them.
            flows.installPending();
        }
        return worked + polled + timers.run(datapath.nanoTime());
    }
}

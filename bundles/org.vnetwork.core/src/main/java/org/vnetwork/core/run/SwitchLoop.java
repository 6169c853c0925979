package org.vnetwork.core.run;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.vnetwork.core.flow.FlowTable;
import org.vnetwork.core.flow.Redecider;
import org.vnetwork.core.flow.Upcalls;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.FrameBatch;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.wire.Frame;

/**
 * The one thread of a switch: tasks, re-decisions, frames that came up, installs, timers, listeners, in this order.
 *
 * <p>Nothing on it may block; it sleeps only in the datapath's {@code await}.
 */
final class SwitchLoop {
    private static final long LONGEST_SLEEP_NANOS = 50_000_000;
    private static final long CALL_SECONDS = 10;
    /** After so long in one round the loop hangs. */
    private static final long HANG_NANOS = 2_000_000_000;
    /** How often a caller that waits, and the watch, look whether it does. */
    private static final long LOOK_NANOS = 20_000_000;
    private static final Duration WATCH = Duration.ofMillis(250);
    private static final long STOP_SECONDS = 5;
    /** Frames after which new flows are installed although more wait: under a load that never ends they would never be. */
    private static final int LONGEST_WAIT = 16 * FrameBatch.FRAMES;

    private final String switchName;
    private final Datapath datapath;
    private final FrameBatch batch;
    private final Upcalls upcalls;
    private final FlowTable flows;
    private final Redecider redecider;
    private final Timers timers;
    private final IntSupplier notices;
    private final BiConsumer<String, Throwable> failed;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Consumer<String> told;
    private final Function<StackTraceElement[], String> where;
    private final Thread thread;
    private final ThreadSight sight;
    private final LoopWatch watch;
    private int takenSinceInstall;
    private long taken;
    /** Whether frames of the batch were executed since the last flush. */
    private boolean unflushed;
    private long busyNanos;
    /** When the round began that is under way, in {@link System#nanoTime}; 0 while the loop waits. */
    private volatile long roundNanos;
    private volatile boolean held = true;
    private volatile boolean stopping;
    private volatile boolean abandoned;
    /** Whether the last task is done: nothing comes behind it. */
    private volatile boolean ended;

    /**
     * A loop that is not started.
     *
     * @param batch the switch's, for frames that came up
     * @param notices calls listeners that wait, and says how many
     * @param failed takes who failed and how
     * @param told takes what is to be said of the loop itself: that it hangs, that it answers again
     * @param where says of a stack whose code it is in
     */
    SwitchLoop(String switchName, Datapath datapath, FrameBatch batch, Upcalls upcalls, FlowTable flows, Redecider redecider, Timers timers, IntSupplier notices,
            BiConsumer<String, Throwable> failed, Consumer<String> told, Function<StackTraceElement[], String> where) {
        this.switchName = switchName;
        this.datapath = datapath;
        this.batch = batch;
        this.upcalls = upcalls;
        this.flows = flows;
        this.redecider = redecider;
        this.timers = timers;
        this.notices = notices;
        this.failed = failed;
        this.told = told;
        this.where = where;
        this.thread = Thread.ofPlatform().name("switch-" + switchName).daemon().unstarted(this::run);
        this.sight = new ThreadSight(thread);
        this.watch = new LoopWatch(() -> roundNanos, System::nanoTime, sight);
    }

    void start() {
        thread.start();
        Thread.ofVirtual().name("watch-" + switchName).start(this::watch);
    }

    /** Tells of a hang when it is one, whether or not anybody asks, and of its end. */
    private void watch() {
        long toldOf = 0;
        try {
            while (!thread.join(WATCH) && !abandoned) {
                long began = roundNanos;
                if (watch.look() >= HANG_NANOS && began != toldOf) {
                    toldOf = began;
                    told.accept("hangs: " + where.apply(thread.getStackTrace()) + ", since " + watch.lasted() / 1_000_000_000 + " s; " + advice());
                } else if (toldOf != 0 && began != toldOf) {
                    toldOf = 0;
                    told.accept("answers again");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String advice() {
        return "installed flows go on, other frames wait or are dropped; " + (datapath.outlives()
                ? "replace the bundle, then ./vnet down --keep-forwarding and ./vnet up lose no frame of these flows, which switch:remove " + switchName + " would end"
                : "replace the bundle, then ./vnet down and ./vnet up start anew");
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
        return orRefused(work, TimeUnit.SECONDS.toNanos(CALL_SECONDS));
    }

    /** As {@link #call}, for views: refused as soon as the loop hangs. */
    <T> T ask(Callable<T> work) {
        return orRefused(work, HANG_NANOS);
    }

    private <T> T orRefused(Callable<T> work, long patience) {
        try {
            return call(work, patience);
        } catch (Unanswered e) {
            throw new Refusal(e.getMessage(), e);
        }
    }

    /** As {@link #ask}, given up with {@link Unanswered} as soon as the loop has been stuck in one round for so long. */
    <T> T within(Duration patience, Callable<T> work) {
        return call(work, patience.toNanos());
    }

    /** {@code patience}: nanoseconds for which the loop may be stuck in one round. */
    private <T> T call(Callable<T> work, long patience) {
        boolean inside = Thread.currentThread() == thread;
        FutureTask<T> task = new FutureTask<>(inside ? work : () -> andTold(work));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(CALL_SECONDS);
        if (inside) {
            task.run();
        } else {
            if (stopping) {
                throw new Refusal("switch " + switchName + " is being removed");
            }
            if (watch.look() >= patience) {
                throw unanswered(null);
            }
            tasks.add(task);
            if (ended) {
                task.cancel(false);
            }
            datapath.wakeup();
        }
        try {
            return result(task, patience, end);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause().toString(), e.getCause());
        } catch (CancellationException e) {
            throw new Refusal("switch " + switchName + " is being removed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal("interrupted while waiting for switch " + switchName, e);
        }
    }

    /** Does work; what it changed is told before it counts as done, so that who asked for it sees what came of it. */
    private <T> T andTold(Callable<T> work) throws Exception {
        try {
            return work.call();
        } finally {
            tell();
        }
    }

    private int tell() {
        return isOver() ? 0 : notices.getAsInt();
    }

    /** Has work done on the loop after what waits there, without waiting for it; what it throws is lost. Any thread. */
    void later(Runnable work) {
        tasks.add(new FutureTask<>(work, null));
        datapath.wakeup();
    }

    private <T> T result(FutureTask<T> task, long patience, long end) throws ExecutionException, InterruptedException {
        while (true) {
            try {
                return task.get(LOOK_NANOS, TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                boolean over = watch.look() >= patience || System.nanoTime() - end >= 0;
                // A task that ended just now cannot be cancelled: its result is there.
                if (over && task.cancel(false)) {
                    throw unanswered(e);
                }
            }
        }
    }

    /** A call that the loop did not get to. */
    static final class Unanswered extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final String state;

        Unanswered(String message, String state, Throwable cause) {
            super(message, cause);
            this.state = state;
        }

        /** What the loop is busy with, and since when. */
        String state() {
            return state;
        }
    }

    private Unanswered unanswered(Throwable cause) {
        long millis = watch.lasted() / 1_000_000;
        String in = where.apply(thread.getStackTrace());
        boolean hangs = watch.look() >= HANG_NANOS;
        String state = (hangs ? "hung " + millis / 1000 : "busy " + millis / 1000 + "." + millis % 1000 / 100) + "s in " + in;
        return new Unanswered("switch " + switchName + " does not answer (expected: within " + CALL_SECONDS + " s): " + state + "; " + (hangs ? advice() : "try again"), state, cause);
    }

    /**
     * Ends the thread once the tasks that wait, and a last one, are done; a thread that hangs is left behind.
     *
     * @return false when it was left behind; then it does nothing more once it comes back
     */
    boolean stop(Runnable last) {
        stopping = true;
        tasks.add(() -> {
            timers.end();
            try {
                last.run();
            } finally {
                ended = true;
            }
        });
        datapath.wakeup();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        abandoned = thread.isAlive();
        timers.end();
        return !abandoned;
    }

    /** Frames that came up so far. */
    long taken() {
        return taken;
    }

    /** Nanoseconds so far in which it was at work. */
    long busyNanos() {
        return busyNanos;
    }

    boolean abandoned() {
        return abandoned;
    }

    /** Whether nothing more is to be done: the switch is closed. */
    private boolean isOver() {
        return abandoned || ended;
    }

    private void run() {
        sight.begin();
        while (!isOver()) {
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
        // Whoever called while the last task ran need not wait for an answer.
        tasks.forEach(task -> {
            if (task instanceof FutureTask<?> call) {
                call.cancel(false);
            }
        });
    }

    private int round() {
        // What a round that failed has left came before what is asked for now.
        int worked = decideTaken();
        // Not those that come meanwhile: who reads a long list in turns must not keep frames waiting.
        for (int waiting = tasks.size(); waiting > 0 && !isOver(); waiting--) {
            tasks.remove().run();
            worked++;
        }
        return worked + tell() + (isOver() || held ? 0 : step());
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
        if (isOver()) {
            return 0;
        }
        int worked = redecider.slice(datapath.nanoTime()) + flows.endDrains(datapath.nanoTime()) + flows.removeIdle();
        if (batch.left() == 0) {
            batch.clear();
            int count = datapath.take(batch);
            taken += count;
            takenSinceInstall += count;
        }
        worked += decideTaken();
        if (!batch.isFull() || takenSinceInstall >= LONGEST_WAIT) {
            // All frames that waited are sent: a flow may now overtake none of them.
            flows.installPending();
            takenSinceInstall = 0;
        }
        return worked + timers.run(datapath.nanoTime()) + tell();
    }

    /** Decides the frames of the batch that are left, one by one; how many those were. When one fails, the rest waits for the next round. */
    private int decideTaken() {
        int left = batch.left();
        unflushed |= left > 0;
        for (Frame frame = batch.next(); frame != null; frame = batch.next()) {
            upcalls.upcall(frame);
        }
        if (unflushed) {
            datapath.flush();
            unflushed = false;
        }
        return left;
    }
}

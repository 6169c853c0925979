package org.vnetwork.core.run;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.vnetwork.core.gate.EpochOver;
import org.vnetwork.core.gate.Gate;
import org.vnetwork.core.gate.Guest;
import org.vnetwork.core.gate.LoopWatch;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.model.Refusal;

/**
 * What a switch does, one thing after the other: tasks, re-decisions, frames that came up, installs, timers, listeners, in this order.
 *
 * <p>It is done on the thread of the epoch. When a plugin does not return, the epoch ends, and the next one goes on. Nothing here may block; it sleeps only in the datapath's {@code await}.
 */
final class SwitchLoop {
    private static final long LONGEST_SLEEP_NANOS = 50_000_000;
    private static final long CALL_SECONDS = 10;
    /** After so long in one round the loop hangs. */
    private static final long HANG_NANOS = 2_000_000_000;
    /** How often a caller that waits looks whether it does. */
    private static final long LOOK_NANOS = 20_000_000;
    private static final long STOP_SECONDS = 5;

    private final String switchName;
    private final Datapath datapath;
    private final Work work;
    private final Queue<Task<?>> tasks = new ConcurrentLinkedQueue<>();
    private final Watchdog watchdog;
    private int epochs;
    private volatile Epoch epoch;
    private volatile LoopWatch rounds;
    /** The task under way; handed from one epoch to the next. */
    private volatile Task<?> inHand;
    private long busyNanos;
    private long toldOf;
    /** When the round began that is under way, in {@link System#nanoTime}; 0 while the loop waits. */
    private volatile long roundNanos;
    private volatile boolean held = true;
    private volatile boolean stopping;
    private volatile boolean abandoned;
    /** Whether the last task is done: nothing comes behind it. */
    private volatile boolean ended;

    /** What the loop does, and whom it tells. */
    interface Work {
        /** What an earlier round did not come to; 0 when there was nothing. */
        int resume();

        /** One round without tasks; 0 when there was nothing to do. */
        int step();

        /** What a task or a step left to be done behind it: calls of plugins for what has changed. 0 when there was nothing. */
        int afterwards();

        /** Nanoseconds until there is something to do. */
        long nextIn();

        /** From now on this gate's thread is the one on which all is done; called before it begins. */
        void confine(Gate gate);

        /** An epoch ended since a plugin did not return; the first thing that the next one does. */
        void recover(Guest guest, String why);

        /** The loop itself failed. */
        void failed(Throwable failure);

        /** Something is to be said of the loop itself. */
        void told(String line);
    }

    /** A loop that is not started. */
    SwitchLoop(String switchName, Datapath datapath, Work work) {
        this.switchName = switchName;
        this.datapath = datapath;
        this.work = work;
        this.watchdog = new Watchdog(switchName, this);
        begin(this::run);
    }

    private void begin(java.util.function.Consumer<Epoch> first) {
        Epoch next = new Epoch(switchName, ++epochs, first, watchdog::wake);
        rounds = new LoopWatch(() -> roundNanos, System::nanoTime, next.sight());
        epoch = next;
        work.confine(next.gate());
    }

    void start() {
        epoch.thread().start();
        watchdog.start();
    }

    /** The epoch under way. */
    Epoch epoch() {
        return epoch;
    }

    /** The thread on which everything is done now. */
    Thread thread() {
        return epoch.thread();
    }

    /** Goes on with the next epoch where the one before was ended in a plugin. The watchdog's thread. */
    void succeed(Epoch over, Guest guest, String why) {
        begin(next -> {
            guarded(() -> {
                recover(guest, why);
                return 0;
            });
            run(next);
        });
        epoch.thread().start();
        // Many a sleep ends with that; what comes of it has no effect.
        over.thread().interrupt();
    }

    private void recover(Guest guest, String why) {
        work.recover(guest, why);
        if (inHand != null) {
            finish(inHand, new Refusal("switch " + switchName + ": " + guest + " " + why + " and was cut off; the call was not brought to its end"));
        }
    }

    /** What is left of a task when its work has ended, also when that was before its end ({@code unless}). */
    private void finish(Task<?> task, Refusal unless) {
        work.afterwards();
        inHand = null;
        ended |= task.isLast();
        task.end(unless);
    }

    /** Tells of a hang outside of plugins when it is one, whether or not anybody asks, and of its end. The watchdog's thread. */
    void tellOfHang() {
        long began = roundNanos;
        if (rounds.look() >= HANG_NANOS && began != toldOf) {
            toldOf = began;
            work.told("hangs: " + where() + ", since " + rounds.lasted() / 1_000_000_000 + " s; " + advice());
        } else if (toldOf != 0 && began != toldOf) {
            toldOf = 0;
            work.told("answers again");
        }
    }

    private String where() {
        Epoch now = epoch;
        StackTraceElement[] stack = now.thread().getStackTrace();
        return now.gate().inHand() != 0 ? now.gate().guest().where(stack) : Guest.anywhere(stack);
    }

    private String advice() {
        return "installed flows go on, other frames wait or are dropped; " + (datapath.outlives()
                ? "./vnet down --keep-forwarding and ./vnet up lose no frame of these flows, which switch:remove " + switchName + " would end"
                : "./vnet down and ./vnet up start anew");
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
    <T> T call(Callable<T> called) {
        return orRefused(called, TimeUnit.SECONDS.toNanos(CALL_SECONDS));
    }

    /** As {@link #call}, for views: refused as soon as the loop hangs. */
    <T> T ask(Callable<T> called) {
        return orRefused(called, HANG_NANOS);
    }

    private <T> T orRefused(Callable<T> called, long patience) {
        try {
            return call(called, patience);
        } catch (Unanswered e) {
            throw new Refusal(e.getMessage(), e);
        }
    }

    /** As {@link #ask}, given up with {@link Unanswered} as soon as the loop has been stuck in one round for so long. */
    <T> T within(Duration patience, Callable<T> called) {
        return call(called, patience.toNanos());
    }

    /** {@code patience}: nanoseconds for which the loop may be stuck in one round. */
    private <T> T call(Callable<T> called, long patience) {
        Task<T> task = new Task<>(called);
        if (Thread.currentThread() == epoch.thread()) {
            task.run();
            task.end(null);
            return task.outcome();
        }
        if (stopping) {
            throw removed();
        }
        if (rounds.look() >= patience) {
            throw unanswered();
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(CALL_SECONDS);
        tasks.add(task);
        datapath.wakeup();
        try {
            while (!task.await(LOOK_NANOS)) {
                if (isOver() && task.giveUp()) {
                    throw removed();
                }
                boolean stuck = rounds.look() >= patience && task.giveUp();
                // NB: one that is under way may be done after all; whoever changes something goes back behind it.
                boolean late = System.nanoTime() - end >= 0 && (task.giveUp() || !task.await(0));
                if (stuck || late) {
                    throw unanswered();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal("interrupted while waiting for switch " + switchName + (task.giveUp() ? "; nothing was done" : "; what was asked for may have been done"), e);
        }
        return task.outcome();
    }

    private Refusal removed() {
        return new Refusal("switch " + switchName + " is being removed");
    }

    /** Has work done on the loop after what waits there, without waiting for it; what it throws is lost. Any thread. */
    void later(Runnable called) {
        tasks.add(new Task<Void>(() -> {
            called.run();
            return null;
        }));
        datapath.wakeup();
    }

    /** A call that the loop did not get to. */
    static final class Unanswered extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final String state;

        Unanswered(String message, String state) {
            super(message);
            this.state = state;
        }

        /** What the loop is busy with, and since when. */
        String state() {
            return state;
        }
    }

    private Unanswered unanswered() {
        long millis = rounds.lasted() / 1_000_000;
        boolean hangs = rounds.look() >= HANG_NANOS;
        String state = (hangs ? "hung " + millis / 1000 : "busy " + millis / 1000 + "." + millis % 1000 / 100) + "s in " + where();
        return new Unanswered("switch " + switchName + " does not answer (expected: within " + CALL_SECONDS + " s): " + state + "; " + (hangs ? advice() : "try again"), state);
    }

    /**
     * Ends the loop once the tasks that wait, and a last one, are done; a thread that hangs is left behind.
     *
     * @return false when it was left behind; then it does nothing more once it comes back
     */
    boolean stop(Runnable last) {
        stopping = true;
        tasks.add(new Task<Void>(() -> {
            last.run();
            return null;
        }, true));
        datapath.wakeup();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS);
        try {
            for (Thread thread = thread(); thread.isAlive() && System.nanoTime() < end; thread = thread()) {
                thread.join(Duration.ofNanos(LOOK_NANOS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        abandoned = thread().isAlive();
        watchdog.wake();
        return !abandoned;
    }

    /** Nanoseconds so far in which it was at work. */
    long busyNanos() {
        return busyNanos;
    }

    boolean abandoned() {
        return abandoned;
    }

    /** Whether nothing more is to be done: the switch is closed. */
    boolean isOver() {
        return abandoned || ended;
    }

    private void run(Epoch mine) {
        try {
            while (!isOver()) {
                roundNanos = System.nanoTime() | 1;
                int worked = guarded(this::round);
                busyNanos += System.nanoTime() - roundNanos;
                roundNanos = 0;
                if (worked == 0 && !stopping) {
                    guarded(() -> {
                        datapath.await(Math.min(work.nextIn(), LONGEST_SLEEP_NANOS));
                        return 0;
                    });
                }
            }
        } catch (EpochOver e) {
            // The next epoch goes on.
        }
    }

    private int round() {
        // What a round that failed has left came before what is asked for now.
        int worked = work.resume();
        // Not those that come meanwhile: who reads a long list in turns must not keep frames waiting.
        for (int waiting = tasks.size(); waiting > 0 && !isOver(); waiting--) {
            run(tasks.remove());
            worked++;
        }
        return isOver() || held ? worked : worked + step();
    }

    private void run(Task<?> task) {
        inHand = task;
        task.run();
        finish(task, null);
    }

    /** A round that fails is told and is not the last: the other frames and flows still need the loop. */
    private int guarded(IntSupplier done) {
        try {
            return done.getAsInt();
        } catch (EpochOver e) {
            throw e;
        } catch (Throwable e) {
            if (!abandoned) {
                work.failed(e);
            }
            return 0;
        }
    }

    /** One round without tasks; 0 when there was nothing to do. */
    int step() {
        if (isOver()) {
            return 0;
        }
        return work.step() + work.afterwards();
    }
}

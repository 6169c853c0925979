package org.vnetwork.core.run;

import java.util.PriorityQueue;
import java.util.function.BiConsumer;
import org.vnetwork.core.gate.EpochOver;

/** Tasks that are due again and again on the datapath's clock. Loop thread only. */
final class Timers {
    private final PriorityQueue<Timer> queue = new PriorityQueue<>(java.util.Comparator.comparingLong((Timer t) -> t.dueNanos).thenComparingLong(t -> t.order));
    private final BiConsumer<String, Throwable> failed;
    private long order;
    private volatile boolean ended;

    /** A task on its way. */
    static final class Timer {
        private final String owner;
        /** Null once it was cancelled: nothing of its owner is held until it would have been due. */
        private Runnable task;
        private final long periodNanos;
        private final long order;
        private long dueNanos;

        private Timer(String owner, Runnable task, long periodNanos, long dueNanos, long order) {
            this.owner = owner;
            this.task = task;
            this.periodNanos = periodNanos;
            this.dueNanos = dueNanos;
            this.order = order;
        }

        /** Ends it. */
        void cancel() {
            task = null;
        }
    }

    /** Timers whose failures are told with the owner's name. */
    Timers(BiConsumer<String, Throwable> failed) {
        this.failed = failed;
    }

    Timer every(String owner, long periodNanos, Runnable task, long now) {
        Timer timer = new Timer(owner, task, periodNanos, now + periodNanos, order++);
        queue.add(timer);
        return timer;
    }

    /** Nanoseconds until the next task is due; never negative. */
    long nextIn(long now) {
        Timer first = queue.peek();
        return first == null ? Long.MAX_VALUE : Math.max(0, first.dueNanos - now);
    }

    /** Runs what is due; one that was late is next due a whole period from now. */
    int run(long now) {
        int ran = 0;
        while (!ended && !queue.isEmpty() && queue.peek().dueNanos <= now) {
            Timer timer = queue.poll();
            if (timer.task == null) {
                continue;
            }
            try {
                timer.task.run();
            } catch (EpochOver e) {
                throw e;
            } catch (Throwable e) {
                failed.accept(timer.owner, e);
            }
            timer.dueNanos = timer.dueNanos + timer.periodNanos > now ? timer.dueNanos + timer.periodNanos : now + timer.periodNanos;
            queue.add(timer);
            ran++;
        }
        return ran;
    }

    /** Has none run any more, from the next one on. Any thread. */
    void end() {
        ended = true;
    }
}

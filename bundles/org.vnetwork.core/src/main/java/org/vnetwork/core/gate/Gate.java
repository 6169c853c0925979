package org.vnetwork.core.gate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Supplier;

/**
 * The one place from which the plugins of a switch are called, on one thread. It knows who is in a plugin, and a watch can end it there.
 *
 * <p>A thread is outside, or in a plugin, or in the platform on a plugin's behalf ({@link #cross}). Only in a plugin can the gate be ended, when nothing of the switch is half changed. Once it is
 * ended, the thread cannot come out of the plugin: {@link #call} and {@link #cross} throw {@link EpochOver}. One compare-and-set decides which came first.
 *
 * <p>{@link #call} and {@link #cross} belong to the thread of the gate; {@link #inHand}, {@link #guest} and {@link #end} to the watch.
 */
public final class Gate {
    private static final VarHandle WORD;
    private static final long IN_PLUGIN = 1;
    private static final long IN_CALL = 2;
    private static final long NEXT = 4;
    private static final long ENDED = -1;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(Gate.class, "word", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Thread thread;
    private final Runnable awake;
    /** Number of the call, and where the thread is; see the constants. */
    private volatile long word = NEXT;
    private long calls = NEXT;
    private Guest guest;
    /** Whether the watch must be woken before a plugin runs. */
    private volatile boolean unwatched;

    /** What a plugin is called for. */
    @FunctionalInterface
    public interface Call {
        /** Calls the plugin. */
        void run() throws Throwable;
    }

    /**
     * A gate that nobody has passed.
     *
     * @param thread the only one that may
     * @param awake wakes the watch, when it said that it does not look ({@link #rest})
     */
    public Gate(Thread thread, Runnable awake) {
        this.thread = thread;
        this.awake = awake;
    }

    /** The thread whose gate it is. */
    public Thread thread() {
        return thread;
    }

    /**
     * Calls a plugin.
     *
     * @return what it threw, or null
     * @throws EpochOver when the gate was ended meanwhile
     */
    public Throwable call(Guest called, Call call) {
        if (unwatched) {
            unwatched = false;
            awake.run();
        }
        guest = called;
        calls += NEXT;
        WORD.setRelease(this, calls | IN_CALL | IN_PLUGIN);
        Throwable failure = null;
        try {
            call.run();
        } catch (Throwable e) {
            failure = e;
        }
        leave(calls);
        return failure;
    }

    /** Whether the thread that asks is the gate's own. Any thread. */
    public boolean isHere() {
        return Thread.currentThread() == thread;
    }

    /** Does what a plugin asks the platform for; meanwhile the gate cannot be ended. Outside of a call it is just done. */
    public <T> T cross(Supplier<T> work) {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException("used on thread " + Thread.currentThread().getName() + " (expected: the switch's own, " + thread.getName()
                    + ", on which decisions, timers and listeners run)");
        }
        if ((calls | IN_CALL | IN_PLUGIN) != word) {
            if (word == ENDED) {
                throw new EpochOver(guest);
            }
            return work.get();
        }
        leave(calls | IN_CALL);
        try {
            return work.get();
        } finally {
            WORD.setRelease(this, calls | IN_CALL | IN_PLUGIN);
        }
    }

    private void leave(long to) {
        if (!WORD.compareAndSet(this, calls | IN_CALL | IN_PLUGIN, to)) {
            throw new EpochOver(guest);
        }
    }

    /** Number of the call that is under way, or 0. */
    public long inHand() {
        long now = word;
        return now != ENDED && (now & IN_CALL) != 0 ? now & -NEXT : 0;
    }

    /** Who is being called, or was last. */
    public Guest guest() {
        return guest;
    }

    /** Says that the watch does not look until it is woken. */
    public void rest() {
        unwatched = true;
    }

    /**
     * Ends the gate within a call.
     *
     * @param call as {@link #inHand} gave it
     * @return false when the call is over, or in the platform just now: then nothing happened
     */
    public boolean end(long call) {
        return WORD.compareAndSet(this, call | IN_CALL | IN_PLUGIN, ENDED);
    }

    /** Whether it was ended. */
    public boolean isEnded() {
        return word == ENDED;
    }
}

package org.vnetwork.core.run;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.vnetwork.core.gate.Gate;
import org.vnetwork.core.gate.Guest;

/**
 * Looks at a switch's loop from a thread of its own: ends the epoch when a plugin does not return, and tells when the loop hangs elsewhere.
 *
 * <p>A plugin that runs is judged by the processor time that it had, one that sleeps by the time that it slept; one that waits for a processor, a disk or the collector does no wrong.
 */
final class Watchdog {
    /** Longest call of a plugin. */
    static final long LONGEST_CALL_NANOS = 25_000_000;
    /** Longest call in which classes are still being loaded and linked, which is slow the first time, or which waits for something else than Java's locks and timers. */
    static final long LONGEST_LOADING_NANOS = 1_000_000_000;
    private static final long LOOK_NANOS = 10_000_000;
    private static final long REST_NANOS = 250_000_000;
    /** Looks that find nobody in a plugin, before it rests until the next call. */
    private static final int IDLE_LOOKS = 5;
    private static final int DEPTH = 40;

    private final SwitchLoop loop;
    private final Thread thread;
    private int idleLooks;
    private long lookedNanos;
    private long processorNanos;

    Watchdog(String switchName, SwitchLoop loop) {
        this.loop = loop;
        this.thread = Thread.ofPlatform().name("watch-" + switchName).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Has it look at once. Any thread. */
    void wake() {
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!loop.isOver()) {
            boolean idle = look(loop.epoch());
            loop.tellOfHang();
            LockSupport.parkNanos(idle ? REST_NANOS : LOOK_NANOS);
        }
    }

    /** True when there is nothing to look at until it is woken. */
    private boolean look(Epoch epoch) {
        Gate gate = epoch.gate();
        long call = gate.inHand();
        long stuck = epoch.calls().look();
        if (call == 0) {
            if (++idleLooks < IDLE_LOOKS) {
                return false;
            }
            gate.rest();
            return gate.inHand() == 0;
        }
        idleLooks = 0;
        account(epoch, gate.guest());
        if (stuck >= LONGEST_CALL_NANOS) {
            end(epoch, call, stuck);
        }
        return false;
    }

    /** The plugin that is seen at work is charged with all processor time since the look before: right on the average. */
    private void account(Epoch epoch, Guest guest) {
        long now = System.nanoTime();
        long had = epoch.sight().processorNanos();
        if (now - lookedNanos < 2 * LOOK_NANOS) {
            guest.took(Math.max(0, had - processorNanos));
        }
        lookedNanos = now;
        processorNanos = had;
    }

    private void end(Epoch epoch, long call, long stuck) {
        StackTraceElement[] stack = epoch.thread().getStackTrace();
        if (stuck < LONGEST_LOADING_NANOS && loads(stack)) {
            return;
        }
        Guest guest = epoch.gate().guest();
        boolean slept = epoch.sight().asleep();
        // NB: Java calls a thread runnable that waits within the virtual machine for memory, or in the kernel. Where processors are scarce the former takes its time.
        if (stuck < LONGEST_LOADING_NANOS && slept && epoch.thread().getState() == Thread.State.RUNNABLE) {
            return;
        }
        String why = (slept ? "slept for " : "ran for ") + TimeUnit.NANOSECONDS.toMillis(stuck) + " ms" + guest.line(stack);
        if (epoch.gate().end(call)) {
            loop.succeed(epoch, guest, why);
        }
    }

    private static boolean loads(StackTraceElement[] stack) {
        for (int i = 0; i < stack.length && i < DEPTH; i++) {
            String type = stack[i].getClassName();
            if (stack[i].getMethodName().equals("<clinit>") || type.equals("java.lang.ClassLoader") || type.startsWith("java.lang.invoke.") || type.startsWith("org.eclipse.osgi.internal.loader.")) {
                return true;
            }
        }
        return false;
    }
}

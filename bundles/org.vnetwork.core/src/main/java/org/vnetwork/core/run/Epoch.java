package org.vnetwork.core.run;

import java.util.function.Consumer;
import org.vnetwork.core.gate.Gate;
import org.vnetwork.core.gate.LoopWatch;
import org.vnetwork.core.gate.ThreadSight;

/**
 * One life of a switch's loop: a thread, and the gate through which it calls plugins.
 *
 * <p>When a plugin does not return, its epoch ends and the next one goes on with the switch where this one was. What the old thread still does has no effect.
 */
final class Epoch {
    private final Thread thread;
    private final ThreadSight sight;
    private final Gate gate;
    private final LoopWatch calls;

    /**
     * An epoch that has not begun.
     *
     * @param number from 1
     * @param work what its thread does
     * @param awake wakes the watch
     */
    Epoch(String switchName, int number, Consumer<Epoch> work, Runnable awake) {
        thread = Thread.ofPlatform().name("switch-" + switchName + (number == 1 ? "" : "-" + number)).daemon().unstarted(() -> begin(work));
        sight = new ThreadSight(thread);
        gate = new Gate(thread, awake);
        calls = new LoopWatch(gate::inHand, System::nanoTime, sight);
    }

    private void begin(Consumer<Epoch> work) {
        sight.begin();
        work.accept(this);
    }

    Thread thread() {
        return thread;
    }

    ThreadSight sight() {
        return sight;
    }

    Gate gate() {
        return gate;
    }

    /** Tells for how long the call under way has held the thread. */
    LoopWatch calls() {
        return calls;
    }
}

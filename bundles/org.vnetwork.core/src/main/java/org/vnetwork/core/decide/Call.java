package org.vnetwork.core.decide;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.vnetwork.core.gate.Guest;

/**
 * One call of an engine or a filter; what the plugin is lent for it can be used until it ends, on its thread alone.
 *
 * <p>A use on the thread of the call is thrown, and so told by whoever called the plugin then. A use on another thread is told here, as nobody else may see it.
 */
final class Call {
    /** The plugin with its kind, as in {@code engine x}. */
    final String plugin;
    /** What the gate knows of it; null when it is not there. */
    final Guest guest;
    private final Stages stages;
    private final Thread thread = Thread.currentThread();
    private volatile boolean over;
    private Arena frames;

    /** A call that begins, on this thread. */
    Call(String plugin, Guest guest, Stages stages) {
        this.plugin = plugin;
        this.guest = guest;
        this.stages = stages;
    }

    /** Throws IllegalStateException outside of the call. */
    void check() {
        if (over || Thread.currentThread() != thread) {
            throw misuse();
        }
    }

    private IllegalStateException misuse() {
        Thread user = Thread.currentThread();
        IllegalStateException failure = new IllegalStateException("a packet or its actions used " + (over ? "after the call that they were given for" : "on thread " + user.getName())
                + " (expected: only until that call returns, on its thread, " + thread.getName() + ")");
        if (user != thread && guest != null) {
            stages.misused(guest, failure);
        }
        return failure;
    }

    /** The same octets, for as long as the call lasts; those of a heap are whole until nobody has them. */
    @SuppressWarnings("restricted") // the segment keeps its size
    MemorySegment lend(MemorySegment octets) {
        if (!octets.isNative()) {
            return octets;
        }
        if (frames == null) {
            frames = Arena.ofConfined();
        }
        return octets.reinterpret(frames, null);
    }

    /** Ends it; by its own thread. */
    void end() {
        over = true;
        if (frames != null) {
            frames.close();
        }
    }
}

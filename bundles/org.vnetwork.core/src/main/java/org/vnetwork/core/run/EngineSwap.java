package org.vnetwork.core.run;

import java.util.List;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.model.Refusal;

/** Exchanges the engine of a switch at work and measures what that cost; any thread but the loop's. */
final class EngineSwap {
    private final VirtualSwitch home;

    EngineSwap(VirtualSwitch home) {
        this.home = home;
    }

    /** Opens the new engine, exchanges, closes the old one, and returns when every flow has been decided again; a line each of what happened. */
    List<String> lines(String engineName, Plugin<ForwardingEngine> plugin) {
        return SwapReport.of(home, () -> exchange(engineName, plugin)).lines();
    }

    private long exchange(String engineName, Plugin<ForwardingEngine> plugin) {
        long start = System.nanoTime();
        Opened<ForwardingEngine> old;
        try {
            old = home.plugins.use(engineName, plugin);
        } catch (Throwable e) {
            throw new Refusal("engine: " + engineName + " did not open (" + (e instanceof Refusal ? e.getMessage() : e) + "); the switch keeps its engine", e);
        }
        if (plugin != null) {
            home.flows.dirtyAll();
        } else {
            home.forgetInspected();
        }
        long pauseNanos = System.nanoTime() - start;
        home.plugins.close(old);
        return pauseNanos;
    }
}

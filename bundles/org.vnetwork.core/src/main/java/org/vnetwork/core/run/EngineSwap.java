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
        Opened<ForwardingEngine> next = plugin == null ? null : open(engineName, plugin);
        try {
            return SwapReport.of(home, () -> exchange(engineName, next)).lines();
        } catch (Throwable e) {
            if (next != null && next.context().isStaged()) {
                next.discard();
            }
            throw e;
        }
    }

    private Opened<ForwardingEngine> open(String engineName, Plugin<ForwardingEngine> plugin) {
        Opened<ForwardingEngine> opened;
        try {
            opened = home.plugins.open(engineName, plugin);
        } catch (Throwable e) {
            throw new Refusal("engine: " + engineName + " did not open (" + (e instanceof Refusal ? e.getMessage() : e) + "); the switch keeps its engine", e);
        }
        if (opened == null) {
            throw new Refusal("engine: " + engineName + " has gone (expected: one that is installed); engine:list shows them");
        }
        return opened;
    }

    /** Puts an engine to work (null: none); nanoseconds for which the loop did nothing else. Loop thread only. */
    private long exchange(String engineName, Opened<ForwardingEngine> next) {
        long start = System.nanoTime();
        home.plugins.use(engineName, next);
        CutOff kept = home.plugins.engineCutOff();
        if (kept != null && next != null && kept.plugin().equals(next.plugin())) {
            home.plugins.pardonEngine();
        }
        if (next != null) {
            home.flows.dirtyAll();
        } else {
            home.forgetInspected();
        }
        return System.nanoTime() - start;
    }
}

package org.vnetwork.core.run;

import java.util.List;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.model.Refusal;

/** Previews an engine on a switch at work; any thread but the loop's. */
final class EnginePreview {
    private final VirtualSwitch home;
    private final String engineName;
    private final Plugin<ForwardingEngine> plugin;

    EnginePreview(VirtualSwitch home, String engineName, Plugin<ForwardingEngine> plugin) {
        this.home = home;
        this.engineName = engineName;
        this.plugin = plugin;
    }

    List<String> lines() {
        return new SwapPreview(home).lines("engine " + engineName, this::open, candidate -> CandidateStages.with(home, engineName, candidate.stage()));
    }

    private Opened<ForwardingEngine> open() {
        Opened<ForwardingEngine> opened;
        try {
            opened = home.plugins.open(engineName, plugin);
        } catch (RuntimeException | LinkageError e) {
            throw new Refusal("engine: " + engineName + " did not open (" + e.getMessage() + "); it could not be swapped in", e);
        }
        if (opened == null) {
            throw new Refusal("engine: " + engineName + " is going away (expected: an installed one); engine:list shows them");
        }
        return opened;
    }
}

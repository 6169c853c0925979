package org.vnetwork.core.run;

import java.util.Optional;
import org.vnetwork.engine.ForwardingEngine;

/** The plugins that one switch has cut off and keeps away. Any thread. */
public final class CutOffs {
    private final ActivePlugins plugins;

    CutOffs(ActivePlugins plugins) {
        this.plugins = plugins;
    }

    /** Whether this engine is kept away. */
    public boolean keepsAway(Plugin<ForwardingEngine> engine) {
        CutOff kept = plugins.engineCutOff();
        return kept != null && kept.plugin().equals(engine);
    }

    /** What was cut off as engine, and why. */
    public Optional<String> engine() {
        return Optional.ofNullable(plugins.engineCutOff()).map(CutOff::state);
    }

    /** What was cut off in a slot of a port, and why. */
    public Optional<String> filter(int port, int slot) {
        return Optional.ofNullable(plugins.filters().cutOff(port, slot)).map(CutOff::state);
    }

    /** Forgets the engine that was cut off before this one was given to the switch for good; this one itself may have been cut off since. */
    public void forgetOthers(Plugin<ForwardingEngine> engine) {
        CutOff kept = plugins.engineCutOff();
        if (kept != null && !kept.plugin().equals(engine)) {
            plugins.pardonEngine();
        }
    }

    /** Gives the engine another chance, at the next choice. */
    public void pardonEngine() {
        plugins.pardonEngine();
    }
}

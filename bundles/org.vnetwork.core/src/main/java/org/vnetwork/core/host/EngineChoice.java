package org.vnetwork.core.host;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.core.run.Plugin;
import org.vnetwork.core.run.VirtualSwitch;
import org.vnetwork.engine.ForwardingEngine;

/**
 * Which engine a switch uses: the configured one where it is installed, else what the switch's policy says. One policy for every moment, at a start as when a bundle goes.
 *
 * <p>A switch that fails closed has no engine then: its flows go on, what no flow knows is dropped. One that fails open has the built-in engine.
 */
final class EngineChoice {
    private final Switches switches;
    /** Switches whose engine was told to be missing. */
    private final Set<String> missing = ConcurrentHashMap.newKeySet();

    EngineChoice(Switches switches) {
        this.switches = switches;
    }

    /** The engine for now; null when there is to be none. */
    private Plugin<ForwardingEngine> of(SwitchDocument document) {
        Plugin<ForwardingEngine> wanted = switches.installed().engine(document.engine());
        return wanted == null && document.failOpen() ? switches.installed().builtIn() : wanted;
    }

    /** Has a switch use the engine that is right for now, and tells when that is not the configured one, or is again. One that is right already stays, also an older version. */
    void use(VirtualSwitch home, SwitchDocument document) {
        Plugin<ForwardingEngine> used = home.engine();
        boolean usedIsThere = used != null && switches.installed().engines().contains(used);
        Plugin<ForwardingEngine> next = usedIsThere && used.name().equals(document.engine()) ? used : of(document);
        boolean chosen = !home.engineName().isEmpty();
        if (next != used || !chosen) {
            try {
                home.swap(next == null ? document.engine() : next.name(), next);
            } catch (RuntimeException e) {
                if (!usedIsThere && (used != null || !chosen)) {
                    // What does not open is as what is not installed, and the bundle of the one before has gone.
                    home.swap(document.engine(), null);
                }
                throw e;
            }
            tell(home, document, next);
        }
    }

    /** Forgets what was told of a switch: it is gone, or has another engine by the administrator's wish. */
    void forget(String name) {
        missing.remove(name);
    }

    private void tell(VirtualSwitch home, SwitchDocument document, Plugin<ForwardingEngine> next) {
        if (next != null && next.name().equals(document.engine())) {
            if (missing.remove(home.name())) {
                event(home, "engine " + next.name() + " " + next.version() + " is installed, and decides again");
            }
            return;
        }
        missing.add(home.name());
        event(home, "engine " + document.engine() + " is not installed: " + (next != null ? next.name() + " " + next.version() + " decides in its place, as the switch fails open"
                : "installed flows go on, other frames are dropped (core/no-engine), as the switch fails closed"
                + (document.failOpen() ? " while the built-in engine is not installed either" : "")));
    }

    private void event(VirtualSwitch home, String text) {
        switches.events().add("switch " + home.name(), text);
    }
}

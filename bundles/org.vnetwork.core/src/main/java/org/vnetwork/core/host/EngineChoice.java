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

    /** The engine for now; null when there is to be none. A built-in one that decides already stays, whatever versions of it come. */
    private Plugin<ForwardingEngine> of(VirtualSwitch home, SwitchDocument document, Plugin<ForwardingEngine> used) {
        Plugin<ForwardingEngine> wanted = admitted(home, switches.installed().engines().find(document.engine()));
        if (wanted != null || !document.failOpen()) {
            return wanted;
        }
        return mayDecide(used, document) ? used : admitted(home, switches.installed().builtIn());
    }

    /** An engine, unless it was cut off at this switch. */
    private static Plugin<ForwardingEngine> admitted(VirtualSwitch home, Plugin<ForwardingEngine> engine) {
        return engine == null || home.cutOffs().keepsAway(engine) ? null : engine;
    }

    /** Whether an engine is still there, and one that the switch may have. */
    private boolean mayDecide(Plugin<ForwardingEngine> used, SwitchDocument document) {
        return used != null && switches.installed().engines().all().contains(used) && (used.document().equals(document.engine()) || document.failOpen() && Installed.isBuiltIn(used));
    }

    /** Has a switch use the engine that is right for now, and tells when that is not the configured one, or is again. */
    void use(VirtualSwitch home, SwitchDocument document) {
        Plugin<ForwardingEngine> used = home.engine();
        Plugin<ForwardingEngine> next = of(home, document, used);
        boolean chosen = !home.engineName().isEmpty();
        if (next == used && chosen) {
            if (next == null && !missing.contains(home.name())) {
                // It was cut off, and there is nothing in its place.
                tell(home, document, null);
            }
            return;
        }
        try {
            home.swap(next == null ? document.engine().name() : next.name(), next);
        } catch (RuntimeException e) {
            if (!mayDecide(used, document) && (used != null || !chosen)) {
                // What does not open is as what is not installed, and the one before has gone or is not to decide any more.
                home.swap(document.engine().name(), null);
            }
            throw e;
        }
        if (next != null && next.document().equals(document.engine())) {
            home.cutOffs().forgetOthers(next);
        }
        tell(home, document, next);
    }

    /** Forgets what was told of a switch: it is gone, or has another engine by the administrator's wish. */
    void forget(String name) {
        missing.remove(name);
    }

    private void tell(VirtualSwitch home, SwitchDocument document, Plugin<ForwardingEngine> next) {
        if (next != null && next.document().equals(document.engine())) {
            if (missing.remove(home.name())) {
                event(home, "engine " + next.document() + " is installed, and decides again");
            }
            return;
        }
        missing.add(home.name());
        boolean there = switches.installed().engines().find(document.engine()) != null;
        event(home, "engine " + document.engine() + (there ? " was cut off: " : " is not installed: ") + (next != null ? next.document() + " decides in its place, as the switch fails open"
                : "installed flows go on, other frames are dropped (core/no-engine), as the switch fails closed"
                + (document.failOpen() ? " while the built-in engine is not installed either" : "")));
    }

    private void event(VirtualSwitch home, String text) {
        switches.events().add("switch " + home.name(), text);
    }
}

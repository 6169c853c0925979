package org.vnetwork.core.run;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.vnetwork.core.decide.Pipeline;
import org.vnetwork.core.decide.Stage;
import org.vnetwork.core.decide.Stages;
import org.vnetwork.core.flow.Flow;
import org.vnetwork.core.flow.Preview;
import org.vnetwork.core.gate.Gate;
import org.vnetwork.core.gate.Guest;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.DropReason;

/** Previews an engine on a switch at work, a few flows at a time so that the loop is not held up; any thread but the loop's. */
final class EnginePreview {
    private static final int TURN = 32;

    private final VirtualSwitch home;
    private final String engineName;
    private final Plugin<ForwardingEngine> plugin;
    private int failures;

    EnginePreview(VirtualSwitch home, String engineName, Plugin<ForwardingEngine> plugin) {
        this.home = home;
        this.engineName = engineName;
        this.plugin = plugin;
    }

    List<String> lines() {
        Set<String> types = home.onLoop(() -> home.tables.types());
        Opened<ForwardingEngine> candidate = open();
        try {
            Preview preview = new Preview(new Pipeline(home.tables, home.portRows, new Candidate(candidate), home.datapath.capabilities(), home.driver()), candidate.context().overlay());
            List<Flow> flows = new Slices(home).flows(flow -> flow);
            inTurns(flows, preview::warm);
            inTurns(flows, preview::compare);
            return home.onLoop(() -> new PreviewText(home).lines("engine " + engineName, preview, failures));
        } finally {
            candidate.discard();
            home.onLoop(() -> {
                home.tables.keepOnly(types);
                return null;
            });
        }
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

    private void inTurns(List<Flow> flows, Consumer<Flow> work) {
        for (int i = 0; i < flows.size(); i += TURN) {
            List<Flow> turn = flows.subList(i, Math.min(i + TURN, flows.size()));
            home.onLoop(() -> {
                turn.forEach(work);
                return null;
            });
        }
    }

    /** The switch's stages with another engine; the filters are those at work. */
    private final class Candidate implements Stages {
        private final Stage<ForwardingEngine> engine;

        Candidate(Opened<ForwardingEngine> candidate) {
            engine = candidate.stage();
        }

        @Override
        public Gate gate() {
            return home.gate();
        }

        @Override
        public Stage<ForwardingEngine> engine() {
            return engine;
        }

        @Override
        public String engineName() {
            return engineName;
        }

        @Override
        public Stage<PacketFilter> filter(int port, int slot) {
            return home.plugins.filter(port, slot);
        }

        @Override
        public int reason(DropReason reason) {
            return home.drops.number(reason);
        }

        @Override
        public void counts(long id, String plugin, String counter) {
            // What is only imagined does not count.
        }

        @Override
        public void returned(Guest guest, Throwable failure) {
            failures += failure == null ? 0 : 1;
        }

        @Override
        public void misused(Guest guest, RuntimeException failure) {
            home.failures.failedAside(guest, failure);
        }

        @Override
        public void unsteady(String plugin, String difference) {
            // A preview takes no samples.
        }
    }
}

package org.vnetwork.core.run;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.vnetwork.core.decide.Pipeline;
import org.vnetwork.core.decide.Stages;
import org.vnetwork.core.flow.Flow;
import org.vnetwork.core.flow.Preview;
import org.vnetwork.core.row.Transaction;
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
        PluginsInUse.Use use = home.inUse.add("engine " + engineName, plugin.bundle());
        try {
            return lines(use);
        } finally {
            home.inUse.remove(use);
        }
    }

    private List<String> lines(PluginsInUse.Use use) {
        ForwardingEngine engine = plugin.acquire();
        if (engine == null) {
            throw new Refusal("engine: " + engineName + " is going away (expected: an installed one); engine:list shows them");
        }
        use.is(engine);
        Set<String> types = home.onLoop(() -> home.tables.types());
        try {
            Transaction overlay = home.onLoop(() -> open(engine));
            Preview preview = new Preview(new Pipeline(home.tables, home.portRows, new Candidate(engine), home.datapath.capabilities(), home.driver()), overlay);
            List<Flow> flows = new Slices(home).flows(flow -> flow);
            inTurns(flows, preview::warm);
            inTurns(flows, preview::compare);
            return home.onLoop(() -> new PreviewText(home).lines("engine " + engineName, preview, failures));
        } finally {
            home.onLoop(() -> {
                close(engine);
                home.tables.keepOnly(types);
                return null;
            });
            plugin.release(engine);
        }
    }

    /** Opens the candidate in a transaction that is never committed. */
    private Transaction open(ForwardingEngine engine) {
        Transaction opening = home.tables.begin();
        try {
            engine.open(new PreviewContext(home));
            return opening;
        } catch (RuntimeException | LinkageError e) {
            throw new Refusal("engine: " + engineName + " did not open (" + e.getMessage() + "); it could not be swapped in", e);
        } finally {
            home.tables.end();
        }
    }

    private static void close(ForwardingEngine engine) {
        try {
            engine.close();
        } catch (RuntimeException | LinkageError e) {
            // It was never at work.
        }
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
        private final ForwardingEngine engine;

        Candidate(ForwardingEngine engine) {
            this.engine = engine;
        }

        @Override
        public ForwardingEngine engine() {
            return engine;
        }

        @Override
        public String engineName() {
            return engineName;
        }

        @Override
        public PacketFilter filter(int port, int slot) {
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
        public void failed(String failed, Throwable failure) {
            failures++;
        }

        @Override
        public void misused(String plugin, RuntimeException failure) {
            home.failures.failedAside(plugin, failure);
        }

        @Override
        public void unsteady(String plugin, String difference) {
            // A preview takes no samples.
        }
    }
}

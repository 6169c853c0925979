package org.vnetwork.core.run;

import org.vnetwork.core.decide.Stage;
import org.vnetwork.core.decide.Stages;
import org.vnetwork.core.gate.Gate;
import org.vnetwork.core.gate.Guest;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.packet.DropReason;

/** The stages of a switch at work with one of them exchanged, for a preview: what is only imagined counts nowhere. Loop thread only, but for construction. */
final class CandidateStages implements Stages {
    private final VirtualSwitch home;
    private final String engineName;
    private final Stage<ForwardingEngine> engine;
    private final int port;
    private final int slot;
    private final Stage<PacketFilter> filter;
    private int failures;

    private CandidateStages(VirtualSwitch home, String engineName, Stage<ForwardingEngine> engine, int port, int slot, Stage<PacketFilter> filter) {
        this.home = home;
        this.engineName = engineName;
        this.engine = engine;
        this.port = port;
        this.slot = slot;
        this.filter = filter;
    }

    /** With another engine. */
    static CandidateStages with(VirtualSwitch home, String engineName, Stage<ForwardingEngine> engine) {
        return new CandidateStages(home, engineName, engine, 0, 0, null);
    }

    /** With another filter in one slot. */
    static CandidateStages with(VirtualSwitch home, int port, int slot, Stage<PacketFilter> filter) {
        return new CandidateStages(home, "", null, port, slot, filter);
    }

    /** Times that the one that is previewed threw, or another one behind it. */
    int failures() {
        return failures;
    }

    @Override
    public Gate gate() {
        return home.gate();
    }

    @Override
    public Stage<ForwardingEngine> engine() {
        return engine == null ? home.plugins.engine() : engine;
    }

    @Override
    public String engineName() {
        return engine == null ? home.plugins.engineName() : engineName;
    }

    @Override
    public Stage<PacketFilter> filter(int of, int at) {
        return filter != null && of == port && at == slot ? filter : home.plugins.filter(of, at);
    }

    @Override
    public int reason(DropReason reason) {
        return home.names.drops.number(reason);
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

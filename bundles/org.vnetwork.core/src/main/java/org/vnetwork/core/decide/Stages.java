package org.vnetwork.core.decide;

import org.vnetwork.core.gate.Gate;
import org.vnetwork.core.gate.Guest;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.packet.DropReason;

/** What the pipeline needs of its switch. */
public interface Stages {
    /** Through it plugins are called. */
    Gate gate();

    /** The engine at work, or null when there is none. */
    Stage<ForwardingEngine> engine();

    /** Its name. */
    String engineName();

    /** The filter in a slot, or null when it is not there. */
    Stage<PacketFilter> filter(int port, int slot);

    /** Number of a drop reason, registered when it is new. */
    int reason(DropReason reason);

    /**
     * A plugin counts into a counter of its own.
     *
     * @throws org.vnetwork.model.Refusal when the switch has too many
     */
    void counts(long id, String plugin, String counter);

    /** A call of a plugin is over; a failure (null: none) is counted and, not too often, reported. */
    void returned(Guest guest, Throwable failure);

    /** A plugin used on another thread what a call had lent it; any thread. */
    void misused(Guest guest, RuntimeException failure);

    /** A plugin decided the same packet on the same rows in two ways, which {@code difference} tells. */
    void unsteady(String plugin, String difference);
}

package org.vnetwork.engine;

import org.osgi.annotation.versioning.ConsumerType;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;

/**
 * Decides where a switch sends a frame: a plain function of the packet and of table rows.
 *
 * <p>Registered as a prototype-scope service with the property {@link EngineName}; each switch gets an instance of its own. A
 * decision depends on nothing but the packet and tables: no clock, no random numbers, no fields of the object that change.
 * The platform records what was read and installs the result as a flow, so that {@code decide} is called for the first frame
 * of a kind and again when something that it read has changed, not for every frame.
 *
 * <p>All calls are made on the switch's loop, one at a time. A call that throws undoes its own writes, drops the frame as
 * {@code core/engine-failed}, and is counted; the switch goes on.
 */
@ConsumerType
public interface ForwardingEngine {
    /** Called once before the first decision; asks for tables and timers. A failure here refuses the engine. */
    default void open(Context context) {
    }

    /**
     * Decides one packet; must leave a result: outputs, a drop or {@code consume}.
     *
     * @param packet valid during the call
     * @param forward takes the result, valid during the call
     */
    void decide(Packet packet, Forward forward);

    /** Called once after the last decision. */
    default void close() {
    }
}

package org.vnetwork.filter;

import org.osgi.annotation.versioning.ConsumerType;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;

/**
 * Stands in the path of one port and gives a verdict on each frame, in both directions.
 *
 * <p>Registered as a prototype-scope service with the property {@link FilterName}; each port that it is attached to gets an
 * instance of its own. On the way in it is asked before the engine, in slot order; on the way out after it, once for each
 * output, and then its rewrites and verdict concern that output alone. The rules for decisions are those of
 * {@code ForwardingEngine}: recorded, pure, on the switch's loop.
 *
 * <p>A call that throws undoes its own writes and rewrites; the frame (or that output) then passes or is dropped as
 * {@code core/filter-failed}, as the port's failure policy says.
 */
@ConsumerType
public interface PacketFilter {
    /** Called once before the first verdict. A failure here refuses the filter. */
    default void open(Context context) {
    }

    /**
     * Judges one packet; no verdict means {@link Verdict#pass()}.
     *
     * @param packet valid during the call; on the way out it shows the rewrites made so far
     * @param verdict takes the result, valid during the call
     */
    void filter(Packet packet, Verdict verdict);

    /** Called once after the last verdict. */
    default void close() {
    }
}

package org.vnetwork.packet;

import java.time.Duration;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What a stage does to a frame, in order; each action affects the outputs after it.
 *
 * <p>Calls only note the action; frames move when the decision is complete. Not to be kept beyond the call.
 *
 * @param <A> the kind of actions itself, for chaining
 */
@ProviderType
public interface Actions<A extends Actions<A>> {
    /**
     * Sets a field of the frame.
     *
     * <p>Drivers of this version can set {@link Field#ETH_SRC}, {@link Field#ETH_DST}, {@link Field#DSCP} (with the IPv4 checksum, RFC 1624) and
     * {@link Field#VLAN_PCP}, the priority that the frame has wherever it leaves tagged. DSCP of a frame without IP header is left alone.
     *
     * @throws UnsupportedOperationException for a field that the switch's driver cannot set yet; the message names both
     * @throws org.vnetwork.model.Refusal when the value does not fit the field
     */
    A set(Field field, long value);

    /** Sets a 128-bit field; conditions as {@link #set(Field, long)}. */
    A set(Field field, long high, long low);

    /**
     * Pushes a tag in front of the frame that the port's owner sent.
     *
     * <p>The tag that carries the frame's VLAN is not concerned: the port stages take it off and put it on, outermost.
     */
    A push(Tag tag);

    /** Removes the outermost tag inside the VLAN's own, if there is one; records whether. */
    A pop();

    /**
     * Sends later outputs through a tunnel.
     *
     * @throws UnsupportedOperationException not supported by any driver yet
     */
    A encapsulate(Tunnel tunnel);

    /**
     * Limits the rate.
     *
     * @throws UnsupportedOperationException not supported by any driver yet
     */
    A meter(int meter);

    /**
     * Chooses the queue of later outputs.
     *
     * @throws UnsupportedOperationException not supported by any driver yet
     */
    A queue(int queue);

    /**
     * Counts the flow's frames into a counter of the plugin's own.
     *
     * @throws UnsupportedOperationException not supported by any driver yet
     */
    A count(Counter counter);

    /** A branch with its own rewrites: what is done to it concerns its outputs alone. */
    Forward copy();

    /** Drops the frame, or what is left of it after earlier outputs. */
    void drop(DropReason reason);

    /**
     * Parks the frame in the core until a row that was read changes; then it is decided again, in order.
     *
     * @param deadline after which the frame is dropped as {@code core/held-too-long}
     * @throws UnsupportedOperationException not supported by the core yet
     */
    void hold(Duration deadline);
}

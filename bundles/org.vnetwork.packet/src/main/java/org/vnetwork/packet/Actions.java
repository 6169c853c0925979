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
     * Sets a field of the frame, and brings the checksums that cover it up to date (RFC 1624).
     *
     * <p>{@link Field#ETH_SRC} and {@link Field#ETH_DST}; {@link Field#VLAN_PCP} and {@link Field#VLAN_DEI}, the priority and drop eligibility that the frame has
     * wherever it leaves tagged; {@link Field#INNER_VID}, {@link Field#INNER_PCP} and {@link Field#INNER_DEI} of the outermost tag inside the VLAN's own;
     * {@link Field#DSCP}; {@link Field#IP_SRC} and {@link Field#IP_DST} of an IPv4 packet; {@link Field#L4_SRC} and {@link Field#L4_DST} of TCP and UDP, where a later
     * fragment has none. A field that the frame lacks is left alone. A UDP checksum of zero, none, stays zero.
     *
     * @throws UnsupportedOperationException for a field that the switch's driver cannot set; the message names both
     * @throws org.vnetwork.model.Refusal when the value does not fit the field
     */
    A set(Field field, long value);

    /** Sets a 128-bit field, {@link Field#IP_SRC} or {@link Field#IP_DST} of an IPv6 packet; conditions as {@link #set(Field, long)}. For IPv4 {@code high} is 0. */
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
     * Limits the rate of later outputs: those of a frame that is not within it are drops, {@code datapath/metered}.
     *
     * <p>The frame is asked about once, as received, however many outputs follow, and if none does not at all. A switch has at most 1,024 different meters in use; beyond
     * that the outputs are drops, {@code datapath/no-meter}.
     *
     * @throws UnsupportedOperationException when the switch's driver has no meters
     */
    A meter(Meter meter);

    /**
     * Chooses the queue of later outputs.
     *
     * @throws UnsupportedOperationException not supported by any driver yet
     */
    A queue(int queue);

    /**
     * Counts the frame, as received, into a counter of the plugin's own, wherever it ends.
     *
     * @throws UnsupportedOperationException when the switch's driver has no counters
     * @throws org.vnetwork.model.Refusal when the switch has 1,024 others
     */
    A count(Counter counter);

    /** A branch with its own rewrites: what is done to it concerns its outputs alone. */
    Forward copy();

    /**
     * Sends a copy of the frame, as it now is, out of a mirror port, whatever its VLAN; a frame that came tagged leaves tagged.
     *
     * <p>It is no output: the frame still needs a result of its own. No filter sees the copy. Only a port that the administrator made a mirror port takes it
     * ({@code port:add … --mirror}); for another one the copy is dropped as {@code port/not-a-mirror}.
     *
     * @param port id of the port
     */
    A mirror(int port);

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

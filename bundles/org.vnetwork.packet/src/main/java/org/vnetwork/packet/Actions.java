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
     * <p>Drivers of this version can set {@link Field#ETH_SRC}, {@link Field#ETH_DST}, {@link Field#VLAN_PCP}, {@link Field#VLAN_VID} and
     * {@link Field#DSCP} (with the IPv4 checksum, RFC 1624). A field of a part that the frame lacks is left alone.
     *
     * @throws UnsupportedOperationException for a field that the switch's driver cannot set; the message names both
     * @throws org.vnetwork.model.Refusal when the value does not fit the field
     */
    A set(Field field, long value);

    /** Sets a 128-bit field; conditions as {@link #set(Field, long)}. */
    A set(Field field, long high, long low);

    /** Pushes a tag outermost. */
    A push(Tag tag);

    /** Removes the outermost tag, if there is one; records whether. */
    A pop();

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

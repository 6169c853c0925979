package org.vnetwork.packet;

import org.osgi.annotation.versioning.ProviderType;

/** Where an engine sends a frame; one of its results must be left before the engine returns. */
@ProviderType
public interface Forward extends Actions<Forward> {
    /**
     * Sends the frame, as it is now, out of these ports.
     *
     * <p>A port outside the packet's VLAN, blocked or unknown is refused and counted, and the other outputs go on. The ingress
     * port is allowed: an ARP reply is a rewrite and an output to it.
     */
    void to(int... ports);

    /** Sends the frame out of every port of its VLAN except the ingress port. */
    void flood();

    /** Ends the frame here: the plugin has used it up, it is not a drop. */
    void consume();
}

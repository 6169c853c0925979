package org.vnetwork.bench;

import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;

/** Has every frame decided here, and sends it to all other ports. */
public final class JavaEngine implements ForwardingEngine {
    @Override
    public void decide(Packet packet, Forward forward) {
        packet.uncacheable();
        forward.flood();
    }
}

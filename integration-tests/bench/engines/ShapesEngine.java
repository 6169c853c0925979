package org.vnetwork.bench;

import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;

/** Reads the ports and, by the low bits of the source MAC, one bit of the source address: a mask for each shape, a flow for each pair of ports. */
public final class ShapesEngine implements ForwardingEngine {
    private static final int SHAPES = 32;

    @Override
    public void decide(Packet packet, Forward forward) {
        packet.get(Field.L4_SRC);
        packet.get(Field.L4_DST);
        for (int shape = 1; shape < SHAPES; shape++) {
            if (packet.matches(Field.ETH_SRC, shape, SHAPES - 1)) {
                packet.matches(Field.IP_SRC, 0, 1L << shape);
                break;
            }
        }
        forward.flood();
    }
}

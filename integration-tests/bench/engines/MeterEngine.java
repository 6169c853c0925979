package org.vnetwork.bench;

import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Meter;
import org.vnetwork.packet.Packet;

/**
 * Floods, and meters what goes to ports 5300 to 5399: the tens say the rate, 10 Mbit/s times ten to their power, the ones the burst, 64 KiB, or what the rate is in
 * 10 or 250 ms.
 */
public final class MeterEngine implements ForwardingEngine {
    private static final int FIRST = 5300;
    private static final double[] SECONDS = {0, 0.01, 0.25};

    @Override
    public void decide(Packet packet, Forward forward) {
        int kind = (int) packet.get(Field.L4_DST) - FIRST;
        if (kind >= 0 && kind < 40 && kind % 10 < SECONDS.length) {
            double rate = 1e7 * Math.pow(10, kind / 10);
            forward.meter(new Meter("port " + kind, (long) rate, (int) Math.max(Meter.LEAST_BURST, rate / 8 * SECONDS[kind % 10])));
        }
        forward.flood();
    }
}

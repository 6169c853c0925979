package org.vnetwork.tests.misbehaving;

import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.filter.Verdict;
import org.vnetwork.packet.Actions;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;

/**
 * An engine that floods and a filter that passes, but for frames of one EtherType, for which it misbehaves.
 *
 * <p>Each of its kinds becomes a small bundle of its own, with this class. So flows of other frames come, and are there when the harm begins.
 */
public abstract class Misbehaving implements ForwardingEngine, PacketFilter {
    /** EtherType of frames that are treated well (IEEE 802, local experiments). */
    public static final int HARMLESS = 0x88b5;
    /** EtherType of frames that are not. */
    public static final int HARMFUL = 0x88b6;

    @Override
    public void open(Context context) {
        // Most ask for nothing.
    }

    @Override
    public final void decide(Packet packet, Forward forward) {
        if (!harms(packet, forward)) {
            forward.flood();
        }
    }

    @Override
    public final void filter(Packet packet, Verdict verdict) {
        if (!harms(packet, verdict)) {
            verdict.pass();
        }
    }

    /** By the sender, so that each one is a flow of its own. */
    private boolean harms(Packet packet, Actions<?> actions) {
        packet.source();
        return packet.etherType() == HARMFUL && harm(packet, actions);
    }

    /** Does to a frame what this kind is about; true when it has left a result, or leaves none. */
    protected abstract boolean harm(Packet packet, Actions<?> actions);

    @Override
    public void close() {
        // Most keep nothing.
    }
}

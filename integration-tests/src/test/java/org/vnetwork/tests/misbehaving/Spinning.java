package org.vnetwork.tests.misbehaving;

import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import org.vnetwork.engine.EngineName;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.FilterName;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.packet.Actions;
import org.vnetwork.packet.Packet;

/** Never returns, and takes a processor. */
@EngineName("spinning")
@FilterName("spinning")
@Component(service = {ForwardingEngine.class, PacketFilter.class}, scope = ServiceScope.PROTOTYPE)
public final class Spinning extends Misbehaving {
    private volatile long turns;

    @Override
    protected boolean harm(Packet packet, Actions<?> actions) {
        while (turns >= 0) {
            turns = turns + 1 & Long.MAX_VALUE;
        }
        return false;
    }
}

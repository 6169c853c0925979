package org.vnetwork.tests.misbehaving;

import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import org.vnetwork.engine.EngineName;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.FilterName;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.packet.Actions;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Packet;

/** Decides by the clock. */
@EngineName("clock")
@FilterName("clock")
@Component(service = {ForwardingEngine.class, PacketFilter.class}, scope = ServiceScope.PROTOTYPE)
public final class Clock extends Misbehaving {
    private static final DropReason ODD = DropReason.of("clock/odd");

    @Override
    protected boolean harm(Packet packet, Actions<?> actions) {
        boolean odd = (System.nanoTime() / 128 & 1) == 1;
        if (odd) {
            actions.drop(ODD);
        }
        return odd;
    }
}

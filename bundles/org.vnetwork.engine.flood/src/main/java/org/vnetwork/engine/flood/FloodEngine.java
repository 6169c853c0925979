package org.vnetwork.engine.flood;

import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import org.vnetwork.engine.EngineName;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;

/** A hub for each VLAN: reads nothing, so that one flow per port and VLAN carries everything. */
@EngineName("flood")
@Component(service = ForwardingEngine.class, scope = ServiceScope.PROTOTYPE)
public final class FloodEngine implements ForwardingEngine {
    @Override
    public void decide(Packet packet, Forward forward) {
        forward.flood();
    }
}

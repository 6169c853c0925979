package org.vnetwork.tests.misbehaving;

import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import org.vnetwork.engine.EngineName;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.FilterName;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.packet.Actions;
import org.vnetwork.packet.Packet;

/** Ends the process. */
@EngineName("exiting")
@FilterName("exiting")
@Component(service = {ForwardingEngine.class, PacketFilter.class}, scope = ServiceScope.PROTOTYPE)
public final class Exiting extends Misbehaving {
    private static final int STATUS = 3;

    @Override
    protected boolean harm(Packet packet, Actions<?> actions) {
        System.exit(STATUS);
        return false;
    }
}

package org.vnetwork.tests.misbehaving;

import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import org.vnetwork.engine.EngineName;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.FilterName;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.packet.Actions;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;

/** Throws when it is opened. */
@EngineName("unopened")
@FilterName("unopened")
@Component(service = {ForwardingEngine.class, PacketFilter.class}, scope = ServiceScope.PROTOTYPE)
public final class Unopened extends Misbehaving {
    @Override
    public void open(Context context) {
        throw new IllegalStateException("no licence");
    }

    @Override
    protected boolean harm(Packet packet, Actions<?> actions) {
        return false;
    }
}

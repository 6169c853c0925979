package org.vnetwork.tests.misbehaving;

import java.util.concurrent.locks.LockSupport;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import org.vnetwork.engine.EngineName;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.FilterName;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.packet.Actions;
import org.vnetwork.packet.Packet;

/** Its constructor never returns. */
@EngineName("stuck")
@FilterName("stuck")
@Component(service = {ForwardingEngine.class, PacketFilter.class}, scope = ServiceScope.PROTOTYPE)
public final class Stuck extends Misbehaving {
    /** One that is never made. */
    public Stuck() {
        while (true) {
            LockSupport.park();
        }
    }

    @Override
    protected boolean harm(Packet packet, Actions<?> actions) {
        return false;
    }
}

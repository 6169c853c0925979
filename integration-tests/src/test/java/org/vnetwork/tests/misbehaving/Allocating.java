package org.vnetwork.tests.misbehaving;

import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import org.vnetwork.engine.EngineName;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.FilterName;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.packet.Actions;
import org.vnetwork.packet.Packet;

/** Allocates without end. */
@EngineName("allocating")
@FilterName("allocating")
@Component(service = {ForwardingEngine.class, PacketFilter.class}, scope = ServiceScope.PROTOTYPE)
public final class Allocating extends Misbehaving {
    private static final int MEBIBYTE = 1 << 20;

    @Override
    protected boolean harm(Packet packet, Actions<?> actions) {
        List<byte[]> all = new ArrayList<>();
        while (all.size() >= 0) {
            all.add(new byte[MEBIBYTE]);
        }
        return false;
    }
}

package org.vnetwork.tests.misbehaving;

import java.util.concurrent.atomic.AtomicInteger;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import org.vnetwork.engine.EngineName;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.FilterName;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.packet.Actions;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Packet;

/** Decides by a static field that counts its calls. */
@EngineName("counting")
@FilterName("counting")
@Component(service = {ForwardingEngine.class, PacketFilter.class}, scope = ServiceScope.PROTOTYPE)
public final class Counting extends Misbehaving {
    private static final DropReason THIRD = DropReason.of("counting/third");
    private static final AtomicInteger CALLS = new AtomicInteger();

    @Override
    protected boolean harm(Packet packet, Actions<?> actions) {
        boolean third = CALLS.incrementAndGet() % 3 == 0;
        if (third) {
            actions.drop(THIRD);
        }
        return third;
    }
}

package org.vnetwork.tests.misbehaving;

import java.util.concurrent.ThreadLocalRandom;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import org.vnetwork.engine.EngineName;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.FilterName;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.packet.Actions;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Packet;

/** Decides by a random number. */
@EngineName("chance")
@FilterName("chance")
@Component(service = {ForwardingEngine.class, PacketFilter.class}, scope = ServiceScope.PROTOTYPE)
public final class Chance extends Misbehaving {
    private static final DropReason BAD_LUCK = DropReason.of("chance/bad-luck");

    @Override
    protected boolean harm(Packet packet, Actions<?> actions) {
        boolean drops = ThreadLocalRandom.current().nextBoolean();
        if (drops) {
            actions.drop(BAD_LUCK);
        }
        return drops;
    }
}

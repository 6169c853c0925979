package org.vnetwork.tests.misbehaving;

import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import org.vnetwork.engine.EngineName;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.FilterName;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.packet.Actions;
import org.vnetwork.packet.Packet;

/** Starts a thousand threads, and never ends them. */
@EngineName("threading")
@FilterName("threading")
@Component(service = {ForwardingEngine.class, PacketFilter.class}, scope = ServiceScope.PROTOTYPE)
public final class Threading extends Misbehaving {
    private static final int THREADS = 1_000;
    private static boolean started;

    @Override
    protected boolean harm(Packet packet, Actions<?> actions) {
        if (!started) {
            started = true;
            for (int number = 0; number < THREADS; number++) {
                Thread.ofPlatform().daemon(false).start(Threading::forEver);
            }
        }
        return false;
    }

    private static void forEver() {
        while (true) {
            try {
                Thread.sleep(Long.MAX_VALUE);
            } catch (InterruptedException e) {
                // Not even then.
            }
        }
    }
}

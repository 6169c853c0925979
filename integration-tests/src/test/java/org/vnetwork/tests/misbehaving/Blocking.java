package org.vnetwork.tests.misbehaving;

import java.util.concurrent.CountDownLatch;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import org.vnetwork.engine.EngineName;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.FilterName;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.packet.Actions;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;

/** Waits for a lock that another thread of its own holds. */
@EngineName("blocking")
@FilterName("blocking")
@Component(service = {ForwardingEngine.class, PacketFilter.class}, scope = ServiceScope.PROTOTYPE)
public final class Blocking extends Misbehaving {
    private final Object lock = new Object();
    private Thread holder;

    @Override
    public void open(Context context) {
        CountDownLatch held = new CountDownLatch(1);
        holder = Thread.ofPlatform().name("holder").daemon().start(() -> {
            synchronized (lock) {
                held.countDown();
                forEver();
            }
        });
        try {
            held.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void forEver() {
        try {
            Thread.sleep(Long.MAX_VALUE);
        } catch (InterruptedException e) {
            // It is closed.
        }
    }

    @Override
    protected boolean harm(Packet packet, Actions<?> actions) {
        synchronized (lock) {
            return false;
        }
    }

    @Override
    public void close() {
        holder.interrupt();
    }
}

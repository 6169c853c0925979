package org.vnetwork.tests.misbehaving;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import org.vnetwork.engine.EngineName;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.FilterName;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.packet.Actions;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;
import org.vnetwork.table.shared.FdbEntry;
import org.vnetwork.table.shared.Station;

/** Keeps what a call lends it, and its context, and uses all of it from a thread of its own and in the next call. */
@EngineName("keeping")
@FilterName("keeping")
@Component(service = {ForwardingEngine.class, PacketFilter.class}, scope = ServiceScope.PROTOTYPE)
public final class Keeping extends Misbehaving {
    private final BlockingQueue<Runnable> uses = new ArrayBlockingQueue<>(16);
    private Context context;
    private Thread user;
    private Packet kept;

    @Override
    public void open(Context opened) {
        context = opened;
        user = Thread.ofPlatform().name("user").daemon().start(this::use);
    }

    private void use() {
        try {
            while (true) {
                Runnable next = uses.take();
                try {
                    next.run();
                } catch (IllegalStateException e) {
                    // As is to be: it has no effect.
                }
            }
        } catch (InterruptedException e) {
            // It is closed.
        }
    }

    @Override
    protected boolean harm(Packet packet, Actions<?> actions) {
        Packet before = kept;
        kept = packet;
        uses.offer(() -> packet.get(Field.ETH_DST));
        uses.offer(() -> actions.mirror(1));
        uses.offer(() -> context.table(Station.class, FdbEntry.class));
        if (before != null) {
            before.get(Field.ETH_DST);
        }
        return false;
    }

    @Override
    public void close() {
        user.interrupt();
    }
}

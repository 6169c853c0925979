package org.vnetwork.tests.misbehaving;

import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import org.vnetwork.engine.EngineName;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.FilterName;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.Actions;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;
import org.vnetwork.table.Table;
import org.vnetwork.table.shared.PortLink;

/** Writes rows that are not its own. */
@EngineName("intruding")
@FilterName("intruding")
@Component(service = {ForwardingEngine.class, PacketFilter.class}, scope = ServiceScope.PROTOTYPE)
public final class Intruding extends Misbehaving {
    private Table<PortId, PortLink> links;

    @Override
    public void open(Context context) {
        links = context.parameters(PortLink.class);
    }

    @Override
    protected boolean harm(Packet packet, Actions<?> actions) {
        links.put(new PortId(1), new PortLink(false));
        return false;
    }
}

package org.vnetwork.bench;

import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;
import org.vnetwork.table.Table;
import org.vnetwork.table.shared.FdbEntry;
import org.vnetwork.table.shared.Station;

/** Sends each frame where a placed row says, and reads the five-tuple on the way: a flow for each connection. */
public class PortsEngine implements ForwardingEngine {
    private Table<Station, FdbEntry> fdb;

    @Override
    public void open(Context context) {
        fdb = context.table(Station.class, FdbEntry.class);
    }

    @Override
    public void decide(Packet packet, Forward forward) {
        packet.get(Field.IP_SRC);
        packet.get(Field.IP_DST);
        packet.get(Field.L4_SRC);
        packet.get(Field.L4_DST);
        FdbEntry there = fdb.get(new Station(packet.vlan(), packet.destination()));
        if (there == null) {
            forward.flood();
        } else {
            forward.to(port(there.port().value()));
        }
    }

    /** The port to take for the one in the row. */
    protected int port(int named) {
        return named;
    }
}

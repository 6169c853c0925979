package org.vnetwork.engine.learning;

import java.time.Duration;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import org.vnetwork.engine.EngineName;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.model.Mac;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;
import org.vnetwork.table.Table;
import org.vnetwork.table.shared.FdbEntry;
import org.vnetwork.table.shared.Station;

/** An 802.1Q bridge: learns where stations are and sends frames there (IEEE 802.1Q-2022 clauses 8.6 to 8.8). */
@EngineName("learning")
@Component(service = ForwardingEngine.class, scope = ServiceScope.PROTOTYPE)
public final class LearningEngine implements ForwardingEngine {
    /** How long a silent station is remembered (IEEE 802.1Q-2022 table 8-6). */
    static final Duration AGEING = Duration.ofSeconds(300);
    /** Most stations behind one port; those beyond are served by flooding. */
    static final int STATIONS_PER_PORT = 4096;
    private static final DropReason RESERVED_GROUP = DropReason.of("learning/reserved-group");
    private static final DropReason GROUP_SOURCE = DropReason.of("learning/group-source");
    private static final DropReason NULL_SOURCE = DropReason.of("learning/null-source");
    private static final DropReason SAME_PORT = DropReason.of("learning/same-port");

    private Table<Station, FdbEntry> fdb;

    @Override
    public void open(Context context) {
        fdb = context.table(Station.class, FdbEntry.class);
    }

    @Override
    public void decide(Packet packet, Forward forward) {
        // Only the bits that make a frame unfit are compared, so that one flow drops all frames of that kind.
        if (packet.matches(Field.ETH_DST, 0x0180_c200_0000L, 0xffff_ffff_fff0L)) {
            forward.drop(RESERVED_GROUP);
        } else if (packet.matches(Field.ETH_SRC, 0x0100_0000_0000L, 0x0100_0000_0000L)) {
            forward.drop(GROUP_SOURCE);
        } else if (packet.source() == 0) {
            // No station has it: who learned it would take all that is sent to the null address.
            forward.drop(NULL_SOURCE);
        } else {
            PortId ingress = new PortId(packet.ingress());
            learn(new Station(packet.vlan(), packet.source()), ingress);
            FdbEntry there = Mac.isGroup(packet.destination()) ? null : fdb.get(new Station(packet.vlan(), packet.destination()));
            if (there == null) {
                forward.flood();
            } else if (there.port().equals(ingress)) {
                forward.drop(SAME_PORT);
            } else {
                forward.to(there.port().value());
            }
        }
    }

    /** Notes or refreshes where a station is; a placed one stays where the administrator put it. */
    private void learn(Station station, PortId port) {
        FdbEntry known = fdb.get(station);
        if (known != null && known.fixed()) {
            return;
        }
        // Asked for a new station only: what is read here, every flow of the station would depend on.
        boolean isNew = known == null || !known.port().equals(port);
        if (!isNew || fdb.count("port", port) < STATIONS_PER_PORT) {
            fdb.put(station, new FdbEntry(port, false), AGEING);
        }
    }
}

package org.vnetwork.filter.count;

import java.time.Duration;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import org.vnetwork.filter.FilterName;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.filter.Verdict;
import org.vnetwork.filter.count.Traffic.Kind;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Layer;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;
import org.vnetwork.table.Table;

/** Notes which kinds of traffic pass a port; their rows are counted, not their frames, which flows count already. */
@FilterName("count")
@Component(service = PacketFilter.class, scope = ServiceScope.PROTOTYPE)
public final class CountFilter implements PacketFilter {
    private static final Duration IDLE = Duration.ofSeconds(60);
    private Table<Traffic, Seen> seen;

    @Override
    public void open(Context context) {
        seen = context.table(Traffic.class, Seen.class);
    }

    @Override
    public void filter(Packet packet, Verdict verdict) {
        Kind kind = packet.has(Layer.ARP) ? Kind.ARP : !packet.has(Layer.IP) ? Kind.OTHER : switch ((int) packet.get(Field.IP_PROTOCOL)) {
            case 6 -> Kind.TCP;
            case 17 -> Kind.UDP;
            case 1, 58 -> Kind.ICMP;
            default -> Kind.OTHER_IP;
        };
        // The same row each time: a write once, then a refresh, so that the flow is installed and its frames keep the row young.
        seen.put(new Traffic(new PortId(verdict.port()), verdict.direction(), kind), new Seen(), IDLE);
        verdict.pass();
    }
}

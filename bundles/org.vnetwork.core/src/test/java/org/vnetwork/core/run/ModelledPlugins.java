package org.vnetwork.core.run;

import java.time.Duration;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.Direction;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.filter.Verdict;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;
import org.vnetwork.table.DataType;
import org.vnetwork.table.shared.FdbEntry;
import org.vnetwork.table.shared.Station;

/** The engines and filters that {@link LinearModel} knows, by name, as a plugin would write them; they read as little as they can. */
final class ModelledPlugins {
    private static final DropReason DENIED = DropReason.of("test/denied");

    private ModelledPlugins() {
    }

    /** A service, by number. */
    record Service(int port) {
    }

    /** The service is denied. */
    @DataType("test.closed/1")
    record Closed(boolean closed) {
    }

    /** Whether services are looked at, in the row of service 0. */
    @DataType("test.looks/1")
    record Looks(boolean looks) {
    }

    /** A connection was made from the service. */
    @DataType("test.opened/1")
    record Opened(boolean opened) {
    }

    /** What a rule says. */
    @DataType("test.denies/1")
    record Denies(boolean denies) {
    }

    static PacketFilter filter(String name) {
        Context[] given = new Context[1];
        return new PacketFilter() {
            @Override
            public void open(Context context) {
                given[0] = context;
            }

            @Override
            public void filter(Packet packet, Verdict verdict) {
                Service to = name.equals("rules") ? null : new Service((int) packet.get(Field.L4_DST));
                boolean rejects = switch (name) {
                    case "rules" -> denies(given[0].rules(Denies.class).first(packet));
                    case "closed" -> given[0].table(Service.class, Closed.class).get(to) != null;
                    default -> verdict.direction() == Direction.IN && given[0].table(Service.class, Opened.class).get(to) == null;
                };
                if (rejects) {
                    verdict.reject(DENIED);
                } else if (name.equals("stateful") && verdict.direction() == Direction.OUT) {
                    given[0].table(Service.class, Opened.class).put(new Service((int) packet.get(Field.L4_SRC)), new Opened(true), Duration.ofSeconds(20));
                }
            }
        };
    }

    private static boolean denies(Denies says) {
        return says != null && says.denies();
    }

    static ForwardingEngine engine(String name) {
        Context[] given = new Context[1];
        return new ForwardingEngine() {
            @Override
            public void open(Context context) {
                given[0] = context;
            }

            @Override
            public void decide(Packet packet, Forward forward) {
                Context context = given[0];
                boolean denied = switch (name) {
                    case "rules" -> denies(context.rules(Denies.class).first(packet));
                    case "gate" -> packet.destination() >= 0 && context.table(Service.class, Looks.class).get(new Service(0)) != null
                            && (context.table(Service.class, Closed.class).get(new Service((int) packet.get(Field.L4_DST))) != null || denies(context.rules(Denies.class).first(packet)));
                    default -> false;
                };
                FdbEntry known = null;
                if (name.equals("learning")) {
                    var fdb = context.table(Station.class, FdbEntry.class);
                    fdb.put(new Station(packet.vlan(), packet.source()), new FdbEntry(new PortId(packet.ingress()), false), Duration.ofSeconds(20));
                    known = fdb.get(new Station(packet.vlan(), packet.destination()));
                }
                if (denied || known != null && known.port().value() == packet.ingress()) {
                    forward.drop(DENIED);
                } else if (known != null) {
                    forward.to(known.port().value());
                } else {
                    forward.flood();
                }
            }
        };
    }
}

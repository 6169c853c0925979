package org.vnetwork.bench;

import java.time.Duration;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.model.Ip;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;
import org.vnetwork.table.DataType;
import org.vnetwork.table.Match;
import org.vnetwork.table.RuleTable;
import org.vnetwork.table.Table;
import org.vnetwork.table.shared.FdbEntry;
import org.vnetwork.table.shared.Station;

/** Allows a few kinds of frame, each by other fields, and drops the rest: the rules that tuple space explosion needs (Csikor and others, CoNEXT 2019). */
public final class FewEngine implements ForwardingEngine {
    private static final int TCP = 6;
    private static final int IPERF = 5201;
    private static final DropReason DENIED = DropReason.of("bench/denied");
    private static final Duration IDLE = Duration.ofSeconds(300);

    private RuleTable<Allowed> rules;
    private Table<Station, FdbEntry> fdb;

    /** What a rule says: nothing more. */
    @DataType("bench.allowed/1")
    public record Allowed(boolean allowed) {
    }

    @Override
    public void open(Context context) {
        fdb = context.table(Station.class, FdbEntry.class);
        rules = context.rules(Allowed.class);
        Allowed allowed = new Allowed(true);
        rules.put(1, 10, Match.ANY.and(Field.ETHER_TYPE, 0x0806), allowed);
        rules.put(2, 9, Match.ANY.and(Field.IP_PROTOCOL, TCP).and(Field.L4_DST, IPERF), allowed);
        rules.put(3, 8, Match.ANY.and(Field.IP_PROTOCOL, TCP).and(Field.L4_SRC, IPERF), allowed);
        rules.put(4, 7, Match.ANY.and(Field.IP_SRC, Ip.parseV4("10.0.0.10")), allowed);
        rules.put(5, 6, Match.ANY.and(Field.IP_DST, Ip.parseV4("10.9.0.0"), 0xffff_0000L), allowed);
    }

    @Override
    public void decide(Packet packet, Forward forward) {
        if (rules.first(packet) == null) {
            forward.drop(DENIED);
            return;
        }
        fdb.put(new Station(packet.vlan(), packet.source()), new FdbEntry(new PortId(packet.ingress()), false), IDLE);
        FdbEntry there = fdb.get(new Station(packet.vlan(), packet.destination()));
        if (there == null) {
            forward.flood();
        } else {
            forward.to(there.port().value());
        }
    }
}

package org.vnetwork.filter.count;

import org.vnetwork.filter.Direction;
import org.vnetwork.model.PortId;

/** A kind of traffic at a port: the key of {@link Seen} rows; few enough kinds that a port cannot fill the table. */
public record Traffic(PortId port, Direction direction, Kind kind) {
    /** What a frame carries. */
    public enum Kind {
        /** Address resolution. */
        ARP,
        /** TCP over IPv4 or IPv6, fragments included. */
        TCP,
        /** UDP over IPv4 or IPv6, fragments included. */
        UDP,
        /** ICMP or ICMPv6. */
        ICMP,
        /** IPv4 or IPv6 with anything else. */
        OTHER_IP,
        /** No IP, or a malformed one. */
        OTHER
    }
}

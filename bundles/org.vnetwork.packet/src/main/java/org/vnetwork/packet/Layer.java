package org.vnetwork.packet;

/** A part of a frame that may be there or not; asking records the path that led to the answer. */
public enum Layer {
    /** The frame itself: always there. */
    FRAME,
    /** An outermost tag, 802.1Q or 802.1ad. */
    TAG,
    /** A second tag. */
    INNER_TAG,
    /** A well-formed ARP message for IPv4 over Ethernet. */
    ARP,
    /** A well-formed IPv4 or IPv6 header. */
    IP,
    /** A TCP header. */
    TCP,
    /** A header with ports: TCP, UDP or SCTP. */
    PORTS,
    /** An ICMP or ICMPv6 header. */
    ICMP,
    /** An ICMPv6 neighbour solicitation or advertisement with its target. */
    ND
}

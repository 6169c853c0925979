package org.vnetwork.datapath.user;

import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.PortState;

/** The two ends of a datagram port: paths, or IP addresses and ports. */
record DatagramEnds(Address local, Address peer) {
    static final String KIND = "dgram";
    /** Octets of payload that a UDP datagram has at most (RFC 768 over RFC 791). */
    static final int LONGEST_UDP = 65_507;
    /** Octets of a frame that are not of its packet: an Ethernet header with a tag. */
    private static final int HEADER = 18;

    /** Reads the two addresses of a device. */
    static DatagramEnds of(String device) throws DatapathException {
        Address[] ends = Address.pair(KIND, device);
        return new DatagramEnds(ends[0], ends[1]);
    }

    boolean arePaths() {
        return peer.path() != null;
    }

    /** Octets of the longest frame. */
    int longest() {
        return arePaths() ? UserPort.LONGEST : LONGEST_UDP;
    }

    /** The state of the port; {@code problem}: why it is not up. */
    PortState state(boolean up, String problem) {
        return new PortState(up, up ? "datagrams of " + peer : problem, longest() - HEADER);
    }
}

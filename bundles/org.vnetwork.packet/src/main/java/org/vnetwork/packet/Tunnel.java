package org.vnetwork.packet;

/**
 * Where an encapsulated frame goes.
 *
 * @param id virtual network identifier, 0..16777215 (RFC 7348)
 * @param remoteHigh high half of the remote IPv6 address; 0 for IPv4
 * @param remote IPv4 address, or the low half of the IPv6 address
 */
public record Tunnel(int id, long remoteHigh, long remote) {
}

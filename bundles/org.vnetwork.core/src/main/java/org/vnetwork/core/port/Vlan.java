package org.vnetwork.core.port;

/**
 * Key of {@link Members}.
 *
 * @param id 1..4094
 */
public record Vlan(int id) {
}

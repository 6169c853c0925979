package org.vnetwork.packet;

/**
 * A counter of a plugin's own, counted by the flow table.
 *
 * @param name unique in the plugin
 */
public record Counter(String name) {
}

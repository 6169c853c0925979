package org.vnetwork.control;

/**
 * A counter that a plugin named, since the switch began.
 *
 * @param plugin {@code engine} or {@code filter}, and its name
 * @param counter as the plugin calls it
 * @param frames on the wire: a segment that is split later counts as often
 * @param bytes octets of these frames
 */
public record CounterView(String plugin, String counter, long frames, long bytes) {
}

package org.vnetwork.packet;

import org.vnetwork.model.Refusal;

/**
 * A counter of a plugin's own, counted by the flow table; {@code counter:list} shows it.
 *
 * <p>It counts from the switch's beginning and never goes back.
 *
 * @param name unique in the plugin, 1 to 64 characters
 */
public record Counter(String name) {
    public Counter {
        if (name.isEmpty() || name.length() > 64) {
            throw Refusal.value("counter name", name, "1 to 64 characters");
        }
    }
}

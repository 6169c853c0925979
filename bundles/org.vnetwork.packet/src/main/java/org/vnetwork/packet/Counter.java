package org.vnetwork.packet;

import org.vnetwork.model.Refusal;

/**
 * A counter of a plugin's own, counted by the flow table; {@code counter:list} shows it.
 *
 * <p>It counts from its first use and never goes back. It stays when its plugin has gone. A switch has 1,024 counters; when another comes, the one into which no flow has counted for the longest time
 * makes room, and begins at zero if it is used again.
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

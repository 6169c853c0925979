package org.vnetwork.core.decide;

import org.vnetwork.core.gate.Guest;

/**
 * A plugin as the pipeline calls it.
 *
 * @param plugin the engine or filter
 * @param guest what the gate knows of it
 */
public record Stage<T>(T plugin, Guest guest) {
}

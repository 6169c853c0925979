package org.vnetwork.control;

import java.util.List;

/**
 * What an edit changes, or would change.
 *
 * @param applied false for a plan
 * @param differences a line each, {@code + }, {@code - } or {@code ~ } first; empty when nothing changes
 * @param report what happened while it was applied, a line each, as with an engine's swap; empty for a plan
 */
public record Change(boolean applied, List<String> differences, List<String> report) {
}

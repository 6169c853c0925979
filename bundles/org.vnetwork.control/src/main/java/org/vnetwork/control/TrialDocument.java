package org.vnetwork.control;

import java.time.Instant;

/**
 * A swap that waits to be confirmed. Without that, the one before takes its place again.
 *
 * @param base what was in use before
 * @param until when the wait ends
 */
public record TrialDocument(PluginDocument base, Instant until) {
}

package org.vnetwork.control;

/**
 * Frames or outputs dropped at one port for one reason.
 *
 * @param port that the frames came in by
 * @param reason bundle/reason
 * @param count since the switch began, or the last reset
 */
public record DropView(String port, String reason, long count) {
}

package org.vnetwork.control;

/**
 * Something that happened.
 *
 * @param time ISO 8601, UTC
 * @param subject what it concerns
 * @param text one sentence
 */
public record EventView(String time, String subject, String text) {
}

package org.vnetwork.table;

/**
 * Something an administrator should know, in one line.
 *
 * @param subject what it concerns: a port, a station, a bundle
 * @param text one sentence without the subject
 */
public record Event(String subject, String text) {
}

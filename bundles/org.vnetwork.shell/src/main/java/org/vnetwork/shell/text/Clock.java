package org.vnetwork.shell.text;

/**
 * What the clock of a simulated switch shows.
 *
 * @param clockMillis since the switch was made
 */
public record Clock(long clockMillis) {
}

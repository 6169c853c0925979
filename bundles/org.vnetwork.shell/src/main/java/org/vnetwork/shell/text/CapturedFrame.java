package org.vnetwork.shell.text;

/**
 * A frame that was sent out of a simulated port.
 *
 * @param number 1 for the oldest
 * @param size in octets
 * @param frame in the console's notation
 */
public record CapturedFrame(int number, int size, String frame) {
}

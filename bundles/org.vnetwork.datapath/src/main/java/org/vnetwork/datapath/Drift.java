package org.vnetwork.datapath;

/**
 * Something that somebody else changed under a datapath: what was found, what was done about it, and what it means. One line for the administrator.
 *
 * @param port that it concerns; 0 when it concerns the datapath itself
 * @param text names the device
 */
public record Drift(int port, String text) {
}

package org.vnetwork.shell.text;

/**
 * A command in the list of commands.
 *
 * @param command as it is typed
 * @param does its first sentence
 */
public record CommandSummary(String command, String does) {
}

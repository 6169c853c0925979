package org.vnetwork.shell.text;

/**
 * A result that is to be printed as JSON wherever it is printed.
 *
 * @param json the JSON
 */
public record JsonText(String json) {
}

package org.vnetwork.control;

import java.util.List;

/**
 * An installed engine, filter or driver.
 *
 * @param name as commands take it
 * @param bundle symbolic name of the bundle it comes from
 * @param version of that bundle
 * @param state {@code ready}, or why it cannot be used
 * @param users switches or ports that use it
 */
public record PluginView(String name, String bundle, String version, String state, List<String> users) {
}

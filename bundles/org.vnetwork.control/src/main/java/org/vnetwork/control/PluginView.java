package org.vnetwork.control;

import java.util.List;

/**
 * An installed engine, filter or driver.
 *
 * @param name as commands take it
 * @param version of the bundle it comes from
 * @param bundle symbolic name of that bundle
 * @param state of an engine or filter one of the constants; of a driver {@code ready}; or why it cannot be used
 * @param users switches or ports that use it
 */
public record PluginView(String name, String version, String bundle, String state, List<String> users) {
    /** It decides somewhere. */
    public static final String IN_USE = "in use";
    /** It can be had, and nobody uses it. */
    public static final String STANDBY = "standby";
    /** It decides somewhere until it is confirmed, or the one before comes back. */
    public static final String CONFIRMING = "confirming";
    /** It was to decide, and did not return or failed too often: whoever uses it goes on without. */
    public static final String CUT_OFF = "cut off";
    /** The configuration names it, and it cannot be had. */
    public static final String NOT_INSTALLED = "not installed";
}

/**
 * Starts one host, and talks to a running one.
 *
 * <p>{@link org.vnetwork.launcher.Main} is the process that {@code ./vnet up} starts, {@link org.vnetwork.launcher.Client} the one
 * behind {@code ./vnet sh}. This jar is on the class path, not a bundle; the bundles see SLF4J through it, nothing else.
 */
package org.vnetwork.launcher;

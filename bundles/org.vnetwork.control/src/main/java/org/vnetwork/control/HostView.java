package org.vnetwork.control;

/**
 * The host as a whole.
 *
 * @param name of this host
 * @param version of the platform
 * @param pid of its process
 * @param uptimeSeconds since it started
 * @param datapath driver of a new switch
 * @param datapathReason why this driver is the default
 * @param switches how many there are
 * @param ports how many they have
 */
public record HostView(String name, String version, long pid, long uptimeSeconds, String datapath, String datapathReason, int switches, int ports) {
}

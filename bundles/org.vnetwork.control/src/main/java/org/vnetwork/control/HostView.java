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
 * @param configuration {@code as written}; or why it is not what was written last, and what differs
 * @param switches how many there are
 * @param ports how many they have
 */
public record HostView(String name, String version, long pid, long uptimeSeconds, String datapath, String datapathReason, String configuration, int switches, int ports) {
    /** What {@link #configuration} is when all is well. */
    public static final String AS_WRITTEN = "as written";

}

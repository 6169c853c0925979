package org.vnetwork.datapath;

/**
 * Traffic of a flow in the kernel or cache since it was installed.
 *
 * @param packets frames on the wire: a segment that is split later counts as often
 * @param bytes octets of these frames
 * @param lastUsedNanos time of the last frame on the datapath's clock; 0 when there was none
 */
public record FlowCounters(long packets, long bytes, long lastUsedNanos) {
    /** No traffic. */
    public static final FlowCounters NONE = new FlowCounters(0, 0, 0);
}

package org.vnetwork.core.decide;

import org.vnetwork.packet.DropReason;

/** Drop reasons of the platform's own stages. */
public final class Reasons {
    /** A tag that the port does not admit: one with a VLAN on an access port, a service tag on a port of customer tags, and one that would be left bare on a trunk. */
    public static final DropReason TAG_NOT_ADMITTED = DropReason.of("port/tag-not-admitted");
    /** A VLAN that the trunk does not carry. */
    public static final DropReason VLAN_NOT_ALLOWED = DropReason.of("port/vlan-not-allowed");
    /** An untagged frame on a trunk without native VLAN. */
    public static final DropReason UNTAGGED_NOT_ADMITTED = DropReason.of("port/untagged-not-admitted");
    /** A tag that ends before its four octets. */
    public static final DropReason MALFORMED_TAG = DropReason.of("port/malformed-tag");
    /** An output to a port that is not in the packet's VLAN. */
    public static final DropReason NOT_IN_VLAN = DropReason.of("port/not-in-vlan");
    /** A frame from a mirror port, which only takes. */
    public static final DropReason MIRROR_ONLY = DropReason.of("port/mirror-only");
    /** A copy for a port that the administrator did not make a mirror port. */
    public static final DropReason NOT_A_MIRROR = DropReason.of("port/not-a-mirror");
    /** A port that is not there (any more). */
    public static final DropReason UNKNOWN_PORT = DropReason.of("port/unknown");
    /** A flood that found no other port in the VLAN. */
    public static final DropReason NO_MEMBERS = DropReason.of("port/no-other-member");
    /** The engine threw or left no result. */
    public static final DropReason ENGINE_FAILED = DropReason.of("core/engine-failed");
    /** The engine or a filter did not return in time; it was cut off. */
    public static final DropReason PLUGIN_HUNG = DropReason.of("core/plugin-hung");
    /** No engine of the configured name is installed. */
    public static final DropReason NO_ENGINE = DropReason.of("core/no-engine");
    /** A filter threw, or is not installed, and its port fails closed. */
    public static final DropReason FILTER_FAILED = DropReason.of("core/filter-failed");
    /** More outputs than an action list holds. */
    public static final DropReason TOO_MANY_OUTPUTS = DropReason.of("core/too-many-outputs");

    private Reasons() {
    }
}

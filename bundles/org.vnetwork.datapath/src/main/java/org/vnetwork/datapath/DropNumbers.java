package org.vnetwork.datapath;

import java.util.List;
import org.vnetwork.packet.DropReason;

/** Numbers of the drop reasons that drivers count by themselves; others follow as they are first used. */
public final class DropNumbers {
    /** One more than the largest number of a reason. */
    public static final int LIMIT = 64;
    /** The frame is shorter than an Ethernet header. */
    public static final int RUNT = 1;
    /** The output's device is gone, down or without carrier. */
    public static final int LINK_DOWN = 2;
    /** The port is blocked. */
    public static final int BLOCKED = 3;
    /** The upcall channel is closed or full. */
    public static final int UPCALL_LOST = 4;
    /** The frame is longer than the output's device takes. */
    public static final int TOO_LONG = 5;
    /** The device or the kernel refused the frame. */
    public static final int REFUSED = 6;
    /** An action could not be carried out on this frame. */
    public static final int ACTION_FAILED = 7;
    /** The reasons in the order of their numbers, from 1. */
    public static final List<DropReason> REASONS = List.of(DropReason.of("datapath/runt"), DropReason.of("datapath/link-down"),
            DropReason.of("datapath/blocked"), DropReason.of("datapath/upcall-lost"), DropReason.of("datapath/too-long"),
            DropReason.of("datapath/refused"), DropReason.of("datapath/action-failed"));

    private DropNumbers() {
    }
}

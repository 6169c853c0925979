package org.vnetwork.datapath;

import java.util.List;
import org.vnetwork.packet.DropReason;

/** Numbers of the drop reasons that drivers count by themselves, as in vnet_abi.h; others follow as they are first used. */
public final class DropNumbers {
    /** One more than the largest number of a reason. */
    public static final int LIMIT = 64;
    /** Not a drop: the frame was used up, as an empty action list says. */
    public static final int CONSUMED = 0;
    /** The frame is shorter than an Ethernet header. */
    public static final int RUNT = 1;
    /** The device belongs to no port. */
    public static final int UNKNOWN_PORT = 2;
    /** The ingress port is blocked. */
    public static final int BLOCKED = 3;
    /** The output's device is gone, down or without carrier. */
    public static final int LINK_DOWN = 4;
    /** The upcall channel is closed. */
    public static final int NO_UPCALL = 5;
    /** The device or the kernel refused the frame. */
    public static final int OUTPUT_FAILED = 6;
    /** The output's port does not exist. */
    public static final int BAD_OUTPUT = 7;
    /** The output's port is blocked. */
    public static final int OUTPUT_BLOCKED = 8;
    /** The frame is longer than the output's device takes. */
    public static final int TOO_LONG = 9;
    /** The flow's action list is missing. */
    public static final int NO_ACTIONS = 10;
    /** The port sent more unknown frames than it may. */
    public static final int MISS_LIMIT = 11;
    /** The kernel had no memory for the frame. */
    public static final int NO_MEMORY = 12;
    /** An action could not be carried out on this frame. */
    public static final int BAD_ACTION = 13;
    /** The channel of misses had no room. */
    public static final int UPCALL_LOST = 14;
    /** Any reason that came when all numbers were taken. */
    public static final int OTHER = 15;
    /** The channel of inspected frames had no room. */
    public static final int INSPECT_LOST = 16;
    /** The frame exceeded the rate of a meter. */
    public static final int METERED = 17;
    /** Every meter of the switch is in use by others. */
    public static final int NO_METER = 18;
    /** A tunnel's packet came from an address that is no port's remote. */
    public static final int UNKNOWN_VTEP = 19;
    /** A tunnel's packet came from a port's remote, for a network that no port has. */
    public static final int WRONG_VNI = 20;
    /** What came is too short for a tunnel's header, or names no network. */
    public static final int BAD_VXLAN = 21;
    /** The output's device took the frame and dropped it, for example a tap that nobody reads; counted at the port that it was for, which has not sent it then. */
    public static final int DEVICE_DROPPED = 22;
    /** The reasons in the order of their numbers, from 1 to 22; the numbers from 23 on are free. */
    public static final List<DropReason> REASONS = List.of(reason("runt"), reason("unknown-port"), reason("blocked"), reason("link-down"), reason("no-upcall"),
            reason("output-failed"), reason("bad-output"), reason("output-blocked"), reason("too-long"), reason("no-actions"), reason("miss-limit"),
            reason("no-memory"), reason("bad-action"), reason("upcall-lost"), reason("other"),
            reason("inspect-lost"), reason("metered"), reason("no-meter"), reason("unknown-vtep"), reason("wrong-vni"), reason("bad-vxlan"), reason("device-dropped"));

    private DropNumbers() {
    }

    private static DropReason reason(String name) {
        return DropReason.of("datapath/" + name);
    }
}

package org.vnetwork.datapath;

/**
 * How many frames that match no flow one port may send up; what is beyond is dropped as {@link DropNumbers#MISS_LIMIT}.
 *
 * @param perSecond 1 or more
 * @param burst at once, 1 or more
 */
public record MissLimit(int perSecond, int burst) {
    /** What a port has until it is told otherwise. */
    public static final MissLimit PRESET = new MissLimit(4000, 1024);

    public MissLimit {
        if (perSecond < 1 || burst < 1) {
            throw new IllegalArgumentException("limit of misses: " + perSecond + " a second, " + burst + " at once");
        }
    }
}

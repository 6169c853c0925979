package org.vnetwork.packet;

import org.vnetwork.model.Refusal;

/**
 * A rate that frames are held to, by a token bucket in the flow table.
 *
 * <p>Equal meters of one plugin in one switch are one bucket, so that several flows share a rate; a name tells buckets of equal rate apart. A plugin that wants one
 * for each port has the port in the name. Frames count with their octets on the wire from the destination address to the end of the payload, without the frame
 * check sequence; a segment that is split later counts as the frames that it becomes.
 *
 * <p>A frame passes while the bucket is not empty, and is charged whole, so that one longer than the burst passes too; the rate holds in the long run. The first frame
 * that finds it empty closes the meter for the time that half the burst takes, 1 ms at most. A meter drops and has no queue: TCP to a receiver near by, which
 * answers in microseconds, needs a burst of what the rate is in 10 ms to come near the rate, and one that paces itself (BBR) that of 250 ms.
 *
 * @param name 1 to 64 characters
 * @param bitsPerSecond 1,000 to 1,000,000,000,000
 * @param burstBytes octets that may pass at once after a pause, 65,536 to 1,073,741,824: a frame that is still to be split has up to 64 KiB
 */
public record Meter(String name, long bitsPerSecond, int burstBytes) {
    /** Least burst. */
    public static final int LEAST_BURST = 65_536;
    private static final int MOST_BURST = 1 << 30;
    private static final long LEAST_RATE = 1_000;
    private static final long MOST_RATE = 1_000_000_000_000L;

    public Meter {
        if (name.isEmpty() || name.length() > 64) {
            throw Refusal.value("meter name", name, "1 to 64 characters");
        }
        if (bitsPerSecond < LEAST_RATE || bitsPerSecond > MOST_RATE) {
            throw Refusal.value("meter rate", bitsPerSecond, LEAST_RATE + ".." + MOST_RATE + " bit/s");
        }
        if (burstBytes < LEAST_BURST || burstBytes > MOST_BURST) {
            throw Refusal.value("meter burst", burstBytes, LEAST_BURST + ".." + MOST_BURST + " octets");
        }
    }
}

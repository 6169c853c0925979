package org.vnetwork.control;

import org.vnetwork.model.FastWay;
import org.vnetwork.model.Refusal;

/**
 * What is said of a port's device beyond its name.
 *
 * @param queues how many queues the owner of a tap opens, 1 to 256
 * @param fast whether frames may go around a device to the station behind it
 */
public record DeviceOptions(int queues, FastWay fast) {
    /** One queue; around the device while nothing looks there. */
    public static final DeviceOptions PRESET = new DeviceOptions(1, FastWay.AUTO);
    /** As many as the kernel gives a tap. */
    public static final int MOST_QUEUES = 256;

    public DeviceOptions {
        if (queues < 1 || queues > MOST_QUEUES) {
            throw Refusal.value("queues", queues, "1.." + MOST_QUEUES);
        }
    }

    /** Refuses what this kind of attachment does not have. */
    void check(String attachment) {
        if (queues > 1 && !attachment.equals("tap")) {
            throw Refusal.value("queues", queues, "with --tap only; a " + attachment + " has its own");
        }
        if (fast != FastWay.AUTO && !attachment.equals("netdev")) {
            throw Refusal.value("fast", fast, "with --netdev only; a " + attachment + " has one way");
        }
    }

    /** These with another way. */
    public DeviceOptions withFast(FastWay other) {
        return new DeviceOptions(queues, other);
    }
}

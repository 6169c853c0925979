package org.vnetwork.datapath;

import org.vnetwork.model.FastWay;

/**
 * What a port is attached to.
 *
 * @param kind {@code netdev} an existing network device, {@code tap} a tap device that the driver makes when it is not there, {@code sim}
 * @param device the device's name; the port's name for {@code sim}
 * @param queues how many queues the owner of a tap opens, 1 at least; more than 1 only for a tap
 * @param fast whether frames may go around the device; of interest to a driver that has such a way
 */
public record Attachment(String kind, String device, int queues, FastWay fast) {
    /** A device with one queue, passed by while nothing looks there. */
    public Attachment(String kind, String device) {
        this(kind, device, 1, FastWay.AUTO);
    }

    @Override
    public String toString() {
        return kind + " " + device;
    }
}

package org.vnetwork.datapath;

/**
 * What a port is attached to.
 *
 * @param kind {@code netdev} an existing network device, {@code tap} a tap device that the driver makes when it is not there, {@code sim}
 * @param device the device's name; the port's name for {@code sim}
 */
public record Attachment(String kind, String device) {
    @Override
    public String toString() {
        return kind + " " + device;
    }
}

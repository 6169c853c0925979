package org.vnetwork.control;

import java.time.Duration;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Frames and time of switches on simulated datapaths; refused for others. */
@ProviderType
public interface Simulation {
    /** Has a port receive a frame and returns when everything that follows from it is done. */
    void inject(String switchName, String port, byte[] frame);

    /** Frames sent out of a port since the last call, oldest first. */
    List<byte[]> captured(String switchName, String port);

    /** Takes the link of a port down, or up again, and returns when all that follows from it is done. */
    void link(String switchName, String port, boolean up);

    /** Moves the clock of a switch forward and returns when all that was due is done. */
    void warp(String switchName, Duration duration);

    /** What the clock of a switch shows, since the switch was made. */
    Duration clock(String switchName);
}

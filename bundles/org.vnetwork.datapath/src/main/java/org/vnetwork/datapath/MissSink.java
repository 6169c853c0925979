package org.vnetwork.datapath;

import org.osgi.annotation.versioning.ConsumerType;

/** Takes what ports sent up of frames that matched no flow. */
@ConsumerType
@FunctionalInterface
public interface MissSink {
    /** Frames of a port that came up, and those that were dropped as beyond its limit. */
    void port(int port, long up, long dropped);
}

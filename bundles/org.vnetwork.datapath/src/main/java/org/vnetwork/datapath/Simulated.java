package org.vnetwork.datapath;

import java.time.Duration;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** What a simulated datapath can do besides: frames from nowhere, and links, and a clock that stands still. */
@ConsumerType
public interface Simulated {
    /** Has a port receive a frame, handled at the next {@link Datapath#take}; the octets are copied. At most 65,553 of them, else refused. Loop thread. */
    void inject(int port, byte[] frame);

    /** Frames sent out of a port since the last call, oldest first; at most 1,024 are kept. Loop thread. */
    List<byte[]> captured(int port);

    /** Takes the link of a port down, or up again: while it is down, frames neither come in nor go out. Loop thread. */
    void link(int port, boolean up);

    /** Moves the clock forward. Loop thread. */
    void warp(Duration duration);
}

package org.vnetwork.datapath;

import org.osgi.annotation.versioning.ConsumerType;
import org.vnetwork.packet.wire.Frame;

/** Takes frames that came up, one at a time, on the loop. */
@FunctionalInterface
@ConsumerType
public interface UpcallSink {
    /** A frame that matched no flow ({@code flow} -1) or one that says inspect; valid until this returns. */
    void upcall(Frame frame);
}

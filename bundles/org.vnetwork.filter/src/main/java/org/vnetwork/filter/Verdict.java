package org.vnetwork.filter;

import java.time.Duration;
import org.osgi.annotation.versioning.ProviderType;
import org.vnetwork.packet.Actions;
import org.vnetwork.packet.DropReason;

/** What a filter says of a frame; rewrites made here are seen by every later stage. */
@ProviderType
public interface Verdict extends Actions<Verdict> {
    /** Which way the frame passes the port. */
    Direction direction();

    /** Id of the port that the filter stands at. */
    int port();

    /** Lets the frame go on, with the rewrites made. */
    void pass();

    /** Drops the frame (on the way out: this output). */
    void reject(DropReason reason);

    /** Sends the frame out of another port instead; it passes no further filter and no engine. */
    void redirect(int port);

    /**
     * Has the byte streams of this connection inspected.
     *
     * @throws UnsupportedOperationException not supported by the core yet
     */
    void stream(StreamInspector inspector, Duration deadline);
}

package org.vnetwork.filter;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ConsumerType;

/** Reads the bytes of one connection, in order; called on a lane thread, never with tables at hand. */
@ConsumerType
public interface StreamInspector {
    /**
     * Takes the next bytes of one direction.
     *
     * @param bytes valid during the call
     * @return whether the connection may go on
     */
    boolean accept(Direction direction, MemorySegment bytes);
}

package org.vnetwork.datapath;

import org.vnetwork.model.PortId;

/** A driver could not do what was asked; the message is one line for the administrator: what, the value, why, what to do. */
public final class DatapathException extends Exception {
    private static final long serialVersionUID = 1L;

    /** A failure in words. */
    public DatapathException(String message) {
        super(message);
    }

    /** Refuses the id of a port that is none, or that a port of the datapath has. */
    public static void checkFree(int port, boolean isTaken) throws DatapathException {
        if (port < 1 || port >= PortId.LIMIT || isTaken) {
            throw new DatapathException("port id: " + port + " (expected: a free one of 1.." + (PortId.LIMIT - 1) + ")");
        }
    }

    /** A failure in words, with its cause. */
    public DatapathException(String message, Throwable cause) {
        super(message, cause);
    }
}

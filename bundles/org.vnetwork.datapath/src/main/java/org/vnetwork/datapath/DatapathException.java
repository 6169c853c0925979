package org.vnetwork.datapath;

/** A driver could not do what was asked; the message is one line for the administrator: what, the value, why, what to do. */
public final class DatapathException extends Exception {
    private static final long serialVersionUID = 1L;

    /** A failure in words. */
    public DatapathException(String message) {
        super(message);
    }

    /** A failure in words, with its cause. */
    public DatapathException(String message, Throwable cause) {
        super(message, cause);
    }
}

package org.vnetwork.datapath.user;

/** A socket that a loop watches, whichever library it is of. */
interface Interest {
    /** Whether to be told when the socket takes octets; any thread that has the port's lock. */
    void wantWrites(boolean wanted);

    /** Has the loop look away for a while, from a socket that is always ready and cannot be served. */
    void rest(boolean resting);

    /** Ends the watch and closes the socket, on the loop. */
    void close();
}

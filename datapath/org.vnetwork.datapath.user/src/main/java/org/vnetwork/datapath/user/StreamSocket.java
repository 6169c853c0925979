package org.vnetwork.datapath.user;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.vnetwork.datapath.DatapathException;

/**
 * A stream socket as ports see it, of Netty's native library or of the JDK; it never blocks.
 *
 * <p>Life: {@code connect}, or {@code listen} → {@code watch} → {@code close}. All on the loop, but {@code write} and {@code wantWrites}.
 */
interface StreamSocket extends Interest {
    /** Whole seconds after which a peer over TCP that the kernel has heard nothing of is given up. */
    int SILENCE_SECONDS = 15;

    /** Waits for callers at an address; returns its file, or null. */
    BoundPath listen(String kind, Address at) throws DatapathException, IOException;

    /** The socket of a caller, or null when there is none. */
    StreamSocket accept() throws IOException;

    /** Calls; false when the answer is still to come, and {@code writable} with it. */
    boolean connect(Address to) throws IOException;

    /** Whether the answer has come; throws when it is a refusal. */
    boolean finishConnect() throws IOException;

    /** Sends what it is given at once, and has the kernel give up a peer over TCP that is silent for {@link #SILENCE_SECONDS}. */
    void tune() throws IOException;

    /** Has the loop watch it. */
    void watch(Watch.Owner owner);

    /** Reads into memory off heap, from one offset up to another; the count, 0 when there is nothing now, -1 at the end. */
    int read(MemorySegment into, int from, int to) throws IOException;

    /** Writes what is between two offsets; the count, 0 when there is no room now. */
    int write(MemorySegment memory, int from, int to) throws IOException;
}

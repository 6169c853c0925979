package org.vnetwork.datapath.user;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.vnetwork.datapath.DatapathException;

/**
 * A stream socket as ports see it, of Netty's native library or of the JDK; it never blocks.
 *
 * <p>Life: {@code connect}, or {@code listen} → {@code watch} → {@code close}. All on the loop, but {@code write} and {@code wantWrites}.
 */
abstract class StreamSocket implements Interest {
    /** Whole seconds after which a peer over TCP that the kernel has heard nothing of is given up. */
    static final int SILENCE_SECONDS = 15;

    final PortGroup group;
    final boolean isPath;
    private SocketWatch watch;

    /** One of a port of a group, with a path or over TCP. */
    StreamSocket(PortGroup group, boolean isPath) {
        this.group = group;
        this.isPath = isPath;
    }

    /** Waits for callers at an address; returns its file, or null. */
    abstract BoundPath listen(String kind, Address at) throws DatapathException, IOException;

    /** The socket of a caller, or null when there is none. */
    abstract StreamSocket accept() throws IOException;

    /** Calls; false when the answer is still to come, and {@code writable} with it. */
    abstract boolean connect(Address to) throws IOException;

    /** Whether the answer has come; throws when it is a refusal. */
    abstract boolean finishConnect() throws IOException;

    /** Sends what it is given at once, and has the kernel give up a peer over TCP that is silent for {@link #SILENCE_SECONDS}. */
    abstract void tune() throws IOException;

    /** Has the loop watch it. */
    final void watch(SocketWatch.Owner owner) {
        watch = watched(owner);
    }

    abstract SocketWatch watched(SocketWatch.Owner owner);

    /** Closes what is not watched. */
    abstract void end();

    /** Reads into memory off heap, from one offset up to another; the count, 0 when there is nothing now, -1 at the end. */
    abstract int read(MemorySegment into, int from, int to) throws IOException;

    /** Writes what is between two offsets; the count, 0 when there is no room now. */
    abstract int write(MemorySegment memory, int from, int to) throws IOException;

    @Override
    public final void wantWrites(boolean wanted) {
        watch.wantWrites(wanted);
    }

    @Override
    public final void rest(boolean resting) {
        watch.rest(resting);
    }

    @Override
    public final void close() {
        if (watch != null) {
            watch.close();
        } else {
            end();
        }
    }
}

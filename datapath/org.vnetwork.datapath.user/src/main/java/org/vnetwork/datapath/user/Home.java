package org.vnetwork.datapath.user;

import io.netty.channel.unix.Socket;
import java.lang.foreign.MemorySegment;
import java.nio.channels.SelectableChannel;
import org.vnetwork.datapath.PortBooks;

/** What a port needs of its group. */
interface Home extends UserPort.Ledger {
    /** Handles a frame that came in; what stands before it in the buffer is no longer needed. */
    void received(UserPort port, MemorySegment buffer, int offset, int size);

    /** What the group's loop notes of a port, on that loop. */
    PortBooks books(UserPort port);

    /** Whether the switch's loop waits for the lock, so that what is left to read should wait instead. */
    boolean crowded();

    /** What datagrams are read into, on the group's loop; they last until the next read. */
    ReceiveBatch batch();

    /** The group's loop. */
    PortLoop loop();

    /** Begins work of a thread that is not the group's: with its lock. */
    void enter();

    /** Ends that: what it made to be sent goes out. */
    void leave();

    /** A socket of Netty's native library, watched; closed when that fails. */
    Watch watch(Socket socket, SocketWatch.Owner owner);

    /** A socket of the JDK, watched; closed when that fails. */
    NioWatch watch(SelectableChannel channel, SocketWatch.Owner owner);

    /** A stream socket of the library that the group's loop works with. */
    StreamSocket stream(boolean isPath);
}

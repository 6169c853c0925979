package org.vnetwork.datapath.ebpf;

import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.PortBooks;

/** A port and the device behind it, as last seen. Loop thread only. */
final class KernelPort {
    final int id;
    final Attachment attachment;
    final PortBooks books = new PortBooks();
    /** Frames on the wire that came up from here, by the channel of {@link UpChannels}. */
    final long[] arrived = new long[UpChannels.CHANNELS];
    /** Frames that it had received, and misses that were beyond its limit, when it was looked at last. */
    long receivedBefore = -1;
    long missesDropped;
    boolean open;
    /** Ifindex of the device that the program is attached to; 0 when there is none. */
    int ifindex;
    int link = -1;
    boolean up;
    int mtu;
    String detail = "not attached";
    /** Whether its books are still to be written. */
    boolean touched;

    KernelPort(int id, Attachment attachment) {
        this.id = id;
        this.attachment = attachment;
    }
}
